"""What registration answers: a decision for each action, what followed from it, and the effects that make it true."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import NamedTuple, TypeAlias

from domain.registration.commands import Action, Command
from domain.registration.enrollment import Enrollment
from domain.registration.events import Event
from domain.registration.permission import Permission
from domain.registration.seating import Seating
from domain.registration.waitlist import WaitlistEntry
from domain.scheduling.section import Section
from domain.shared.identifiers import (
    EnrollmentId,
    HoldId,
    OfferingId,
    PermissionId,
    SectionId,
    StudentId,
    WaitlistEntryId,
)
from domain.shared.value import value
from domain.shared.verdict import ALLOWED, Allowed, Rejection


class Outcome(StrEnum):
    """What became of an action."""

    ENROLLED = "enrolled"
    WAITLISTED = "waitlisted"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"
    SWAPPED = "swapped"
    CHANGED = "changed"
    LEFT_WAITLIST = "left_waitlist"
    REJECTED = "rejected"
    NOT_APPLIED = "not_applied"


OUTCOMES: Mapping[Outcome, str] = {
    Outcome.ENROLLED: "The student sits in every section of the enrollment.",
    Outcome.WAITLISTED: "Seats were missing, nothing else; the student waits, at `position`.",
    Outcome.DROPPED: "The enrollment ended by the drop deadline; it leaves no record.",
    Outcome.WITHDRAWN: "The enrollment ended after the drop deadline; it leaves W.",
    Outcome.SWAPPED: "The student has the new enrollment, and the one in `ended` no more.",
    Outcome.CHANGED: "The enrollment goes on, through other sections or graded in another way.",
    Outcome.LEFT_WAITLIST: "The entry waits no longer.",
    Outcome.REJECTED: "Nothing was changed; `rejections` are all the reasons.",
    Outcome.NOT_APPLIED: "Nothing speaks against the action, but against another one of its all-or-nothing request.",
}
"""What the catalogue says of each outcome."""


@value(frozen=True, slots=True)
class Waived:
    """A rejection that `permission_id` waives."""

    rejection: Rejection
    permission_id: PermissionId


class Judged(NamedTuple):
    """What one rule said; a tuple, as every decision has twenty of them."""

    rule: str
    verdict: Allowed | Rejection | Waived


Rule: TypeAlias = Callable[..., object]
"""A function that answers verdicts, known by its name."""


def judged_by(rule: Rule, verdict: Allowed | Rejection | Waived) -> Judged:
    """What `rule` said; that it allows and looked at nothing is one value for each rule."""
    return _allowed_by(rule) if verdict is ALLOWED else Judged(rule.__name__, verdict)


def judged_for_each(rule: Rule, verdicts: Sequence[Allowed | Rejection]) -> tuple[Judged, ...]:
    """What a rule said that may have several things against an action, or nothing."""
    return tuple([judged_by(rule, verdict) for verdict in verdicts]) if verdicts else (_allowed_by(rule),)


@cache
def _allowed_by(rule: Rule) -> Judged:
    return Judged(rule.__name__, ALLOWED)


@value(frozen=True, slots=True)
class Decision:
    """The answer to one action.

    `number` is its place in the term's order; `enrollment` the enrollment that came to be, changed or ended, `ended`
    the one that a swap gave up, `entry` the waitlist entry that came to be (at `position`, from 1) or ended.
    `rejections` are all the reasons against the action, `judged` what every rule said.
    """

    number: int
    action: Action
    outcome: Outcome
    enrollment: Enrollment | None = None
    ended: Enrollment | None = None
    entry: WaitlistEntry | None = None
    position: int | None = None
    rejections: tuple[Rejection, ...] = ()
    judged: tuple[Judged, ...] = ()


@value(frozen=True, slots=True)
class RequestDecided:
    """The decisions of a registration request, one for each action in listed order."""

    decisions: tuple[Decision, ...]


@value(frozen=True, slots=True)
class SectionRevised:
    """A section's new state was accepted; `number` is the decision's place in the term's order."""

    number: int
    section: Section


@value(frozen=True, slots=True)
class RevisionRefused:
    """A section's new state was refused, for `reason`."""

    number: int
    reason: str


@value(frozen=True, slots=True)
class Noted:
    """A permission, the release of a hold or a review of the queues: nothing can be refused."""

    number: int


Decided: TypeAlias = RequestDecided | SectionRevised | RevisionRefused | Noted


class Movement(StrEnum):
    """What happens to a waitlist entry, or to an enrollment, without its student's asking at that moment."""

    PROMOTED = "promoted"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    LEFT = "left"
    REMOVED = "removed"


@value(frozen=True, slots=True)
class Consequence:
    """What followed from a command, with its own place in the term's order.

    `entry` is the waitlist entry that moved; `enrollment` the one that came to be by a promotion or was `removed`
    because its section was cancelled; `ended` what a promotion gave up. `reasons` say why an entry was skipped.
    """

    number: int
    movement: Movement
    entry: WaitlistEntry | None = None
    enrollment: Enrollment | None = None
    ended: Enrollment | None = None
    reasons: tuple[Rejection, ...] = ()
    judged: tuple[Judged, ...] = ()


@value(frozen=True, slots=True)
class RevisedSection:
    """A section to store, if its stored version still is `expected_version` (None: whatever it is)."""

    section: Section
    expected_version: int | None


@value(frozen=True, slots=True)
class RevokedPermission:
    """A permission to store as it ended, if its stored version still is `expected_version` (None: whatever it is)."""

    permission: Permission
    expected_version: int | None


@value(frozen=True, slots=True)
class ReleasedHold:
    """A hold to end, at `at`, unless it has ended already."""

    hold_id: HoldId
    at: datetime


@value(frozen=True, slots=True)
class EnrollmentChange:
    """An enrollment as it was stored (None: not at all) and as it is now."""

    before: Enrollment | None
    after: Enrollment


@value(frozen=True, slots=True)
class EntryChange:
    """A waitlist entry as it was stored (None: not at all) and as it is now."""

    before: WaitlistEntry | None
    after: WaitlistEntry


@value(frozen=True, slots=True)
class SeatAdded:
    """A new seat; one above capacity names the permission that added it."""

    section_id: SectionId
    seat_no: int
    permission_id: PermissionId | None = None


@value(frozen=True, slots=True)
class Recorded:
    """A command as the audit log keeps it: the answer, what followed, and whose facts were looked at.

    `number` is the first number in the term's order that the command used.
    """

    number: int
    command: Command
    answer: Decided
    consequences: tuple[Consequence, ...]
    offerings: frozenset[OfferingId]
    students: frozenset[StudentId]
    entries: frozenset[WaitlistEntryId]


@dataclass(slots=True)
class Effects:
    """What has to be stored, as sets: one write for a whole list of commands.

    Each record stands in it once, with its final state; `seating` is that of each section touched, `pools` the taken
    seats of each reserved pool of the sections where that changed. Seats in
    `seats_removed` are free once `enrollments` are stored; those in `seats_replaced` are free before, and go before the
    ones with the same numbers in `seats_added` come.
    """

    next_number: int
    enrollments: dict[EnrollmentId, EnrollmentChange] = field(default_factory=dict)
    entries: dict[WaitlistEntryId, EntryChange] = field(default_factory=dict)
    seating: dict[SectionId, Seating] = field(default_factory=dict)
    pools: dict[SectionId, dict[str, int]] = field(default_factory=dict)
    seats_added: dict[tuple[SectionId, int], SeatAdded] = field(default_factory=dict)
    seats_replaced: set[tuple[SectionId, int]] = field(default_factory=set)
    seats_removed: set[tuple[SectionId, int]] = field(default_factory=set)
    revised: list[RevisedSection] = field(default_factory=list)
    permissions: list[Permission] = field(default_factory=list)
    revoked: list[RevokedPermission] = field(default_factory=list)
    released: list[ReleasedHold] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)
