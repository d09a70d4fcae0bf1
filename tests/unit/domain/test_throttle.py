"""The throttle: a wait is never negative, grows with failures, ends within 15 minutes, and is forgotten in a day."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.throttle import (
    FORGOTTEN_AFTER,
    GIVEN_UP_AFTER,
    LONGEST_WAIT,
    OF_ACCOUNT,
    OF_ORIGIN,
    Failures,
    Throttle,
)
from tests.support.domain_builders import NOON

NOTHING = timedelta(0)
THROTTLES = st.builds(Throttle, free=st.integers(0, 200))
COUNTS = st.integers(1, 100_000)
SINCE = st.timedeltas(min_value=-timedelta(minutes=1), max_value=timedelta(days=3))
"""How long ago the last failure was; the clocks of two machines differ a little."""


@given(THROTTLES, COUNTS, st.timedeltas(min_value=NOTHING, max_value=timedelta(days=3)))
def test_a_wait_is_never_negative_and_at_most_15_minutes(throttle: Throttle, count: int, since: timedelta) -> None:
    assert NOTHING <= throttle.wait(Failures(count, NOON), NOON + since) <= LONGEST_WAIT == timedelta(minutes=15)


@given(THROTTLES, COUNTS, COUNTS, SINCE)
def test_more_failures_never_wait_less(throttle: Throttle, one: int, other: int, since: timedelta) -> None:
    fewer, more = sorted((one, other))
    now = NOON + since

    assert throttle.wait(Failures(fewer, NOON), now) <= throttle.wait(Failures(more, NOON), now)


@given(THROTTLES, COUNTS, SINCE, SINCE)
def test_a_wait_runs_down_as_time_passes(throttle: Throttle, count: int, one: timedelta, other: timedelta) -> None:
    sooner, later = sorted((one, other))
    failures = Failures(count, NOON)

    assert throttle.wait(failures, NOON + later) <= throttle.wait(failures, NOON + sooner)


@given(THROTTLES, COUNTS, SINCE)
def test_whoever_has_waited_is_looked_at(throttle: Throttle, count: int, since: timedelta) -> None:
    failures = Failures(count, NOON)
    now = NOON + since

    assert throttle.wait(failures, now + throttle.wait(failures, now)) == NOTHING


@given(THROTTLES, COUNTS)
def test_failures_are_forgotten_after_a_day(throttle: Throttle, count: int) -> None:
    old = Failures(count, NOON)
    a_day_later = NOON + FORGOTTEN_AFTER

    assert throttle.wait(old, a_day_later) == NOTHING
    assert old.begun(a_day_later).failed(a_day_later, a_day_later) == Failures(1, a_day_later)
    assert throttle.has_room(old, a_day_later)


@given(COUNTS, st.timedeltas(min_value=NOTHING, max_value=FORGOTTEN_AFTER - timedelta.resolution))
def test_within_the_day_each_failure_counts(count: int, since: timedelta) -> None:
    at = NOON + since

    assert Failures(count, NOON).begun(at).failed(at, at) == Failures(count + 1, at)


@pytest.mark.parametrize("throttle", [OF_ACCOUNT, OF_ORIGIN], ids=["account", "origin"])
def test_the_first_failures_cost_nothing_and_then_each_twice_as_much(throttle: Throttle) -> None:
    assert throttle.wait(Failures(), NOON) == NOTHING
    assert throttle.wait(Failures(throttle.free - 1, NOON), NOON) == NOTHING

    waits = [throttle.wait(Failures(throttle.free + more, NOON), NOON).total_seconds() for more in range(12)]

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_of_one_account_5_attempts_are_looked_at_and_of_one_origin_100() -> None:
    assert (OF_ACCOUNT.free, OF_ORIGIN.free) == (5, 100)


@given(st.integers(1, 200), st.integers(0, 300))
def test_as_many_are_looked_at_at_once_as_may_fail_and_at_least_one(free: int, failed: int) -> None:
    throttle, known, admitted = Throttle(free), Failures(failed, NOON), 0
    while throttle.has_room(known, NOON):
        known, admitted = known.begun(NOON), admitted + 1

    assert admitted == max(free - failed, 1)
    assert throttle.has_room(known.ended(NOON), NOON)
    assert throttle.wait(known, NOON) == throttle.wait(Failures(failed, NOON), NOON)


def test_an_attempt_that_never_ends_is_given_up() -> None:
    known = Failures().begun(NOON)

    assert known.looked_at(NOON + GIVEN_UP_AFTER - timedelta.resolution) == (NOON,)
    assert known.looked_at(NOON + GIVEN_UP_AFTER) == ()
    assert known.begun(NOON + GIVEN_UP_AFTER).under_way == (NOON + GIVEN_UP_AFTER,)
    assert known.ended(NOON).ended(NOON).are_none()


def test_who_comes_in_forgives_what_failed_but_those_who_still_try_are_not_forgotten() -> None:
    known = Failures(3, NOON).begun(NOON).begun(NOON).ended(NOON).forgiven()

    assert (known.count, known.under_way) == (0, (NOON,))
