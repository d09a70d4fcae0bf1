"""The days of a term and the weekly slots in them: when meetings happen, and whether two of them clash."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import IntEnum
from functools import lru_cache

from domain.shared.identifiers import RoomId
from domain.shared.invalid import require


class Weekday(IntEnum):
    """Days of the week, numbered as ISO 8601 numbers them."""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6
    SUNDAY = 7


_PIECE = 5
_PIECES_OF_A_DAY = 24 * 60 // _PIECE
"""Minutes of a piece of the day, and how many pieces a day has."""


@dataclass(frozen=True, slots=True)
class TermCalendar:
    """The days from `starts_on` to `ends_on`, both included, without `holidays`.

    Week 1 is the week, from Monday to Sunday, in which `starts_on` lies.
    """

    starts_on: date
    ends_on: date
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        require(self.starts_on <= self.ends_on, "ends_on", "must not lie before starts_on")

    def week_of(self, day: date) -> int:
        """The number of the week in which `day` lies; 1 is the first."""
        first_monday = self.starts_on - timedelta(days=self.starts_on.isoweekday() - 1)
        return (day - first_monday).days // 7 + 1


@dataclass(frozen=True, slots=True)
class Meeting:
    """A weekly slot: on `weekdays`, from `starts_at` until just before `ends_at` in the term's time zone.

    `weeks` are week numbers of the term (None: every week); `first_date` and `last_date` narrow the days further.
    `room_id` is None while the room is to be announced.
    """

    weekdays: frozenset[Weekday]
    starts_at: time
    ends_at: time
    weeks: frozenset[int] | None = None
    first_date: date | None = None
    last_date: date | None = None
    room_id: RoomId | None = None

    def __post_init__(self) -> None:
        require(bool(self.weekdays), "weekdays", "a meeting needs at least one day")
        require(self.starts_at < self.ends_at, "ends_at", "must be later than starts_at on the same day")
        require(self.weeks is None or all(week >= 1 for week in self.weeks), "weeks", "are counted from 1")
        require(
            self.first_date is None or self.last_date is None or self.first_date <= self.last_date,
            "last_date",
            "must not lie before first_date",
        )

    @property
    def times_of_week(self) -> int:
        """The pieces of the week, of five minutes each, that the slot touches: bit 0 is the first of Monday."""
        first = (60 * self.starts_at.hour + self.starts_at.minute) // _PIECE
        last = (60 * self.ends_at.hour + self.ends_at.minute) // _PIECE
        ends_on_the_dot = self.ends_at == time(*divmod(last * _PIECE, 60))
        of_a_day = (1 << (last if ends_on_the_dot else last + 1)) - (1 << first)
        return sum(of_a_day << (day - 1) * _PIECES_OF_A_DAY for day in self.weekdays)

    def overlaps_in_time(self, other: "Meeting") -> bool:
        """Whether both slots share a moment of the day, whatever the date."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@lru_cache(maxsize=65_536)
def meeting_days(meeting: Meeting, calendar: TermCalendar) -> int:
    """The dates of `meeting` as a bit set: bit n stands for `calendar.starts_on` + n days."""
    first = max(calendar.starts_on, meeting.first_date or calendar.starts_on)
    last = min(calendar.ends_on, meeting.last_date or calendar.ends_on)
    days = 0
    for offset in range((first - calendar.starts_on).days, (last - calendar.starts_on).days + 1):
        day = calendar.starts_on + timedelta(days=offset)
        on_a_weekday = day.isoweekday() in meeting.weekdays
        in_a_week = meeting.weeks is None or calendar.week_of(day) in meeting.weeks
        if on_a_weekday and in_a_week and day not in calendar.holidays:
            days |= 1 << offset
    return days


def meetings_clash(one: Meeting, other: Meeting, calendar: TermCalendar) -> bool:
    """Whether two meetings share a date and overlap in time."""
    return one.overlaps_in_time(other) and bool(meeting_days(one, calendar) & meeting_days(other, calendar))
