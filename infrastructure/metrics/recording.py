"""What is counted and timed while a process serves. Recording is on the hot path: each figure is looked up once, and
what a batch has many of is counted before it is recorded.
"""

from collections import Counter
from collections.abc import Sequence

import prometheus_client as prometheus

from application.registration.ports import KeptAnswer
from application.registration.submission import Settled
from domain.registration.codes import RejectionCode
from domain.registration.outcomes import Outcome, RequestDecided

OTHER = "other"
"""The method of requests whose method is none of HTTP's: what clients make up makes no new series."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_BATCH_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_BATCH_SIZES = (1, 2, 4, 8, 16, 32)


class DeskRecording:
    """Implements `application.registration.measures.DeskMeasures`."""

    def __init__(self, registry: prometheus.CollectorRegistry) -> None:
        self._sizes = prometheus.Histogram(
            "matricula_desk_batch_commands", "Commands in a batch.", buckets=_BATCH_SIZES, registry=registry
        )
        self._seconds = prometheus.Histogram(
            "matricula_desk_batch_duration_seconds",
            "Seconds from the beginning of a batch's transaction to its end.",
            buckets=_BATCH_SECONDS,
            registry=registry,
        )
        decisions = prometheus.Counter(
            "matricula_decisions", "Actions that were decided, by outcome.", ["outcome"], registry=registry
        )
        rejections = prometheus.Counter(
            "matricula_rejections",
            "Reasons against actions, by code; a rejected action has one or more.",
            ["code"],
            registry=registry,
        )
        # All of them at once, so that each begins with 0 and the first one is seen to happen.
        self._decisions = {outcome: decisions.labels(outcome.value) for outcome in Outcome}
        self._rejections = {code: rejections.labels(code.value) for code in RejectionCode}

    def decided(self, outcomes: Sequence[Settled | KeptAnswer | Exception], seconds: float) -> None:
        """See `DeskMeasures.decided`."""
        self._sizes.observe(len(outcomes))
        self._seconds.observe(seconds)
        decisions = [
            decision
            for outcome in outcomes
            if isinstance(outcome, Settled) and isinstance(outcome.decided, RequestDecided)
            for decision in outcome.decided.decisions
        ]
        for kind, count in Counter([decision.outcome for decision in decisions]).items():
            self._decisions[kind].inc(count)
        codes = [rejection.code for decision in decisions for rejection in decision.rejections]
        for code, count in Counter(codes).items():
            self._rejections[RejectionCode(code)].inc(count)


class RequestRecording:
    """Takes the time of each HTTP request, when it is called with it."""

    def __init__(self, registry: prometheus.CollectorRegistry) -> None:
        self._seconds = prometheus.Histogram(
            "matricula_http_request_duration_seconds",
            "Seconds from a request's arrival to the end of its answer.",
            ["method", "route", "status"],
            buckets=_REQUEST_SECONDS,
            registry=registry,
        )
        self._known: dict[tuple[str, str, int], prometheus.Histogram] = {}

    def __call__(self, method: str, route: str, status: int, seconds: float) -> None:
        key = (method, route, status)
        series = self._known.get(key)
        if series is None:
            known = method if method in _METHODS else OTHER
            series = self._seconds.labels(known, route, str(status))
            if known == method:
                self._known[key] = series
        series.observe(seconds)


class Recording:
    """All that a process records, and the registry that it is recorded in."""

    def __init__(self) -> None:
        self.registry = prometheus.CollectorRegistry()
        self.desk = DeskRecording(self.registry)
        self.requests = RequestRecording(self.registry)
