"""What a server says of a request that it does not serve: the problem (RFC 9457) in the body of its answer."""

from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Said:
    """A problem, as far as people are told of it."""

    code: str
    detail: str


def said_in(body: bytes) -> Said | None:
    """The problem that `body` holds, None when it holds none."""
    try:
        problem = orjson.loads(body)
        return Said(str(problem["code"]), str(problem["detail"]))
    except (ValueError, TypeError, KeyError):
        return None
