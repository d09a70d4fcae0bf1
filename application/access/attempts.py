"""Attempts to come in: how many are looked at in a row, and the audit of all of them."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import UUID

from application.access.errors import TooManyAttempts
from application.access.ports import AccessUnitOfWork, AccessWork, SignIn, SignInOutcome
from application.shared.clock import IdGenerator
from domain.access.throttle import OF_ACCOUNT, OF_ORIGIN, Failures, with_one_more
from domain.shared.identifiers import InstitutionId

_THROTTLES = (OF_ACCOUNT, OF_ORIGIN)
_OF_ONE_CUSTOMER = 64
"""How many bits of an address of version 6 tell one customer of a network from another, who chooses the rest."""


def digest(text: str) -> str:
    """What is stored of a random token, and of a name that somebody typed."""
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries: by what name, from which address, when."""

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

    def __init__(self, unit_of_work: AccessUnitOfWork, ids: IdGenerator) -> None:
        self._unit_of_work = unit_of_work
        self._ids = ids

    async def admit(self, institution: InstitutionId, attempt: Attempt) -> None:
        """Let the attempt be looked at; until it succeeds it counts as failed, however many come at once.

        Raises `TooManyAttempts` when the name or the origin must wait.
        """
        async with self._unit_of_work(institution) as work:
            before = [await work.failures(key) for key in attempt.keys]
            waits = [throttle.wait(known, attempt.at) for throttle, known in zip(_THROTTLES, before, strict=True)]
            longest = max(waits)
            if longest:
                await self.record(work, attempt, SignInOutcome.THROTTLED, None)
            else:
                for key, known in zip(attempt.keys, before, strict=True):
                    await work.save_failures(key, with_one_more(known, attempt.at))
        if longest:
            raise TooManyAttempts(longest.total_seconds())

    async def succeed(self, work: AccessWork, attempt: Attempt, subject: UUID, outcome: SignInOutcome) -> None:
        """Record a success: the name's failures are forgotten, and the origin has one less."""
        name, origin = attempt.keys
        await work.save_failures(name, None)
        known = await work.failures(origin)
        if known is not None:
            await work.save_failures(origin, Failures(known.count - 1, known.last_at) if known.count > 1 else None)
        await self.record(work, attempt, outcome, subject)

    async def refuse(self, institution: InstitutionId, attempt: Attempt, subject: UUID | None) -> None:
        """Record that an attempt failed, in a transaction of its own."""
        async with self._unit_of_work(institution) as work:
            await self.record(work, attempt, SignInOutcome.REFUSED, subject)

    async def record(self, work: AccessWork, attempt: Attempt, outcome: SignInOutcome, subject: UUID | None) -> None:
        """Add a line to the audit of sign-ins."""
        line = SignIn(self._ids.new(), outcome, subject, attempt.name, attempt.origin, attempt.at)
        await work.record_sign_in(line)
