"""The running count of a replay: decisions, errors and latencies, from which progress and report are made."""

from collections import Counter
from collections.abc import Callable, Iterable
from time import perf_counter

from interfaces.registration_day.report import Progress, Report, percentile

_ERRORS_KEPT = 5
_SECONDS_BETWEEN_PROGRESS = 0.1


class Tally:
    """What has been decided so far, of `total` course requests; tells `on_progress` at most ten times a second."""

    def __init__(self, total: int, on_progress: Callable[[Progress], None]) -> None:
        self._total = total
        self._on_progress = on_progress
        self._started = perf_counter()
        self._told = self._started
        self._enrolled = 0
        self._refused = 0
        self._errors = 0
        self._refused_by_code: Counter[str] = Counter()
        self._first_errors: Counter[str] = Counter()
        self._latencies: list[float] = []

    def took(self, seconds: float) -> None:
        """Note how long an HTTP request took."""
        self._latencies.append(seconds)

    def enroll(self) -> None:
        """Note a course request that led to an enrollment."""
        self._enrolled += 1

    def refuse(self, codes: Iterable[str]) -> None:
        """Note a refused course request and the distinct codes of its rejections."""
        self._refused += 1
        self._refused_by_code.update(set(codes))

    def fail(self, requests: int, description: str) -> None:
        """Note course requests that got no decision, and why."""
        self._errors += requests
        if description in self._first_errors or len(self._first_errors) < _ERRORS_KEPT:
            self._first_errors[description] += requests

    def tell(self) -> None:
        """Tell the progress, unless that was done within the last tenth of a second."""
        now = perf_counter()
        if now - self._told >= _SECONDS_BETWEEN_PROGRESS:
            self._told = now
            self._on_progress(self._progress(now))

    def finish(self) -> Report:
        """Tell the final progress and make the report."""
        now = perf_counter()
        self._on_progress(self._progress(now))
        decided = self._enrolled + self._refused
        seconds = now - self._started
        ascending = sorted(self._latencies)
        return Report(
            requests=decided,
            enrolled=self._enrolled,
            refused=self._refused,
            errors=self._errors,
            p50_ms=_milliseconds(percentile(ascending, 50)),
            p95_ms=_milliseconds(percentile(ascending, 95)),
            p99_ms=_milliseconds(percentile(ascending, 99)),
            max_ms=_milliseconds(percentile(ascending, 100)),
            seconds=round(seconds, 3),
            requests_per_second=round(decided / seconds, 1) if seconds else 0.0,
            refused_by_code=dict(self._refused_by_code.most_common()),
            first_errors=dict(self._first_errors),
        )

    def _progress(self, now: float) -> Progress:
        done = self._enrolled + self._refused + self._errors
        elapsed = now - self._started
        return Progress(
            done=done,
            total=self._total,
            requests_per_second=done / elapsed if elapsed else 0.0,
            enrolled=self._enrolled,
            errors=self._errors,
            refused_by_code=dict(self._refused_by_code.most_common()),
        )


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
