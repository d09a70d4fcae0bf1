"""Enrollments: a student in a course offering, through one section for each component of one configuration."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.shared.identifiers import ComponentId, CourseId, EnrollmentId, OfferingId, SectionId, StudentId, TermId


class EnrollmentStatus(StrEnum):
    """Where an enrollment stands."""

    ENROLLED = "enrolled"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class SeatTaken:
    """A section that an enrollment goes through; `seat_no` is its numbered seat, None in an unlimited section."""

    section_id: SectionId
    component_id: ComponentId
    seat_no: int | None


@dataclass(frozen=True, slots=True)
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
    status: EnrollmentStatus = EnrollmentStatus.ENROLLED
    dropped_at: datetime | None = None

    def drop(self, at: datetime) -> "Enrollment":
        """The same enrollment, dropped at `at`."""
        return replace(self, status=EnrollmentStatus.DROPPED, dropped_at=at)
