"""What happened in registration, in the past tense: typed, versioned, and published only after it is true.

An event's type is the name of its class; whoever changes the fields of one raises its `VERSION`.
"""

from datetime import datetime
from typing import ClassVar, TypeAlias

from domain.shared.identifiers import (
    CourseId,
    EnrollmentId,
    HoldId,
    OfferingId,
    PermissionId,
    SectionId,
    StudentId,
    TermId,
    WaitlistEntryId,
)
from domain.shared.value import value


@value(frozen=True, slots=True)
class InTerm:
    """What every event says: the `number` of its decision in the term's order, and when it was."""

    number: int
    occurred_at: datetime
    term_id: TermId


@value(frozen=True, slots=True)
class OfStudent(InTerm):
    """What every event about a student says."""

    student_id: StudentId


@value(frozen=True, slots=True)
class StudentEnrolled(OfStudent):
    """A student got seats; `from_waitlist` is the entry that was promoted, if one was."""

    VERSION: ClassVar[int] = 1
    enrollment_id: EnrollmentId
    offering_id: OfferingId
    course_id: CourseId
    section_ids: tuple[SectionId, ...]
    from_waitlist: WaitlistEntryId | None = None


@value(frozen=True, slots=True)
class EnrollmentEnded(OfStudent):
    """An enrollment was given up or taken away; `status` is `dropped` or `withdrawn`.

    `because` is `asked`, `swapped`, `promoted` (dropped when the waitlist entry came through) or `section_cancelled`.
    """

    VERSION: ClassVar[int] = 1
    enrollment_id: EnrollmentId
    offering_id: OfferingId
    status: str
    because: str


@value(frozen=True, slots=True)
class EnrollmentChanged(OfStudent):
    """An enrollment goes through other sections, or is graded in another way."""

    VERSION: ClassVar[int] = 1
    enrollment_id: EnrollmentId
    section_ids: tuple[SectionId, ...]
    grading_basis: str


@value(frozen=True, slots=True)
class StudentWaitlisted(OfStudent):
    """A student waits for seats; `position` counts from 1."""

    VERSION: ClassVar[int] = 1
    entry_id: WaitlistEntryId
    offering_id: OfferingId
    section_ids: tuple[SectionId, ...]
    position: int


@value(frozen=True, slots=True)
class WaitlistEntryEnded(OfStudent):
    """An entry no longer waits: `promoted`, `left`, `expired` or `cancelled`."""

    VERSION: ClassVar[int] = 1
    entry_id: WaitlistEntryId
    status: str


@value(frozen=True, slots=True)
class WaitlistEntrySkipped(OfStudent):
    """Seats were free for an entry, but something spoke against its student; it keeps its place."""

    VERSION: ClassVar[int] = 1
    entry_id: WaitlistEntryId
    codes: tuple[str, ...]


@value(frozen=True, slots=True)
class SectionChanged(InTerm):
    """A section has a new state."""

    VERSION: ClassVar[int] = 1
    section_id: SectionId
    status: str
    capacity: int | None


@value(frozen=True, slots=True)
class PermissionGiven(OfStudent):
    """Somebody waived rules for a student."""

    VERSION: ClassVar[int] = 1
    permission_id: PermissionId
    codes: tuple[str, ...]


@value(frozen=True, slots=True)
class PermissionRevoked(OfStudent):
    """A waiver ended; what it had waived stays as it is."""

    VERSION: ClassVar[int] = 1
    permission_id: PermissionId


@value(frozen=True, slots=True)
class HoldReleased(OfStudent):
    """A hold ended."""

    VERSION: ClassVar[int] = 1
    hold_id: HoldId


Event: TypeAlias = (
    StudentEnrolled
    | EnrollmentEnded
    | EnrollmentChanged
    | StudentWaitlisted
    | WaitlistEntryEnded
    | WaitlistEntrySkipped
    | SectionChanged
    | PermissionGiven
    | PermissionRevoked
    | HoldReleased
)
