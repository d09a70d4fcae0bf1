"""The registration window is judged by the moment, the deadlines by the day on the institution's clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.registration.windows import (
    add_deadline_is_ahead,
    leaving_deadline_is_ahead,
    registration_is_open,
)
from domain.shared.verdict import Allowed, Rejection
from tests.support.domain_builders import a_term

OPENS = datetime(2027, 1, 10, 8, 0, tzinfo=UTC)
CLOSES = datetime(2027, 3, 1, 0, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [(OPENS - INSTANT, False), (OPENS, True), (CLOSES - INSTANT, True), (CLOSES, False)],
)
def test_registration_is_open_from_its_first_moment_until_just_before_its_last(moment: datetime, is_open: bool) -> None:
    term = a_term(opens_at=OPENS, closes_at=CLOSES)

    assert term.is_open_at(moment) is is_open
    assert isinstance(registration_is_open(term, moment), Allowed) is is_open


@pytest.mark.parametrize(
    ("zone", "last_moment"),
    [
        ("UTC", datetime(2027, 2, 10, 23, 59, 59, 999_999, tzinfo=UTC)),
        ("America/Bogota", datetime(2027, 2, 11, 4, 59, 59, 999_999, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2027, 2, 10, 10, 59, 59, 999_999, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2027, 2, 10, 18, 14, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_a_deadline_ends_with_the_local_day(zone: str, last_moment: datetime) -> None:
    term = a_term(time_zone=zone, add_deadline=date(2027, 2, 10), drop_deadline=date(2027, 2, 10))

    assert isinstance(add_deadline_is_ahead(term, None, last_moment), Allowed)
    assert isinstance(leaving_deadline_is_ahead(term, None, last_moment), Allowed)
    assert isinstance(add_deadline_is_ahead(term, None, last_moment + INSTANT), Rejection)
    assert isinstance(leaving_deadline_is_ahead(term, None, last_moment + INSTANT), Rejection)


@pytest.mark.parametrize(
    ("deadline", "last_moment"),
    [
        # Clocks in Madrid go from +01:00 to +02:00 on March 28, 2027, and back on October 31.
        (date(2027, 3, 27), datetime(2027, 3, 27, 22, 59, 59, 999_999, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 21, 59, 59, 999_999, tzinfo=UTC)),
        (date(2027, 10, 30), datetime(2027, 10, 30, 21, 59, 59, 999_999, tzinfo=UTC)),
        (date(2027, 10, 31), datetime(2027, 10, 31, 22, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_a_deadline_on_the_day_the_clocks_change_ends_with_that_day(deadline: date, last_moment: datetime) -> None:
    term = a_term(time_zone="Europe/Madrid", add_deadline=deadline)

    assert term.day_of(last_moment) == deadline
    assert isinstance(add_deadline_is_ahead(term, None, last_moment), Allowed)
    assert isinstance(add_deadline_is_ahead(term, None, last_moment + INSTANT), Rejection)


def test_the_day_of_a_moment_is_the_same_in_whatever_zone_the_moment_is_written() -> None:
    term = a_term(time_zone="America/Bogota")
    written_elsewhere = datetime.fromisoformat("2027-02-11T13:30:00+09:00")

    assert term.day_of(written_elsewhere) == date(2027, 2, 10)


def test_the_add_deadline_says_nothing_about_drops() -> None:
    term = a_term(add_deadline=date(2027, 2, 10), drop_deadline=date(2027, 2, 20))
    between = datetime(2027, 2, 15, tzinfo=UTC)

    assert isinstance(add_deadline_is_ahead(term, None, between), Rejection)
    assert isinstance(leaving_deadline_is_ahead(term, None, between), Allowed)
