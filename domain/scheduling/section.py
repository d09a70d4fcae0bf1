"""Sections: what a seat is taken in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from domain.people.cohort import Cohort
from domain.scheduling.calendar import Meeting, TermCalendar, meetings_clash
from domain.shared.identifiers import ComponentId, InstructorId, OfferingId, SectionId, TermId
from domain.shared.invalid import require
from domain.shared.reference import require_code


class SectionStatus(StrEnum):
    """Whether a section takes students."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ReservedSeats:
    """Seats kept for a cohort until `released_at` (None: for good); `name` is unique in the section."""

    name: str
    cohort: Cohort
    seats: int
    released_at: datetime | None = None

    def __post_init__(self) -> None:
        require(bool(self.name.strip()), "name", "must not be empty")
        require(self.seats >= 0, "seats", "must not be negative")

    def holds_at(self, moment: datetime) -> bool:
        """Whether the seats are still kept at `moment`."""
        return self.released_at is None or moment < self.released_at


@dataclass(frozen=True)
class Section:
    """One class of a component, with its own code within the term.

    `capacity` is the number of its seats, None for a section without limit. Taking a section that has a `parent_id`
    requires taking the parent too. No meetings means that the time is to be announced. `waitlist_capacity` is how many
    may wait for a seat. `reserved` seats are part of the capacity; whoever belongs to several cohorts counts
    against the first that has a seat left, in listed order.
    """

    id: SectionId
    term_id: TermId
    offering_id: OfferingId
    component_id: ComponentId
    code: str
    capacity: int | None
    status: SectionStatus = SectionStatus.OPEN
    parent_id: SectionId | None = None
    meetings: tuple[Meeting, ...] = ()
    instructor_ids: tuple[InstructorId, ...] = ()
    waitlist_capacity: int = 0
    reserved: tuple[ReservedSeats, ...] = ()

    def __post_init__(self) -> None:
        require_code(self.code)
        require(self.capacity is None or self.capacity >= 0, "capacity", "must not be negative")
        require(self.parent_id != self.id, "parent", "a section cannot be its own parent")
        require(self.waitlist_capacity >= 0, "waitlist_capacity", "must not be negative")
        require(self.capacity is not None or not self.reserved, "reserved", "a section without limit reserves nothing")
        require(len({r.name for r in self.reserved}) == len(self.reserved), "reserved", "their names must differ")

    @property
    def is_unlimited(self) -> bool:
        """Whether the section has no limit of seats."""
        return self.capacity is None

    @cached_property
    def times_of_week(self) -> int:
        """The times of the week at which it may meet, as a bit set; sections without a common bit never clash."""
        times = 0
        for meeting in self.meetings:
            times |= meeting.times_of_week
        return times

    def clash_with(self, other: "Section", calendar: TermCalendar) -> Meeting | None:
        """The first of this section's meetings that clashes with one of `other`, if any."""
        if not self.times_of_week & other.times_of_week:
            return None
        for mine in self.meetings:
            if any(meetings_clash(mine, theirs, calendar) for theirs in other.meetings):
                return mine
        return None
