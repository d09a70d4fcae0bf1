"""What can be asked of registration: a student's cart of actions, and what a registrar does to seats and queues."""

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from domain.catalog.grading import GradingBasis
from domain.registration.permission import Permission
from domain.scheduling.section import Section
from domain.shared.identifiers import EnrollmentId, HoldId, OfferingId, RequestId, StudentId, WaitlistEntryId
from domain.shared.reference import Reference
from domain.shared.value import value


class IfFull(StrEnum):
    """What an add does when nothing but missing seats speaks against it."""

    REJECT = "reject"
    WAITLIST = "waitlist"


class Mode(StrEnum):
    """Whether the actions of a request stand alone, one after the other, or all together."""

    BEST_EFFORT = "best_effort"
    ATOMIC = "atomic"


@value(frozen=True, slots=True)
class Choice:
    """An offering through the named sections, or, when none is named, wherever there is a place.

    `course` says as which of its courses a cross-listed offering is taken; None means its main one.
    """

    offering: Reference
    sections: tuple[Reference, ...] = ()
    course: Reference | None = None


@value(frozen=True, slots=True)
class Add:
    """Enroll in the first of `choices` that can be had, listed by preference.

    `enrollment_id` and `entry_id` are the identifiers that the enrollment or the waitlist entry will have if it comes
    to be. `grading_basis` None takes the course's usual one.
    """

    enrollment_id: EnrollmentId
    entry_id: WaitlistEntryId
    choices: tuple[Choice, ...]
    grading_basis: GradingBasis | None = None
    if_full: IfFull = IfFull.REJECT


@value(frozen=True, slots=True)
class Drop:
    """Give up an enrollment; after the drop deadline it is a withdrawal."""

    enrollment_id: EnrollmentId


@value(frozen=True, slots=True)
class Swap:
    """Give up an enrollment for `add`, and only for it: the old seats are kept unless the new ones are had."""

    enrollment_id: EnrollmentId
    add: Add


@value(frozen=True, slots=True)
class ChangeSections:
    """Go on with an enrollment through other sections of the same offering."""

    enrollment_id: EnrollmentId
    sections: tuple[Reference, ...]


@value(frozen=True, slots=True)
class ChangeBasis:
    """Have an enrollment graded in another way."""

    enrollment_id: EnrollmentId
    grading_basis: GradingBasis


@value(frozen=True, slots=True)
class LeaveWaitlist:
    """Wait no longer."""

    entry_id: WaitlistEntryId


Action: TypeAlias = Add | Drop | Swap | ChangeSections | ChangeBasis | LeaveWaitlist


@value(frozen=True, slots=True)
class RegistrationRequest:
    """A student's ordered list of actions; `arrived_at` is the moment by which windows and deadlines are judged."""

    id: RequestId
    student_id: StudentId
    actions: tuple[Action, ...]
    arrived_at: datetime
    mode: Mode = Mode.BEST_EFFORT


@value(frozen=True, slots=True)
class ReviseSection:
    """A registrar's new state of a section; None for `expected_version` revises whatever is stored.

    A new capacity moves seats and the queue; the status `cancelled` frees everyone.
    """

    section: Section
    arrived_at: datetime
    expected_version: int | None = None


@value(frozen=True, slots=True)
class GivePermission:
    """A waiver for one student; it may let the student off the waitlist at once."""

    permission: Permission
    arrived_at: datetime


@value(frozen=True, slots=True)
class RevokePermission:
    """A permission ends; what it waived stays as it is. None for `expected_version` revokes whatever is stored."""

    permission: Permission
    arrived_at: datetime
    expected_version: int | None = None


@value(frozen=True, slots=True)
class ReleaseHold:
    """A hold ends; it may let its student off the waitlist at once."""

    hold_id: HoldId
    student_id: StudentId
    arrived_at: datetime


@value(frozen=True, slots=True)
class ReviewQueues:
    """Look at queues of the term again: time has passed, tickets have opened, reserved seats were released.

    `offerings` are those whose queues are looked at, None means all.
    """

    arrived_at: datetime
    offerings: tuple[OfferingId, ...] | None = None


Command: TypeAlias = (
    RegistrationRequest | ReviseSection | GivePermission | RevokePermission | ReleaseHold | ReviewQueues
)


def adds_in(action: Action) -> tuple[Add, ...]:
    """The add that an action asks for, if it asks for one."""
    match action:
        case Add():
            return (action,)
        case Swap():
            return (action.add,)
        case _:
            return ()


def enrollment_of(action: Action) -> EnrollmentId | None:
    """The enrollment that an action gives up or changes, if it is about one."""
    match action:
        case Add() | LeaveWaitlist():
            return None
        case _:
            return action.enrollment_id
