"""Who calls, by the token of an OpenID Connect provider: it says whose the address is, our accounts what they may.

The provider's keys come from its JWKS, found by discovery (OpenID Connect Discovery 1.0), and are asked for again when
a token names one that is not known.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from aiohttp import ClientError, ClientSession, ClientTimeout

from application.access.errors import InvalidCredentials
from application.access.ports import AccessUnitOfWork
from application.shared.caller import Caller
from application.shared.clock import Clock
from application.shared.errors import Unavailable
from domain.access.account import Account, normalised_email
from domain.shared.identifiers import InstitutionId

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Asymmetric ones alone: with a shared secret, whoever can read a token's public key could sign one."""

SECONDS_BELIEVED = 60.0
"""How long what our accounts say about a token is believed: until then an account that was closed is still open."""

_SECONDS_BETWEEN = 10.0
"""How long the provider is not asked again, whatever strangers send."""

_REMEMBERED = 20_000
_TIMEOUT = ClientTimeout(total=5)


@dataclass(frozen=True, slots=True)
class _Believed:
    caller: Caller
    until: float


class OidcTokens:
    """The `Authentication` port."""

    needs_institution = True

    def __init__(
        self,
        issuer: str,
        audience: str,
        unit_of_work: AccessUnitOfWork,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._monotonic = monotonic
        self._keys: dict[str, jwt.PyJWK] = {}
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()
        self._believed: dict[tuple[str, InstitutionId], _Believed] = {}

    async def caller(self, token: str, institution: InstitutionId | None) -> Caller:
        """See `Authentication.caller`."""
        if institution is None:
            raise InvalidCredentials
        known = self._believed.get((token, institution))
        if known is not None and self._monotonic() < known.until:
            return known.caller
        said = await self._verified(token)
        account = await self._account_of(said, institution)
        caller = Caller(institution, str(account.id), account.roles, account.student_id, account.instructor_id)
        if len(self._believed) >= _REMEMBERED:
            self._believed.clear()
        left = float(said["exp"]) - self._clock.now().timestamp()
        self._believed[token, institution] = _Believed(caller, self._monotonic() + min(left, SECONDS_BELIEVED))
        return caller

    async def _verified(self, token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise InvalidCredentials
            key = await self._key(str(header.get("kid", "")))
            said: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[header["alg"]],
                audience=self._audience,
                issuer=self._issuer,
                options={"require": ["iss", "aud", "sub", "iat", "exp", "email"]},
            )
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            raise InvalidCredentials from None
        return said

    async def _key(self, identifier: str) -> jwt.PyJWK:
        if identifier not in self._keys:
            async with self._asking:
                if identifier not in self._keys and self._may_ask():
                    await self._ask()
        if identifier not in self._keys:
            raise InvalidCredentials
        return self._keys[identifier]

    def _may_ask(self) -> bool:
        return self._asked_at is None or self._monotonic() - self._asked_at >= _SECONDS_BETWEEN

    async def _ask(self) -> None:
        """Read the provider's keys. Raises `Unavailable`."""
        self._asked_at = self._monotonic()
        address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            async with ClientSession(timeout=_TIMEOUT) as session:
                found = await _read(session, address)
                if found.get("issuer") != self._issuer:
                    raise ValueError("the provider calls itself something else")  # noqa: TRY301 - translated below
                published = await _read(session, str(found["jwks_uri"]))
            keys = jwt.PyJWKSet.from_dict(published).keys
        except (ClientError, OSError, TimeoutError, ValueError, KeyError, jwt.PyJWTError) as error:
            self._asked_at = None
            detail = "The provider of identities does not answer."
            raise Unavailable(detail) from error
        self._keys = {str(key.key_id): key for key in keys if key.key_id}

    async def _account_of(self, said: dict[str, Any], institution: InstitutionId) -> Account:
        # An address that nobody checked is anybody's.
        if said.get("email_verified") is not True:
            raise InvalidCredentials
        async with self._unit_of_work(institution) as work:
            account = await work.account_of(normalised_email(str(said["email"])))
        if account is None or not account.is_open():
            raise InvalidCredentials
        return account


async def _read(session: ClientSession, address: str) -> dict[str, Any]:
    async with session.get(address, allow_redirects=False) as answer:
        answer.raise_for_status()
        found = await answer.json(content_type=None)
    if not isinstance(found, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - read as any other nonsense
    return found
