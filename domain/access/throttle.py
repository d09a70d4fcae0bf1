"""How often somebody may try to sign in: after some failures each further one costs twice the wait of the one before.

Nobody is locked out for good, which would let a stranger lock out whom they please (OWASP, Authentication Cheat Sheet).
Of attempts that come at once as many are looked at together as may fail without a wait; the others ask again.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

LONGEST_WAIT = timedelta(minutes=15)
_MOST_DOUBLINGS = 20
FORGOTTEN_AFTER = timedelta(days=1)
"""How long a failure counts."""

GIVEN_UP_AFTER = timedelta(minutes=1)
"""How long an attempt is under way at most. Who began one that never ends, since its process did, is told nothing."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Failures:
    """How many attempts in a row failed, when the last one did, and when those began that are under way."""

    count: int = 0
    last_at: datetime = _NEVER
    under_way: tuple[datetime, ...] = ()

    def are_forgotten(self, now: datetime) -> bool:
        """Whether they are so old that they count no more."""
        return now - self.last_at >= FORGOTTEN_AFTER

    def are_none(self) -> bool:
        """Whether there is nothing to remember."""
        return not self.count and not self.under_way

    def looked_at(self, now: datetime) -> tuple[datetime, ...]:
        """When those attempts began that are under way, and were not given up."""
        return tuple(began for began in self.under_way if now - began < GIVEN_UP_AFTER)

    def begun(self, at: datetime) -> "Failures":
        """What counts while another attempt is under way; the row begins anew after failures that are forgotten."""
        known = Failures(0, at) if self.are_forgotten(at) else self
        return replace(known, under_way=(*self.looked_at(at), at))

    def failed(self, began: datetime, at: datetime) -> "Failures":
        """What counts when an attempt failed."""
        count = 1 if self.are_forgotten(at) else self.count + 1
        return Failures(count, max(self.last_at, at), self._without(began))

    def ended(self, began: datetime) -> "Failures":
        """What counts when an attempt did not fail."""
        return replace(self, under_way=self._without(began))

    def forgiven(self) -> "Failures":
        """What counts when those that failed shall count no more."""
        return replace(self, count=0)

    def _without(self, began: datetime) -> tuple[datetime, ...]:
        others = list(self.under_way)
        if began in others:
            others.remove(began)
        return tuple(others)


@dataclass(frozen=True, slots=True)
class Throttle:
    """`free` attempts in a row cost nothing."""

    free: int

    def wait(self, failures: Failures, now: datetime) -> timedelta:
        """How long it is until the next attempt is looked at; zero when it is at once."""
        if failures.count < self.free or failures.are_forgotten(now):
            return timedelta(0)
        doublings = min(failures.count - self.free, _MOST_DOUBLINGS)
        until = failures.last_at + min(timedelta(seconds=1 << doublings), LONGEST_WAIT)
        return max(until - now, timedelta(0))

    def has_room(self, failures: Failures, now: datetime) -> bool:
        """Whether another attempt may be looked at beside those under way: if all fail, none was one too many."""
        failed = 0 if failures.are_forgotten(now) else failures.count
        return len(failures.looked_at(now)) < max(self.free - failed, 1)


OF_ACCOUNT = Throttle(free=5)
"""Of one address: somebody who guesses at one person's password."""

OF_ORIGIN = Throttle(free=100)
"""Of one place: somebody who tries a few passwords at many people's addresses. A campus may share an address."""
