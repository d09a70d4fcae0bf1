"""Who sits where, straight from SQL: the `RegistrationViews` port but for the records."""

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from application.registration.dto import (
    EnrollmentRow,
    RosterEntry,
    RosterView,
    ScheduledCourse,
    ScheduledSection,
    ScheduleView,
)
from application.registration.ports import Addressee, Asked
from application.shared.errors import NotFound
from domain.registration.commands import Command
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.facts import Facts
from domain.shared.identifiers import InstitutionId, OfferingId, SectionId, StudentId, TermId
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.driver import driver_of
from infrastructure.persistence.postgres.readers.audit import AuditReader
from infrastructure.persistence.postgres.readers.copying import copied
from infrastructure.persistence.postgres.readers.whole_terms import WholeTermReader
from infrastructure.persistence.postgres.registration.loading import load_facts
from infrastructure.persistence.postgres.registration.snapshots import Snapshots
from infrastructure.persistence.postgres.rows.scheduling import SectionRow

_PREFETCHED = 1000

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
    WHERE e.institution_id = :institution AND e.student_id = :student AND e.term_id = :term
      AND CASE WHEN CAST(:as_of AS timestamptz) IS NULL THEN t.until_at IS NULL
               ELSE t.since_at <= :as_of AND (t.until_at IS NULL OR t.until_at > :as_of) END
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
    WHERE t.institution_id = :institution AND t.section_id = :section
      AND CASE WHEN CAST(:as_of AS timestamptz) IS NULL THEN t.until_at IS NULL
               ELSE t.since_at <= :as_of AND (t.until_at IS NULL OR t.until_at > :as_of) END
    ORDER BY u.code
    """
)

_ROWS = """
    SELECT u.code AS student_code, c.code AS course_code, s.code AS section_code, e.status
    FROM enrollments e
    JOIN students u ON u.institution_id = e.institution_id AND u.id = e.student_id
    JOIN courses c ON c.institution_id = e.institution_id AND c.id = e.course_id
    JOIN enrollment_sections t ON t.institution_id = e.institution_id AND t.enrollment_id = e.id
    JOIN sections s ON s.institution_id = t.institution_id AND s.id = t.section_id
    WHERE e.institution_id = $1 AND e.term_id = $2 AND t.until_at IS NOT DISTINCT FROM e.ended_at
    ORDER BY u.code, c.code, s.code, e.number
"""

_TERMS, _STUDENTS = (
    text(
        f"""
        SELECT r.id, r.code FROM {table} r
        WHERE r.institution_id = :institution
          AND (r.id = ANY (CAST(:ids AS uuid[])) OR r.code = ANY (CAST(:codes AS text[])))
        """  # noqa: S608 - constants
    )
    for table in ("terms", "students")
)

_QUEUES = text(
    """
    SELECT DISTINCT w.term_id FROM waitlist_entries w
    WHERE w.institution_id = :institution AND w.status = 'waiting'
      AND w.student_id = :student
    ORDER BY w.term_id
    """
)

_MOVING_QUEUES = text(
    """
    SELECT w.term_id, array_agg(DISTINCT w.offering_id ORDER BY w.offering_id)
      FROM waitlist_entries w
      JOIN terms t ON t.institution_id = w.institution_id AND t.id = w.term_id
     WHERE w.institution_id = :institution AND w.status = 'waiting'
       AND (t.waitlist_closes_at <= :moment OR w.drop_if_enrolled IS NOT NULL OR EXISTS (
           SELECT FROM permissions p
            WHERE p.institution_id = w.institution_id AND p.student_id = w.student_id AND p.term_id = w.term_id
              AND p.offering_id = w.offering_id AND p.revoked_at IS NULL AND 'seats_full' = ANY (p.codes))
           OR NOT EXISTS (
           SELECT FROM waitlist_entry_sections x
             JOIN section_seating g ON g.institution_id = x.institution_id AND g.section_id = x.section_id
            WHERE x.institution_id = w.institution_id AND x.entry_id = w.id
              AND g.last_seat - g.next_seat + 1 + cardinality(g.freed) <= 0))
     GROUP BY w.term_id
     ORDER BY w.term_id
    """
)

_STUDENT_OF = text(
    """
    SELECT e.student_id FROM enrollments e WHERE e.institution_id = :institution AND e.id = :identifier
    UNION ALL
    SELECT w.student_id FROM waitlist_entries w WHERE w.institution_id = :institution AND w.id = :identifier
    """
)


class RegistrationReader(AuditReader, WholeTermReader):
    """Reads registration of one institution in one transaction."""

    def __init__(self, session: AsyncSession, institution: InstitutionId, snapshots: Snapshots) -> None:
        super().__init__(session, institution)
        self._snapshots = snapshots

    async def addressee(self, term: Reference, student: Reference) -> Addressee:
        """See `RegistrationViews.addressee`."""
        return (await self.addressees([(term, student)]))[term, student]

    async def addressees(self, asked: Sequence[Asked]) -> Mapping[Asked, Addressee]:
        """See `RegistrationViews.addressees`."""
        terms = await self._named(_TERMS, {term for term, _ in asked})
        students = await self._named(_STUDENTS, {student for _, student in asked})
        found = {}
        for term, student in asked:
            term_id, student_id = terms.get(term), students.get(student)
            found[term, student] = Addressee(
                term=None if term_id is None else TermId(term_id),
                student=None if student_id is None else StudentId(student_id),
            )
        return found

    async def _named(self, query: TextClause, references: Collection[Reference]) -> Mapping[Reference, UUID]:
        """The ids that references name, which have no scope."""
        named = [reference for reference in references if reference.scope is None]
        wanted = {
            "institution": self._institution,
            "ids": [reference.id for reference in named if reference.id is not None],
            "codes": [reference.code for reference in named if reference.code is not None],
        }
        found: dict[Reference, UUID] = {}
        for identifier, code in await self._session.execute(query, wanted):
            found[Reference(id=identifier)] = found[Reference(code=code)] = identifier
        return found

    async def facts(self, term: TermId, commands: Sequence[Command]) -> Facts:
        """See `RegistrationViews.facts`."""
        driver = await driver_of(self._session)
        loaded = await load_facts(driver, self._snapshots, (self._institution, term), commands, locking=False)
        return loaded.facts

    async def queues_of(self, student: StudentId) -> Sequence[TermId]:
        """See `RegistrationViews.queues_of`."""
        found = await self._session.scalars(_QUEUES, {"institution": self._institution, "student": student})
        return [TermId(term) for term in found]

    async def queues_that_may_move(self, moment: datetime) -> Mapping[TermId, tuple[OfferingId, ...]]:
        """See `RegistrationViews.queues_that_may_move`."""
        found = await self._session.execute(_MOVING_QUEUES, {"institution": self._institution, "moment": moment})
        return {TermId(term): tuple(OfferingId(offering) for offering in offerings) for term, offerings in found}

    async def student_of(self, identifier: UUID) -> StudentId | None:
        """See `RegistrationViews.student_of`."""
        wanted = {"institution": self._institution, "identifier": identifier}
        found: UUID | None = await self._session.scalar(_STUDENT_OF, wanted)
        return None if found is None else StudentId(found)

    async def schedule(self, term: TermId, student: StudentId, as_of: datetime | None = None) -> ScheduleView:
        """See `RegistrationViews.schedule`."""
        wanted = {"institution": self._institution, "student": student, "term": term, "as_of": as_of}
        rows = (await self._session.execute(_SCHEDULE, wanted)).mappings()
        by_enrollment: dict[Any, list[Any]] = {}
        for row in rows:
            by_enrollment.setdefault(row["enrollment"], []).append(row)
        courses = tuple(_scheduled(sections) for sections in by_enrollment.values())
        total = sum((course.credits for course in courses), Decimal(0))
        return ScheduleView(student=student, term=term, credits=total, courses=courses)

    async def roster(self, section: SectionId, as_of: datetime | None = None) -> RosterView:
        """See `RegistrationViews.roster`."""
        row = await self._session.get(SectionRow, (self._institution, section))
        if row is None:
            kind = "section"
            raise NotFound(kind, str(section))
        wanted = {"institution": self._institution, "section": section, "as_of": as_of}
        found = await self._session.execute(_ROSTER, wanted)
        return RosterView(
            section=row.id,
            section_code=row.code,
            capacity=row.capacity,
            entries=tuple(RosterEntry.model_validate(dict(entry)) for entry in found.mappings()),
        )

    async def enrollment_rows(self, term: TermId) -> AsyncIterator[EnrollmentRow]:
        """See `RegistrationViews.enrollment_rows`."""
        driver = await driver_of(self._session)
        rows = driver.cursor(_ROWS, self._institution, term, prefetch=_PREFETCHED)
        async for student_code, course_code, section_code, status in rows:
            yield EnrollmentRow.model_construct(
                student_code=student_code,
                course_code=course_code,
                section_code=section_code,
                status=EnrollmentStatus(status),
            )

    def enrollment_csv(self, term: TermId) -> AsyncGenerator[str, None]:
        """See `RegistrationViews.enrollment_csv`."""
        return copied(self._session, _ROWS, self._institution, term)


def _scheduled(rows: Sequence[Any]) -> ScheduledCourse:
    first = rows[0]
    sections = tuple(
        ScheduledSection.model_validate({name: row[name] for name in ScheduledSection.model_fields}) for row in rows
    )
    named = {name: first[name] for name in ("enrollment", "offering", "course_code", "title", "credits")}
    return ScheduledCourse.model_validate({**named, "sections": sections})
