"""What registration answers: a decision for each action, and the effects that make the decisions true."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from domain.registration.commands import Action
from domain.registration.enrollment import Enrollment
from domain.registration.seating import Seating
from domain.scheduling.section import Section
from domain.shared.identifiers import SectionId
from domain.shared.verdict import Rejection


class Outcome(StrEnum):
    """What became of an action."""

    ENROLLED = "enrolled"
    DROPPED = "dropped"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one action.

    `number` is its place in the term's order; `enrollment` the enrollment that came to be or ended, None when
    rejected; `rejections` are all the reasons against it.
    """

    number: int
    action: Action
    outcome: Outcome
    enrollment: Enrollment | None = None
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestDecided:
    """The decisions of a registration request, one for each action in listed order."""

    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class SectionRevised:
    """A section's new state was accepted; `number` is the decision's place in the term's order."""

    number: int
    section: Section


@dataclass(frozen=True, slots=True)
class RevisionRefused:
    """A section's new state was refused, for `reason`."""

    number: int
    reason: str


Decided: TypeAlias = RequestDecided | SectionRevised | RevisionRefused


@dataclass(frozen=True, slots=True)
class RevisedSection:
    """A section to store, if its stored version still is `expected_version` (None: whatever it is)."""

    section: Section
    expected_version: int | None


@dataclass(slots=True)
class Effects:
    """What has to be stored, as sets: one write for a whole list of commands.

    `seating` is the final state of each section touched. An enrollment made and dropped in the same list stands in
    both `enrolled` and `dropped`. Seat numbers in `seats_removed` are free once `dropped` is stored.
    """

    next_number: int
    enrolled: list[Enrollment] = field(default_factory=list)
    dropped: list[Enrollment] = field(default_factory=list)
    seating: dict[SectionId, Seating] = field(default_factory=dict)
    seats_added: list[tuple[SectionId, int]] = field(default_factory=list)
    seats_removed: list[tuple[SectionId, int]] = field(default_factory=list)
    revised: list[RevisedSection] = field(default_factory=list)
