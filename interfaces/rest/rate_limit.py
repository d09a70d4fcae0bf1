"""How many requests a caller may send: students, instructors and strangers so many a minute, staff any number.

Registration day is replayed by staff and by programs that act for them, so they have no limit.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import ceil

from fastapi import Request

from application.access.attempts import place_of
from application.shared.caller import Caller, Role
from interfaces.rest.problems import RestError

_WINDOW_SECONDS = 60
_FIRST_SWEEP = 4096
_UNLIMITED = frozenset({Role.ADVISOR, Role.REGISTRAR, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left: so many `remaining` requests, and all of them again in `full_after` seconds.

    A request that is refused may come again after `retry_after` seconds; for all others that is 0.
    """

    remaining: int
    full_after: int
    retry_after: int = 0


class RateLimiter:
    """So many requests `per_minute` for each caller, 0 for any number: the generic cell rate algorithm.

    Of each caller it remembers one number: when all their requests would have been paid for, at an even pace. It counts
    for one process alone.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pace = _WINDOW_SECONDS / per_minute if per_minute else 0.0
        self._paid_at: dict[Hashable, float] = {}
        self._sweep_at = _FIRST_SWEEP
        self.policy = f'"caller";q={per_minute};w={_WINDOW_SECONDS}'.encode()

    def is_off(self) -> bool:
        """Whether there is no limit."""
        return not self._pace

    def take(self, caller: Hashable) -> Allowance:
        """Count a request of `caller`, unless it is one too many."""
        now = self._clock()
        paid_at = max(self._paid_at.get(caller, now), now) + self._pace
        too_early = paid_at - now - _WINDOW_SECONDS
        if too_early > 0:
            return Allowance(0, _WINDOW_SECONDS, ceil(too_early))
        self._paid_at[caller] = paid_at
        if len(self._paid_at) > self._sweep_at:
            self._sweep(now)
        return Allowance(int(-too_early / self._pace), ceil(paid_at - now))

    def _sweep(self, now: float) -> None:
        """Forget whoever has paid for everything: they are as good as new."""
        self._paid_at = {caller: paid_at for caller, paid_at in self._paid_at.items() if paid_at > now}
        self._sweep_at = max(_FIRST_SWEEP, 2 * len(self._paid_at))


def admit(request: Request, caller: Caller) -> None:
    """Count the request of a caller who has a limit. Raises `RestError` (429)."""
    if _UNLIMITED.isdisjoint(caller.roles):
        _count(request, (caller.institution, caller.subject))


def admit_stranger(request: Request) -> None:
    """Count the request of whoever has said nothing of themselves, by their place. Raises `RestError` (429)."""
    _count(request, None if request.client is None else place_of(request.client.host))


def _count(request: Request, caller: Hashable) -> None:
    """Count a request once, whoever asks for its caller, and tell in its answer what is left."""
    limiter: RateLimiter = request.app.state.rate_limiter
    state = request.scope["state"]
    if limiter.is_off() or "is_counted" in state:
        return
    state["is_counted"] = True
    allowance = limiter.take(caller)
    left = b'"caller";r=%d;t=%d' % (allowance.remaining, allowance.full_after)
    state["shared_headers"] += [(b"ratelimit-policy", limiter.policy), (b"ratelimit", left)]
    if allowance.retry_after:
        raise RestError("too_many_requests", headers={"Retry-After": str(allowance.retry_after)})
