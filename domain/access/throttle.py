"""How often somebody may try to sign in: after some failures each further one costs twice the wait of the one before.

Nobody is locked out for good, which would let a stranger lock out whom they please (OWASP, Authentication Cheat Sheet).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_WAIT = timedelta(minutes=15)
_MOST_DOUBLINGS = 20
FORGOTTEN_AFTER = timedelta(days=1)
"""How long a failure counts."""


@dataclass(frozen=True, slots=True)
class Failures:
    """How many attempts in a row failed, and when the last one did."""

    count: int
    last_at: datetime

    def are_forgotten(self, now: datetime) -> bool:
        """Whether they are so old that they count no more."""
        return now - self.last_at >= FORGOTTEN_AFTER


def with_one_more(failures: Failures | None, at: datetime) -> Failures:
    """What counts when another attempt fails; the row begins anew after failures that are forgotten."""
    return Failures(1 if failures is None or failures.are_forgotten(at) else failures.count + 1, at)


@dataclass(frozen=True, slots=True)
class Throttle:
    """`free` attempts in a row cost nothing."""

    free: int

    def wait(self, failures: Failures | None, now: datetime) -> timedelta:
        """How long it is until the next attempt is looked at; zero when it is at once."""
        if failures is None or failures.count < self.free or failures.are_forgotten(now):
            return timedelta(0)
        doublings = min(failures.count - self.free, _MOST_DOUBLINGS)
        until = failures.last_at + min(timedelta(seconds=1 << doublings), LONGEST_WAIT)
        return max(until - now, timedelta(0))


OF_ACCOUNT = Throttle(free=5)
"""Of one address: somebody who guesses at one person's password."""

OF_ORIGIN = Throttle(free=100)
"""Of one place: somebody who tries a few passwords at many people's addresses. A campus may share an address."""
