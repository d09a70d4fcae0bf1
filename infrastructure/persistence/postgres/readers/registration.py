"""Who sits where, straight from SQL: the `RegistrationViews` port but for the records."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from application.registration.dto import (
    EnrollmentRow,
    RosterEntry,
    RosterView,
    ScheduledCourse,
    ScheduledSection,
    ScheduleView,
)
from application.registration.ports import Addressee
from application.shared.errors import NotFound
from domain.people.student import Student
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.verification import SeatRows, Sitting, TermRoster
from domain.scheduling.term import Term
from domain.shared.identifiers import (
    CourseId,
    EnrollmentId,
    InstitutionId,
    OfferingId,
    SectionId,
    StudentId,
    TermId,
)
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.mapping.entities import mapper_for
from infrastructure.persistence.postgres.mapping.scheduling import offering_of, section_of
from infrastructure.persistence.postgres.mapping.terms import term_of
from infrastructure.persistence.postgres.records import TableRecords
from infrastructure.persistence.postgres.rows.scheduling import OfferingRow, SectionRow
from infrastructure.persistence.postgres.rows.terms import TermRow

_SCHEDULE = text(
    """
    SELECT e.id AS enrollment, e.offering_id AS offering, c.code AS course_code, c.title, e.credits,
           s.id AS section, s.code AS section_code, k.name || '/' || p.name AS component, t.seat_no,
           coalesce((SELECT json_agg(json_build_object(
                        'weekdays', m.weekdays, 'starts_at', m.starts_at, 'ends_at', m.ends_at, 'weeks', m.weeks,
                        'first_date', m.first_date, 'last_date', m.last_date, 'room', m.room_id) ORDER BY m.position)
                     FROM meetings m
                    WHERE m.institution_id = s.institution_id AND m.section_id = s.id), '[]') AS meetings
    FROM enrollments e
    JOIN courses c ON c.institution_id = e.institution_id AND c.id = e.course_id
    JOIN enrollment_sections t ON t.institution_id = e.institution_id AND t.enrollment_id = e.id
    JOIN sections s ON s.institution_id = t.institution_id AND s.id = t.section_id
    JOIN components p ON p.institution_id = s.institution_id AND p.id = s.component_id
    JOIN configurations k ON k.institution_id = p.institution_id AND k.id = p.configuration_id
    WHERE e.institution_id = :institution AND e.student_id = :student AND e.term_id = :term AND e.status = 'enrolled'
    ORDER BY c.code, e.id, p.position, s.code
    """
)

_ROSTER = text(
    """
    SELECT u.id AS student, u.code AS student_code, u.given_name, u.family_name, e.id AS enrollment, t.seat_no,
           e.enrolled_at
    FROM enrollment_sections t
    JOIN enrollments e ON e.institution_id = t.institution_id AND e.id = t.enrollment_id
    JOIN students u ON u.institution_id = t.institution_id AND u.id = t.student_id
    WHERE t.institution_id = :institution AND t.section_id = :section AND t.status = 'enrolled'
    ORDER BY u.code
    """
)

_ROWS = text(
    """
    SELECT u.code AS student_code, c.code AS course_code, s.code AS section_code, e.status
    FROM enrollments e
    JOIN students u ON u.institution_id = e.institution_id AND u.id = e.student_id
    JOIN courses c ON c.institution_id = e.institution_id AND c.id = e.course_id
    JOIN enrollment_sections t ON t.institution_id = e.institution_id AND t.enrollment_id = e.id
    JOIN sections s ON s.institution_id = t.institution_id AND s.id = t.section_id
    WHERE e.institution_id = :institution AND e.term_id = :term
    ORDER BY u.code, c.code, s.code, e.number
    """
)

# Nothing here trusts a constraint: who sits in a section of the term is found without an enrollment, too.
_SITTINGS = text(
    """
    SELECT t.enrollment_id, t.student_id, coalesce(u.code, CAST(t.student_id AS text)), e.course_id, e.offering_id,
           t.section_id, t.seat_no
    FROM enrollment_sections t
    LEFT JOIN enrollments e ON e.institution_id = t.institution_id AND e.id = t.enrollment_id
                           AND e.student_id = t.student_id AND e.term_id = :term AND e.status = 'enrolled'
    LEFT JOIN students u ON u.institution_id = t.institution_id AND u.id = t.student_id
    WHERE t.institution_id = :institution AND t.status = 'enrolled'
      AND (e.id IS NOT NULL OR t.term_id = :term
           OR t.section_id IN (SELECT s.id FROM sections s
                                WHERE s.institution_id = :institution AND s.term_id = :term))
    ORDER BY t.enrollment_id, t.section_id
    """
)

_UNSEATED = text(
    """
    SELECT e.id FROM enrollments e
    WHERE e.institution_id = :institution AND e.term_id = :term AND e.status = 'enrolled'
      AND NOT EXISTS (SELECT 1 FROM enrollment_sections t
                      WHERE t.institution_id = e.institution_id AND t.enrollment_id = e.id AND t.status = 'enrolled')
    ORDER BY e.id
    """
)

_SEATS = text(
    """
    SELECT s.section_id, array_agg(s.seat_no), coalesce(max(g.seats), 0)
    FROM seats s
    JOIN sections c ON c.institution_id = s.institution_id AND c.id = s.section_id
    LEFT JOIN section_seating g ON g.institution_id = s.institution_id AND g.section_id = s.section_id
    WHERE s.institution_id = :institution AND c.term_id = :term
    GROUP BY s.section_id
    """
)


class RegistrationReader:
    """Reads registration of one institution in one transaction."""

    def __init__(self, session: AsyncSession, institution: InstitutionId) -> None:
        self._session = session
        self._institution = institution

    async def addressee(self, term: Reference, student: Reference) -> Addressee:
        """See `RegistrationViews.addressee`."""
        terms: TableRecords[Term, Any] = TableRecords(self._session, self._institution, mapper_for(Term))
        students: TableRecords[Student, Any] = TableRecords(self._session, self._institution, mapper_for(Student))
        term_id = await terms.identify(term)
        student_id = await students.identify(student)
        return Addressee(
            term=None if term_id is None else TermId(term_id),
            student=None if student_id is None else StudentId(student_id),
        )

    async def schedule(self, term: TermId, student: StudentId) -> ScheduleView:
        """See `RegistrationViews.schedule`."""
        rows = (
            await self._session.execute(_SCHEDULE, {"institution": self._institution, "student": student, "term": term})
        ).mappings()
        by_enrollment: dict[Any, list[Any]] = {}
        for row in rows:
            by_enrollment.setdefault(row["enrollment"], []).append(row)
        courses = tuple(_scheduled(sections) for sections in by_enrollment.values())
        total = sum((course.credits for course in courses), Decimal(0))
        return ScheduleView(student=student, term=term, credits=total, courses=courses)

    async def roster(self, section: SectionId) -> RosterView:
        """See `RegistrationViews.roster`."""
        row = await self._session.get(SectionRow, (self._institution, section))
        if row is None:
            kind = "section"
            raise NotFound(kind, str(section))
        found = await self._session.execute(_ROSTER, {"institution": self._institution, "section": section})
        return RosterView(
            section=row.id,
            section_code=row.code,
            capacity=row.capacity,
            entries=tuple(RosterEntry.model_validate(dict(entry)) for entry in found.mappings()),
        )

    async def enrollment_rows(self, term: TermId) -> AsyncIterator[EnrollmentRow]:
        """See `RegistrationViews.enrollment_rows`."""
        rows = await self._session.stream(_ROWS, {"institution": self._institution, "term": term})
        async for student_code, course_code, section_code, status in rows:
            yield EnrollmentRow.model_construct(
                student_code=student_code,
                course_code=course_code,
                section_code=section_code,
                status=EnrollmentStatus(status),
            )

    async def term_roster(self, term: TermId) -> TermRoster:
        """See `RegistrationViews.term_roster`."""
        stored = await self._session.get(TermRow, (self._institution, term))
        if stored is None:
            kind = "term"
            raise NotFound(kind, str(term))
        of_term = {"institution": self._institution, "term": term}
        sittings = await self._session.execute(_SITTINGS, of_term)
        unseated = await self._session.execute(_UNSEATED, of_term)
        seats = await self._session.execute(_SEATS, of_term)
        offerings = await self._session.scalars(
            select(OfferingRow).where(
                and_(OfferingRow.institution_id == self._institution, OfferingRow.term_id == term)
            )
        )
        sections = await self._session.scalars(
            select(SectionRow).where(and_(SectionRow.institution_id == self._institution, SectionRow.term_id == term))
        )
        return TermRoster(
            term=term_of(stored),
            offerings=tuple(offering_of(row) for row in offerings),
            sections=tuple(section_of(row) for row in sections),
            sittings=tuple(
                Sitting(
                    EnrollmentId(enrollment),
                    StudentId(student),
                    code,
                    None if course is None else CourseId(course),
                    None if offering is None else OfferingId(offering),
                    SectionId(section),
                    seat_no,
                )
                for enrollment, student, code, course, offering, section, seat_no in sittings
            ),
            unseated=tuple(EnrollmentId(row.id) for row in unseated),
            seats={SectionId(section): SeatRows(frozenset(numbers), counted) for section, numbers, counted in seats},
        )


def _scheduled(rows: Sequence[Any]) -> ScheduledCourse:
    first = rows[0]
    sections = tuple(
        ScheduledSection.model_validate({name: row[name] for name in ScheduledSection.model_fields}) for row in rows
    )
    named = {name: first[name] for name in ("enrollment", "offering", "course_code", "title", "credits")}
    return ScheduledCourse.model_validate({**named, "sections": sections})
