"""Terms: the periods in which courses are offered, with the window and the deadlines of registration."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.scheduling.calendar import TermCalendar
from domain.shared.identifiers import TermId
from domain.shared.invalid import require
from domain.shared.reference import require_code
from domain.shared.time_zone import require_time_zone


@dataclass(frozen=True, slots=True)
class Term:
    """An academic period (the lecture's *period*).

    Registration is open from `registration_opens_at` until just before `registration_closes_at`. `add_deadline` and
    `drop_deadline` are the last days, in the term's time zone, on which a student may add or drop. `credit_maximum`
    is the most credits that one student may take; None sets no limit.
    """

    id: TermId
    code: str
    name: str
    time_zone: str
    starts_on: date
    ends_on: date
    registration_opens_at: datetime
    registration_closes_at: datetime
    add_deadline: date
    drop_deadline: date
    holidays: frozenset[date] = frozenset()
    credit_maximum: Decimal | None = None
    calendar: TermCalendar = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_code(self.code)
        require(bool(self.name.strip()), "name", "must not be empty")
        require_time_zone(self.time_zone)
        require(self.registration_opens_at.tzinfo is not None, "registration_opens_at", "needs an offset from UTC")
        require(self.registration_closes_at.tzinfo is not None, "registration_closes_at", "needs an offset from UTC")
        require(
            self.registration_opens_at < self.registration_closes_at,
            "registration_closes_at",
            "must be later than registration_opens_at",
        )
        require(self.credit_maximum is None or self.credit_maximum >= 0, "credit_maximum", "must not be negative")
        object.__setattr__(self, "calendar", TermCalendar(self.starts_on, self.ends_on, self.holidays))

    def is_open_at(self, moment: datetime) -> bool:
        """Whether registration is open at `moment`."""
        return self.registration_opens_at <= moment < self.registration_closes_at

    def day_of(self, moment: datetime) -> date:
        """The date that a calendar on the institution's wall shows at `moment`."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()
