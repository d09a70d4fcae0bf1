"""Percentiles and the report's JSON."""

import json

import pytest

from interfaces.registration_day.report import Report, percentile


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 15), (5, 15), (30, 20), (40, 20), (50, 35), (90, 50), (99, 50), (100, 50)]
)
def test_a_percentile_is_the_nearest_rank(percent: float, value: float) -> None:
    assert percentile([15, 20, 35, 40, 50], percent) == value


def test_the_percentile_of_nothing_is_zero() -> None:
    assert percentile([], 99) == 0.0


def test_a_hundred_values_have_their_ninety_ninth() -> None:
    assert percentile(list(range(1, 101)), 99) == 99


def test_the_report_is_flat_json() -> None:
    report = Report(
        requests=3,
        enrolled=2,
        refused=1,
        errors=4,
        p50_ms=1.5,
        p95_ms=2.5,
        p99_ms=3.5,
        max_ms=4.5,
        seconds=0.5,
        requests_per_second=6.0,
        refused_by_code={"hold": 1},
        first_errors={"status 500": 2},
    )

    assert json.loads(report.to_json()) == {
        "requests": 3,
        "enrolled": 2,
        "refused": 1,
        "errors": 4,
        "p50_ms": 1.5,
        "p95_ms": 2.5,
        "p99_ms": 3.5,
        "max_ms": 4.5,
        "seconds": 0.5,
        "requests_per_second": 6.0,
        "refused_by_code": {"hold": 1},
    }
