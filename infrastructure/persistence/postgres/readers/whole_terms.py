"""A term's registration as a whole, straight from SQL: to prove its invariants, and to compare it with a replay."""

import orjson
from sqlalchemy import and_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from application.registration.ports import Standing
from application.shared.errors import NotFound
from domain.registration.codes import RejectionCode
from domain.registration.verification import SeatRows, Sitting, TermRoster
from domain.shared.identifiers import (
    CourseId,
    EnrollmentId,
    InstitutionId,
    OfferingId,
    SectionId,
    StudentId,
    TermId,
)
from infrastructure.persistence.postgres.mapping.permissions import permission_of
from infrastructure.persistence.postgres.mapping.scheduling import offering_of, section_of
from infrastructure.persistence.postgres.mapping.terms import term_of
from infrastructure.persistence.postgres.registration.facts_of_students import enrollment_of, entry_of
from infrastructure.persistence.postgres.rows.scheduling import OfferingRow, SectionRow
from infrastructure.persistence.postgres.rows.terms import TermRow
from infrastructure.persistence.postgres.rows.waitlists import PermissionRow

# Nothing here trusts a constraint: who sits in a section of the term is found without an enrollment, too.
_SITTINGS = text(
    """
    SELECT t.enrollment_id, t.student_id, coalesce(u.code, CAST(t.student_id AS text)), e.course_id, e.offering_id,
           t.section_id, t.seat_no
    FROM enrollment_sections t
    LEFT JOIN enrollments e ON e.institution_id = t.institution_id AND e.id = t.enrollment_id
                           AND e.student_id = t.student_id AND e.term_id = :term AND e.status = 'enrolled'
    LEFT JOIN students u ON u.institution_id = t.institution_id AND u.id = t.student_id
    WHERE t.institution_id = :institution AND (t.until_at IS NULL OR t.seat_no IS NOT NULL)
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
                      WHERE t.institution_id = e.institution_id AND t.enrollment_id = e.id AND t.until_at IS NULL)
    ORDER BY e.id
    """
)

_SEATS = text(
    """
    SELECT s.section_id, array_agg(s.seat_no), coalesce(max(g.seats), 0),
           coalesce(array_agg(s.seat_no) FILTER (WHERE s.permission_id IS NOT NULL), '{}')
    FROM seats s
    JOIN sections c ON c.institution_id = s.institution_id AND c.id = s.section_id
    LEFT JOIN section_seating g ON g.institution_id = s.institution_id AND g.section_id = s.section_id
    WHERE s.institution_id = :institution AND c.term_id = :term
    GROUP BY s.section_id
    """
)

# The rows are shaped as `registration_load` shapes them.
_ENROLLMENTS = text(
    """
    SELECT CAST(json_build_array(
               e.id, e.student_id, e.offering_id, e.course_id, CAST(e.credits AS text), e.grading_basis, e.number,
               e.enrolled_at,
               (SELECT json_agg(json_build_array(t.section_id, t.component_id, t.seat_no, t.pool,
                                                 s.permission_id) ORDER BY t.section_id)
                  FROM enrollment_sections t
                  LEFT JOIN seats s ON s.institution_id = t.institution_id AND s.section_id = t.section_id
                                   AND s.seat_no = t.seat_no
                 WHERE t.institution_id = e.institution_id AND t.enrollment_id = e.id AND t.until_at IS NULL)) AS text)
    FROM enrollments e
    WHERE e.institution_id = :institution AND e.term_id = :term AND e.status = 'enrolled'
    ORDER BY e.number
    """
)

_ENTRIES = text(
    """
    SELECT CAST(json_build_array(
               w.id, w.enrollment_id, w.student_id, w.offering_id, w.course_id, w.grading_basis, w.number,
               w.joined_at, w.priority, w.drop_if_enrolled, w.skipped,
               ARRAY (SELECT x.section_id FROM waitlist_entry_sections x
                       WHERE x.institution_id = w.institution_id AND x.entry_id = w.id ORDER BY x.position)) AS text)
    FROM waitlist_entries w
    WHERE w.institution_id = :institution AND w.term_id = :term AND w.status = 'waiting'
    ORDER BY w.priority, w.number
    """
)


class WholeTermReader:
    """Reads whole terms of one institution in one transaction."""

    def __init__(self, session: AsyncSession, institution: InstitutionId) -> None:
        self._session = session
        self._institution = institution

    async def standing(self, term: TermId) -> Standing:
        """See `RegistrationViews.standing`."""
        of_term = {"institution": self._institution, "term": term}
        enrollments = await self._session.scalars(_ENROLLMENTS, of_term)
        entries = await self._session.scalars(_ENTRIES, of_term)
        return Standing(
            tuple(enrollment_of(orjson.loads(row), term) for row in enrollments),
            tuple(entry_of(orjson.loads(row), term) for row in entries),
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
        permissions = await self._session.scalars(
            select(PermissionRow).where(
                PermissionRow.institution_id == self._institution,
                PermissionRow.term_id == term,
                PermissionRow.codes.contains([RejectionCode.TIME_CONFLICT.value]),
            )
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
            seats={
                SectionId(section): SeatRows(frozenset(numbers), counted, frozenset(above))
                for section, numbers, counted, above in seats
            },
            permissions=tuple(permission_of(row) for row in permissions),
        )
