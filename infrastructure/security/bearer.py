"""Who calls, by the access token that this system issued: read, and not made void meanwhile."""

import time
from collections.abc import Callable, Mapping
from uuid import UUID

from application.access.errors import InvalidCredentials
from application.access.ports import AccessUnitOfWork
from application.shared.caller import Caller
from application.shared.errors import AccessDenied
from domain.shared.identifiers import InstitutionId
from infrastructure.security.tokens import InvalidTokenError, SignedTokens

SECONDS_BELIEVED = 1.0
"""How long it takes until every process knows what was made void."""


class BearerTokens:
    """The `Authentication` port. What is void is asked once a second for an institution, not for every request."""

    needs_institution = False

    def __init__(
        self, tokens: SignedTokens, unit_of_work: AccessUnitOfWork, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tokens = tokens
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._void: dict[InstitutionId, tuple[Mapping[UUID, float], float]] = {}

    async def caller(self, token: str, institution: InstitutionId | None) -> Caller:
        """See `Authentication.caller`."""
        try:
            known = self._tokens.read(token)
        except InvalidTokenError:
            raise InvalidCredentials from None
        caller = known.caller
        if institution not in (None, caller.institution):
            raise AccessDenied
        void = await self._void_at(caller.institution)
        subjects = (known.subject, known.session)
        if void and any(known.issued_at <= void[it] for it in subjects if it is not None and it in void):
            raise InvalidCredentials
        return caller

    async def _void_at(self, institution: InstitutionId) -> Mapping[UUID, float]:
        now = self._clock()
        known = self._void.get(institution)
        if known is not None:
            if now < known[1]:
                return known[0]
            # One asks again; who comes meanwhile is told what was known.
            self._void[institution] = (known[0], now + SECONDS_BELIEVED)
        try:
            async with self._unit_of_work(institution) as work:
                found = {subject: before.timestamp() for subject, before in (await work.void()).items()}
        except BaseException:
            if known is not None:
                self._void[institution] = known
            raise
        self._void[institution] = (found, self._clock() + SECONDS_BELIEVED)
        return found
