"""The weeks of a term, the dates of a meeting, and when two meetings clash."""

from datetime import date, timedelta

import pytest

from domain.scheduling.calendar import Meeting, TermCalendar, Weekday, meeting_days, meetings_clash
from tests.support.domain_builders import a_meeting
from tests.support.university import University

MONDAY_START = TermCalendar(date(2027, 2, 1), date(2027, 5, 30))
THURSDAY_START = TermCalendar(date(2027, 2, 4), date(2027, 5, 30))


def dates(meeting: Meeting, calendar: TermCalendar) -> list[date]:
    days = meeting_days(meeting, calendar)
    return [calendar.starts_on + timedelta(days=n) for n in range(days.bit_length()) if days >> n & 1]


def test_week_1_is_the_week_in_which_the_term_starts() -> None:
    assert MONDAY_START.week_of(date(2027, 2, 1)) == 1
    assert MONDAY_START.week_of(date(2027, 2, 7)) == 1
    assert MONDAY_START.week_of(date(2027, 2, 8)) == 2


def test_a_term_that_starts_on_a_thursday_has_a_short_first_week() -> None:
    assert THURSDAY_START.week_of(date(2027, 2, 7)) == 1
    assert THURSDAY_START.week_of(date(2027, 2, 8)) == 2
    assert dates(a_meeting(Weekday.MONDAY, weeks=frozenset({1})), THURSDAY_START) == []


def test_weeks_go_on_counting_over_new_year() -> None:
    winter = TermCalendar(date(2026, 12, 28), date(2027, 1, 31))

    assert winter.week_of(date(2027, 1, 4)) == 2


def test_a_meeting_takes_place_on_its_weekdays_from_the_first_to_the_last_day() -> None:
    short = TermCalendar(date(2027, 2, 1), date(2027, 2, 8))

    assert dates(a_meeting(Weekday.MONDAY, Weekday.SUNDAY), short) == [
        date(2027, 2, 1),
        date(2027, 2, 7),
        date(2027, 2, 8),
    ]


def test_a_meeting_does_not_take_place_on_holidays() -> None:
    free = date(2027, 2, 8)
    calendar = TermCalendar(date(2027, 2, 1), date(2027, 2, 15), frozenset({free}))

    assert dates(a_meeting(Weekday.MONDAY), calendar) == [date(2027, 2, 1), date(2027, 2, 15)]


def test_weeks_and_dates_narrow_a_meeting_together() -> None:
    meeting = a_meeting(
        Weekday.MONDAY,
        weeks=frozenset({1, 3, 5}),
        first_date=date(2027, 2, 8),
        last_date=date(2027, 2, 15),
    )

    assert dates(meeting, MONDAY_START) == [date(2027, 2, 15)]


def test_dates_outside_the_term_add_nothing() -> None:
    before = a_meeting(Weekday.MONDAY, first_date=date(2026, 1, 5), last_date=date(2027, 1, 25))
    after = a_meeting(Weekday.MONDAY, first_date=date(2027, 6, 7))

    assert dates(before, MONDAY_START) == []
    assert dates(after, MONDAY_START) == []


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (("10:00", "12:00"), ("11:00", "13:00"), True),
        (("10:00", "12:00"), ("10:30", "11:00"), True),
        (("10:00", "12:00"), ("10:00", "12:00"), True),
        (("10:00", "12:00"), ("12:00", "14:00"), False),
        (("10:00", "12:00"), ("11:59", "12:01"), True),
        (("10:00", "12:00"), ("08:00", "10:00"), False),
    ],
)
def test_slots_of_the_same_day_clash_when_they_share_a_moment(
    one: tuple[str, str], other: tuple[str, str], clash: bool
) -> None:
    mine, theirs = a_meeting(at=one[0], until=one[1]), a_meeting(at=other[0], until=other[1])

    assert meetings_clash(mine, theirs, MONDAY_START) is clash
    assert meetings_clash(theirs, mine, MONDAY_START) is clash


def test_alternating_weeks_do_not_clash() -> None:
    odd = a_meeting(weeks=frozenset(range(1, 18, 2)))
    even = a_meeting(weeks=frozenset(range(2, 18, 2)))

    assert not meetings_clash(odd, even, MONDAY_START)
    assert meetings_clash(odd, a_meeting(), MONDAY_START)


def test_the_halves_of_a_term_do_not_clash() -> None:
    first = a_meeting(last_date=date(2027, 3, 26))
    second = a_meeting(first_date=date(2027, 3, 27))

    assert not meetings_clash(first, second, MONDAY_START)


def test_a_holiday_on_the_only_common_date_ends_the_clash() -> None:
    once = a_meeting(first_date=date(2027, 2, 8), last_date=date(2027, 2, 8))
    with_holiday = TermCalendar(MONDAY_START.starts_on, MONDAY_START.ends_on, frozenset({date(2027, 2, 8)}))

    assert meetings_clash(once, a_meeting(), MONDAY_START)
    assert not meetings_clash(once, a_meeting(), with_holiday)


def test_sections_to_be_announced_clash_with_nothing() -> None:
    university = University()
    announced, other = university.lecture("CS-101"), university.lecture("CS-102", a_meeting())

    assert announced.clash_with(other, MONDAY_START) is None
    assert other.clash_with(announced, MONDAY_START) is None


def test_a_section_names_its_own_meeting_that_clashes() -> None:
    university = University()
    monday, friday = a_meeting(Weekday.MONDAY), a_meeting(Weekday.FRIDAY)
    one = university.lecture("CS-101", monday, friday)
    other = university.lecture("CS-102", a_meeting(Weekday.FRIDAY, at="11:00", until="13:00"))

    assert one.clash_with(other, MONDAY_START) == friday
