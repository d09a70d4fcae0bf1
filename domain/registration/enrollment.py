"""Enrollments: a student in a course offering, through one section for each component of one configuration."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.catalog.grading import GradingBasis
from domain.shared.identifiers import (
    ComponentId,
    CourseId,
    EnrollmentId,
    OfferingId,
    PermissionId,
    SectionId,
    StudentId,
    TermId,
)
from domain.shared.value import value


class EnrollmentStatus(StrEnum):
    """Where an enrollment stands; a withdrawal leaves a W on the record, a drop leaves nothing."""

    ENROLLED = "enrolled"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"


@value(frozen=True, slots=True)
class SeatTaken:
    """A section that an enrollment goes through; `seat_no` is its numbered seat, None in an unlimited section.

    `pool` is the name of the reserved seats against which it counts. A seat that a permission added says so in
    `permission_id`.
    """

    section_id: SectionId
    component_id: ComponentId
    seat_no: int | None
    pool: str | None = None
    permission_id: PermissionId | None = None


@value(frozen=True, slots=True)
class Enrollment:
    """Changed only by registration requests. `number` is its place in the term's order of decisions."""

    id: EnrollmentId
    student_id: StudentId
    term_id: TermId
    offering_id: OfferingId
    course_id: CourseId
    credits: Decimal
    seats: tuple[SeatTaken, ...]
    number: int
    enrolled_at: datetime
    grading_basis: GradingBasis = GradingBasis.GRADED
    status: EnrollmentStatus = EnrollmentStatus.ENROLLED
    ended_at: datetime | None = None

    @property
    def section_ids(self) -> tuple[SectionId, ...]:
        """The sections that it goes through."""
        return tuple([seat.section_id for seat in self.seats])

    def seat_in(self, section: SectionId) -> SeatTaken | None:
        """The seat that it has in a section, if it goes through it."""
        for seat in self.seats:
            if seat.section_id == section:
                return seat
        return None

    def end(self, status: EnrollmentStatus, at: datetime) -> "Enrollment":
        """The same enrollment, ended at `at`."""
        return replace(self, status=status, ended_at=at)

    def move(self, seats: tuple[SeatTaken, ...]) -> "Enrollment":
        """The same enrollment through other sections."""
        return replace(self, seats=seats)

    def grade_by(self, basis: GradingBasis) -> "Enrollment":
        """The same enrollment with another grading basis."""
        return replace(self, grading_basis=basis)
