"""What a replayed registration day comes to: live progress, and the report at its end; knows nothing of HTTP."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a replay. Numbers count course requests; `requests_per_second` is the average so far."""

    done: int
    total: int
    requests_per_second: float
    enrolled: int
    errors: int
    refused_by_code: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a replay.

    `requests` counts the course requests that were decided: `enrolled` and `refused` together; `errors` those that
    got no decision. `refused_by_code` counts a refusal once for each rejection code it carries. Latencies are those
    of answered HTTP requests in milliseconds, as a student feels them: from the first attempt to the whole answer,
    waits that the server asked for included. `first_errors` describes the first few kinds of errors and counts the
    requests that met each.
    """

    requests: int
    enrolled: int
    refused: int
    errors: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    seconds: float
    requests_per_second: float
    refused_by_code: Mapping[str, int] = field(default_factory=dict)
    first_errors: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """The report as a flat JSON object; `refused_by_code` is the only field that is an object."""
        fields = (
            *("requests", "enrolled", "refused", "errors", "p50_ms", "p95_ms", "p99_ms", "max_ms"),
            *("seconds", "requests_per_second", "refused_by_code"),
        )
        return orjson.dumps({name: getattr(self, name) for name in fields}, option=orjson.OPT_INDENT_2)


def percentile(ascending: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of values in ascending order: the smallest that at least `percent` % do not exceed.

    That is a value that was measured, never one between two of them. 0.0 when there are no values.
    """
    if not ascending:
        return 0.0
    rank = math.ceil(percent / 100 * len(ascending))
    return ascending[max(rank, 1) - 1]
