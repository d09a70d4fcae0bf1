"""Two meetings clash exactly when a calendar with every date and every minute in it shows them together."""

from datetime import time, timedelta

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from domain.scheduling.calendar import Meeting, TermCalendar, Weekday, meeting_days, meetings_clash
from tests.properties.university_strategy import FIRST_DAY, calendars, meetings
from tests.support.domain_builders import a_meeting

Interval = tuple[int, int]


def minutes_by_date(meeting: Meeting, calendar: TermCalendar) -> dict[int, Interval]:
    """The dates of a meeting, as ordinals, with the minutes of the day that it takes; found by walking the term."""
    found: dict[int, Interval] = {}
    day, week = calendar.starts_on, 1
    while day <= calendar.ends_on:
        if day > calendar.starts_on and day.weekday() == 0:
            week += 1
        takes_place = (
            Weekday(day.weekday() + 1) in meeting.weekdays
            and (meeting.weeks is None or week in meeting.weeks)
            and (meeting.first_date is None or meeting.first_date <= day)
            and (meeting.last_date is None or day <= meeting.last_date)
            and day not in calendar.holidays
        )
        if takes_place:
            starts, ends = (at.hour * 60 + at.minute for at in (meeting.starts_at, meeting.ends_at))
            found[day.toordinal()] = (starts, ends)
        day += timedelta(days=1)
    return found


def share_a_minute(one: Interval, other: Interval) -> bool:
    return not set(range(*one)).isdisjoint(range(*other))


@settings(max_examples=250, deadline=None)
@given(meetings(), meetings(), calendars())
@example(a_meeting(weeks=frozenset({2})), a_meeting(at="11:45", until="12:15"), TermCalendar(FIRST_DAY, FIRST_DAY))
def test_clashes_are_those_of_a_brute_force_calendar(one: Meeting, other: Meeting, calendar: TermCalendar) -> None:
    mine, theirs = minutes_by_date(one, calendar), minutes_by_date(other, calendar)
    expected = any(share_a_minute(mine[day], theirs[day]) for day in mine.keys() & theirs.keys())

    assert meetings_clash(one, other, calendar) is expected
    assert meetings_clash(other, one, calendar) is expected


@settings(max_examples=150, deadline=None)
@given(meetings(quarters=12), meetings(quarters=12), calendars())
def test_clashes_of_a_crowded_morning_are_those_of_a_brute_force_calendar(
    one: Meeting, other: Meeting, calendar: TermCalendar
) -> None:
    mine, theirs = minutes_by_date(one, calendar), minutes_by_date(other, calendar)
    expected = any(share_a_minute(mine[day], theirs[day]) for day in mine.keys() & theirs.keys())

    assert meetings_clash(one, other, calendar) is expected


@settings(max_examples=150, deadline=None)
@given(meetings(), calendars())
def test_the_dates_of_a_meeting_are_those_of_a_walk_through_the_term(meeting: Meeting, calendar: TermCalendar) -> None:
    days = meeting_days(meeting, calendar)
    first = calendar.starts_on.toordinal()

    assert {first + n for n in range(days.bit_length()) if days >> n & 1} == minutes_by_date(meeting, calendar).keys()


@settings(max_examples=250, deadline=None)
@given(st.lists(st.times(), min_size=4, max_size=4), st.lists(st.sampled_from(Weekday), min_size=2, max_size=2))
@example([time(10), time(10, 52), time(10, 51, 59), time(12)], [Weekday.MONDAY, Weekday.MONDAY])
@example([time(0), time(0, 0, 0, 1), time(0), time.max], [Weekday.SUNDAY, Weekday.SUNDAY])
def test_meetings_that_overlap_share_a_time_of_the_week(moments: list[time], days: list[Weekday]) -> None:
    (starts, ends), (others_start, others_end) = sorted(moments[:2]), sorted(moments[2:])
    assume(starts < ends and others_start < others_end)
    one = Meeting(frozenset({days[0]}), starts, ends)
    other = Meeting(frozenset({days[1]}), others_start, others_end)

    overlap = days[0] == days[1] and starts < others_end and others_start < ends
    assert bool(one.times_of_week & other.times_of_week) or not overlap


def test_meetings_that_follow_each_other_share_no_time_of_the_week() -> None:
    before, after = a_meeting(at="09:00", until="10:50"), a_meeting(at="10:50", until="12:00")

    assert not before.times_of_week & after.times_of_week
