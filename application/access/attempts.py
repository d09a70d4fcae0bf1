"""Attempts to come in: how many are looked at in a row, and the audit of all of them."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import UUID

from application.access.errors import TooManyAttempts
from application.access.ports import AccessUnitOfWork, AccessWork, SignIn, SignInOutcome
from application.shared.clock import Clock, IdGenerator
from domain.access.throttle import OF_ACCOUNT, OF_ORIGIN
from domain.shared.identifiers import InstitutionId

_THROTTLES = (OF_ACCOUNT, OF_ORIGIN)
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 1.6, 1.6, 1.6, 1.6)
"""How many seconds who meets too many others lets pass before each time of asking again: some ten in all."""

_AGAIN_AFTER = timedelta(seconds=1)
"""When to come again is what is told to those who waited in vain."""

_OF_ONE_CUSTOMER = 64
"""How many bits of an address of version 6 tell one customer of a network from another, who chooses the rest."""


def digest(text: str) -> str:
    """What is stored of a random token, and of a name that somebody typed."""
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries: by what name, from which address, since when."""

    name: str
    origin: str
    at: datetime

    @property
    def keys(self) -> tuple[str, str]:
        """What its failures are counted under."""
        return f"name:{self.name}", f"origin:{place_of(self.origin)}"


def place_of(origin: str) -> str:
    """What one who tries cannot change at will: an address of version 4, the network of one of version 6.

    What is no address, whoever told it, is known by its digest.
    """
    try:
        address = ip_address(origin)
    except ValueError:
        return digest(origin)
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), _OF_ONE_CUSTOMER), strict=False))


class Attempts:
    """What the use cases do with an attempt: admit it, and then record how it went."""

    def __init__(self, unit_of_work: AccessUnitOfWork, clock: Clock, ids: IdGenerator) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids

    async def admit(self, institution: InstitutionId, name: str, origin: str) -> Attempt:
        """Let an attempt be looked at, by that name and from that address, as soon as those under way leave it room.

        Nobody waits with a connection in hand, nor with a lock. Raises `TooManyAttempts` when too many failed, or too
        many others were under way all the time.
        """
        pauses = iter(PAUSES)
        while True:
            attempt = Attempt(name, origin, self._clock.now())
            async with self._unit_of_work(institution) as work:
                known = [await work.failures(key) for key in attempt.keys]
                throttled = list(zip(_THROTTLES, known, strict=True))
                wait = max(throttle.wait(failures, attempt.at) for throttle, failures in throttled)
                if not wait and all(throttle.has_room(failures, attempt.at) for throttle, failures in throttled):
                    for key, failures in zip(attempt.keys, known, strict=True):
                        await work.save_failures(key, failures.begun(attempt.at))
                    return attempt
                pause = None if wait else next(pauses, None)
                if pause is None:
                    await self.record(work, attempt, SignInOutcome.THROTTLED, None)
                    break
            await asyncio.sleep(pause)
        raise TooManyAttempts((wait or _AGAIN_AFTER).total_seconds())

    async def succeed(self, work: AccessWork, attempt: Attempt, subject: UUID, outcome: SignInOutcome) -> None:
        """Record a success: it is under way no more, and the name's failures are forgotten."""
        name, origin = attempt.keys
        await work.save_failures(name, (await work.failures(name)).ended(attempt.at).forgiven())
        await work.save_failures(origin, (await work.failures(origin)).ended(attempt.at))
        await self.record(work, attempt, outcome, subject)

    async def fail(self, work: AccessWork, attempt: Attempt, subject: UUID | None) -> None:
        """Record that an attempt failed."""
        now = self._clock.now()
        for key in attempt.keys:
            await work.save_failures(key, (await work.failures(key)).failed(attempt.at, now))
        await self.record(work, attempt, SignInOutcome.REFUSED, subject)

    async def refuse(self, institution: InstitutionId, attempt: Attempt, subject: UUID | None) -> None:
        """Record that an attempt failed, in a transaction of its own."""
        async with self._unit_of_work(institution) as work:
            await self.fail(work, attempt, subject)

    async def record(self, work: AccessWork, attempt: Attempt, outcome: SignInOutcome, subject: UUID | None) -> None:
        """Add a line to the audit of sign-ins."""
        line = SignIn(self._ids.new(), outcome, subject, attempt.name, attempt.origin, attempt.at)
        await work.record_sign_in(line)
