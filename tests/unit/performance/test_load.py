"""The load generator reads answers as they come in, and counts those that are what was asked for."""

import json

import pytest

from tests.performance.cluster import BenchmarkError
from tests.performance.load import Answer, is_good, outcome, parse, percentile

ENROLLED = json.dumps({"decisions": [{"outcome": "enrolled"}]}).encode()
REJECTED = json.dumps({"decisions": [{"outcome": "enrolled"}, {"outcome": "rejected"}]}).encode()


def test_an_answer_is_read_once_it_is_whole() -> None:
    whole = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\nhello"
    for cut in range(len(whole)):
        assert parse(whole[:cut]) is None
    assert parse(whole) == (200, b"hello")


def test_the_name_of_a_header_may_be_written_in_any_case() -> None:
    assert parse(b"HTTP/1.1 503 Unavailable\r\nContent-Length: 2\r\nRetry-After: 1\r\n\r\nno") == (503, b"no")


def test_what_has_not_changed_has_no_body() -> None:
    assert parse(b'HTTP/1.1 304 Not Modified\r\netag: "1"\r\n\r\n') == (304, b"")


def test_an_answer_that_does_not_say_how_long_it_is_is_refused() -> None:
    with pytest.raises(ValueError, match="does not say how long"):
        parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")


@pytest.mark.parametrize(
    ("status", "body", "good"),
    [(200, ENROLLED, True), (200, REJECTED, False), (503, b"", False)],
)
def test_a_registration_is_good_when_every_action_enrolled(status: int, body: bytes, good: bool) -> None:
    assert is_good(Answer(status, body, 0, 1), registrations=True) is good


def test_other_answers_are_good_by_their_status() -> None:
    assert is_good(Answer(304, b"", 0, 1), registrations=False)
    assert not is_good(Answer(404, b"", 0, 1), registrations=False)


def test_the_rate_counts_what_came_after_the_warm_up() -> None:
    answers = [Answer(200, ENROLLED, at - 0.5, at) for at in (0.5, 1.5, 2.0, 2.5, 3.5)]
    summed = outcome(answers, 1.0, 3.0, 0.001, registrations=True)
    assert summed.rate == 1.5
    assert (summed.good, summed.statuses) == (5, {200: 5})
    assert (summed.p50, summed.p99, summed.maximum) == (500, 500, 500)
    assert summed.cpu == pytest.approx(200)


def test_an_answer_that_was_not_good_is_shown() -> None:
    answers = [Answer(200, ENROLLED, 0, 1), Answer(503, b"full", 0, 1)]
    summed = outcome(answers, 0, 2, 0, registrations=True)
    assert (summed.good, summed.unexpected) == (1, "503 full")


def test_a_run_without_a_good_answer_has_no_figures() -> None:
    with pytest.raises(BenchmarkError, match="no good answer"):
        outcome([Answer(503, b"full", 0, 1)], 0, 2, 0, registrations=True)


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(1, 201)]
    assert (percentile(values, 50), percentile(values, 99), percentile(values, 100)) == (100, 198, 200)
    assert percentile([7.0], 1) == 7
