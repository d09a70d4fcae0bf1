"""Waitlist entries: a student's place in the queue for a selection of sections."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from domain.catalog.grading import GradingBasis
from domain.shared.identifiers import (
    CourseId,
    EnrollmentId,
    OfferingId,
    SectionId,
    StudentId,
    TermId,
    WaitlistEntryId,
)
from domain.shared.value import value
from domain.shared.verdict import Rejection


class EntryStatus(StrEnum):
    """Where an entry stands."""

    WAITING = "waiting"
    PROMOTED = "promoted"
    LEFT = "left"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@value(frozen=True, slots=True)
class WaitlistEntry:
    """A student who waits for `section_ids`, one for each component of one configuration.

    The queue is ordered by (`priority`, `number`), the lower the earlier; `number` is the entry's place in the term's
    order of decisions, so there are no ties. `enrollment_id` is the id that the enrollment will have. When
    the student is promoted, `drop_if_enrolled` is dropped in the same step. `skipped` holds what spoke against the
    student when seats were last free for the entry.
    """

    id: WaitlistEntryId
    enrollment_id: EnrollmentId
    student_id: StudentId
    term_id: TermId
    offering_id: OfferingId
    course_id: CourseId
    section_ids: tuple[SectionId, ...]
    grading_basis: GradingBasis
    number: int
    joined_at: datetime
    priority: int = 0
    drop_if_enrolled: EnrollmentId | None = None
    status: EntryStatus = EntryStatus.WAITING
    ended_at: datetime | None = None
    skipped: tuple[Rejection, ...] = ()

    @property
    def rank(self) -> tuple[int, int]:
        """The place in the order of the queue."""
        return (self.priority, self.number)

    def end(self, status: EntryStatus, at: datetime) -> "WaitlistEntry":
        """The same entry, no longer waiting."""
        return replace(self, status=status, ended_at=at, skipped=())

    def skip(self, reasons: tuple[Rejection, ...]) -> "WaitlistEntry":
        """The same entry with the reasons for which it was passed over; it keeps its place."""
        return replace(self, skipped=reasons)
