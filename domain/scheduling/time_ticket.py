"""Time tickets: from when on a cohort may register in a term."""

from dataclasses import dataclass
from datetime import datetime

from domain.people.cohort import Cohort
from domain.shared.identifiers import TermId, TimeTicketId
from domain.shared.invalid import require


@dataclass(frozen=True)
class TimeTicket:
    """The cohort may register from `opens_at` until just before `closes_at` (None: until registration closes).

    In a term that has tickets, whoever has none may not register.
    """

    id: TimeTicketId
    term_id: TermId
    name: str
    cohort: Cohort
    opens_at: datetime
    closes_at: datetime | None = None

    def __post_init__(self) -> None:
        require(bool(self.name.strip()), "name", "must not be empty")
        require(self.opens_at.tzinfo is not None, "opens_at", "needs an offset from UTC")
        require(self.closes_at is None or self.opens_at < self.closes_at, "closes_at", "must be later than opens_at")

    def is_open_at(self, moment: datetime) -> bool:
        """Whether the ticket lets its cohort register at `moment`."""
        return self.opens_at <= moment and (self.closes_at is None or moment < self.closes_at)
