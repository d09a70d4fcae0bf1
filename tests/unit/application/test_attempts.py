"""Where an attempt counts: the name however it is written, and the place that nobody changes at will."""

from datetime import timedelta

import pytest

from application.access.attempts import Attempt, digest, place_of
from tests.support.domain_builders import NOON


@pytest.mark.parametrize(
    ("origin", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("local", digest("local")),
        ("x" * 10_000, digest("x" * 10_000)),
    ],
)
def test_an_origin_is_a_place_that_who_tries_cannot_change_at_will(origin: str, place: str) -> None:
    assert place_of(origin) == place


def test_the_keys_of_attempts_are_short_whatever_was_typed() -> None:
    attempt = Attempt(digest("a" * 10_000), "b" * 10_000, NOON + timedelta(days=1))

    assert all(len(key) < 100 for key in attempt.keys)
