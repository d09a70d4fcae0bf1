"""Terms: the periods in which courses are offered, with the window and the deadlines of registration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from domain.scheduling.calendar import TermCalendar
from domain.shared.identifiers import TermId
from domain.shared.invalid import require
from domain.shared.reference import require_code
from domain.shared.time_zone import require_time_zone


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The last days on which a student may add, drop (no record left) and withdraw (leaves W).

    `withdrawal` is None where nobody may leave after the drop deadline.
    """

    add: date
    drop: date
    withdrawal: date | None = None

    def __post_init__(self) -> None:
        require(
            self.withdrawal is None or self.drop <= self.withdrawal,
            "withdrawal_deadline",
            "must not lie before drop_deadline",
        )


@dataclass(frozen=True, slots=True)
class Session:
    """A part of a term with dates and deadlines of its own; `code` is unique in the term."""

    code: str
    name: str
    starts_on: date
    ends_on: date
    deadlines: Deadlines

    def __post_init__(self) -> None:
        require_code(self.code)
        require(bool(self.name.strip()), "name", "must not be empty")
        require(self.starts_on <= self.ends_on, "ends_on", "must not lie before starts_on")


@dataclass(frozen=True, slots=True)
class CreditLimits:
    """How many credits a student may and must take; None sets no limit."""

    maximum: Decimal | None = None
    minimum: Decimal | None = None

    def __post_init__(self) -> None:
        require(self.maximum is None or self.maximum >= 0, "credit_maximum", "must not be negative")
        require(self.minimum is None or self.minimum >= 0, "credit_minimum", "must not be negative")

    @property
    def hold_together(self) -> bool:
        """Whether a student can keep both limits."""
        return self.maximum is None or self.minimum is None or self.minimum <= self.maximum


@dataclass(frozen=True)
class Term:
    """An academic period (the lecture's *period*).

    Registration is open from `registration_opens_at` until just before `registration_closes_at`. `add_deadline` and
    `drop_deadline` are the last days, in the term's time zone, on which a student may add or drop. `credit_maximum`
    is the most credits that one student may take; None sets no limit. `credit_limits` are those of a class level, which
    go before the term's own. From `waitlist_closes_at` on nobody is promoted from a waitlist. `in_progress_counts`
    is the policy whether a course that is being taken in another term meets a prerequisite.
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
    withdrawal_deadline: date | None = None
    credit_minimum: Decimal | None = None
    credit_limits: Mapping[int, CreditLimits] = field(default_factory=dict)
    sessions: tuple[Session, ...] = ()
    waitlist_closes_at: datetime | None = None
    in_progress_counts: bool = True
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
        for limits in (CreditLimits(self.credit_maximum, self.credit_minimum), *self.credit_limits.values()):
            require(limits.hold_together, "credit_minimum", "must not exceed credit_maximum")
        Deadlines(self.add_deadline, self.drop_deadline, self.withdrawal_deadline)
        require(len({s.code for s in self.sessions}) == len(self.sessions), "sessions", "their codes must differ")
        require(
            all(self.starts_on <= s.starts_on and s.ends_on <= self.ends_on for s in self.sessions),
            "sessions",
            "must lie within the term",
        )
        require(
            self.waitlist_closes_at is None or self.waitlist_closes_at.tzinfo is not None,
            "waitlist_closes_at",
            "needs an offset from UTC",
        )
        object.__setattr__(self, "calendar", TermCalendar(self.starts_on, self.ends_on, self.holidays))

    def is_open_at(self, moment: datetime) -> bool:
        """Whether registration is open at `moment`."""
        return self.registration_opens_at <= moment < self.registration_closes_at

    def session(self, code: str | None) -> Session | None:
        """The session with that code, if the term has it."""
        return next((session for session in self.sessions if session.code == code), None)

    def deadlines(self, session: str | None) -> Deadlines:
        """The deadlines of a session, or the term's own where `session` is None or unknown."""
        known = None if session is None else self.session(session)
        return self._own_deadlines if known is None else known.deadlines

    @cached_property
    def _own_deadlines(self) -> Deadlines:
        return Deadlines(self.add_deadline, self.drop_deadline, self.withdrawal_deadline)

    def limits(self, class_level: int | None) -> CreditLimits:
        """The credit limits of a class level, each falling back to the term's own."""
        return self._limits_of_levels.get(class_level, self._own_limits)

    @cached_property
    def _own_limits(self) -> CreditLimits:
        return CreditLimits(self.credit_maximum, self.credit_minimum)

    @cached_property
    def _limits_of_levels(self) -> Mapping[int | None, CreditLimits]:
        return {
            class_level: CreditLimits(
                self.credit_maximum if own.maximum is None else own.maximum,
                self.credit_minimum if own.minimum is None else own.minimum,
            )
            for class_level, own in self.credit_limits.items()
        }

    def day_of(self, moment: datetime) -> date:
        """The date that a calendar on the institution's wall shows at `moment`."""
        return moment.astimezone(self._zone).date()

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
