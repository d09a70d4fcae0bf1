"""Who calls, by the token of an OpenID Connect provider: it says whose the address is, our accounts what they may.

The provider's keys come from its JWKS, found by discovery (OpenID Connect Discovery 1.0). They are asked for again when
a token names one that is not known, and now and then besides: a key that the provider took away must not last. One asks
for all, and those whose keys are known do not wait for the answer.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import Any

import jwt
from aiohttp import ClientError, ClientSession

from application.access.errors import InvalidCredentials
from application.access.ports import AccessUnitOfWork
from application.shared.caller import Caller
from application.shared.clock import Clock
from application.shared.errors import Unavailable
from domain.access.account import Account, normalised_email
from domain.access.session import OLDEST_OF_OTHERS
from domain.shared.identifiers import InstitutionId

_REQUIRED = ["iss", "aud", "sub", "iat", "exp", "email"]
_KINDS = ("RSA", "EC", "OKP")

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Asymmetric ones alone: with a shared secret, whoever can read a token's public key could sign one."""

SECONDS_BELIEVED = 60.0
"""How long what our accounts say about a token is believed: until then an account that was closed is still open."""

SECONDS_BETWEEN = 10.0
"""How long the provider is not asked again, whatever strangers send."""

SECONDS_AFTER_FAILURE = 1.0
"""The same, when it did not answer."""

SECONDS_FRESH = 300.0
"""How long keys are not asked for again; then they serve on while they are."""

SECONDS_KEPT = 600.0
"""How long keys are taken for the provider's; longer only while it does not answer."""

SECONDS_PATIENT = 1.0
"""How long somebody whose key was kept that long waits for the provider's answer before it is good for once more."""

SECONDS_TO_ANSWER = 5.0
"""How long the provider may take to answer; who has a key that is not known waits as long."""

_SECONDS_AHEAD = 60
"""How far the provider's clock may be ahead of ours."""

_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class _Key:
    """A public key, and the one algorithm that it is for, if the provider says so."""

    public: Any
    algorithm: str | None


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
        self._keys: dict[str, _Key] = {}
        self._fresh_until = -inf
        self._kept_until = -inf
        self._ask_from = -inf
        self._is_away = False
        self._asking: asyncio.Task[None] | None = None
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
            key = await self._key(str(header.get("kid", "")))
            if header.get("alg") not in ALGORITHMS or key.algorithm not in (None, header["alg"]):
                raise InvalidCredentials
            said: dict[str, Any] = jwt.decode(
                token,
                key.public,
                algorithms=[header["alg"]],
                audience=self._audience,
                issuer=self._issuer,
                # The clock of the application says what has expired.
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            said["iat"] = float(said["iat"])
            now = self._clock.now().timestamp()
            if not float(said.get("nbf", now)) - _SECONDS_AHEAD <= now < float(said["exp"]):
                raise InvalidCredentials
            if not now - float(said["iat"]) <= OLDEST_OF_OTHERS.total_seconds():
                raise InvalidCredentials  # whether it was made void is remembered no longer
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError):
            raise InvalidCredentials from None
        return said

    async def _key(self, identifier: str) -> _Key:
        """The provider's key of that id. Raises `InvalidCredentials`, `Unavailable`."""
        is_known, now = identifier in self._keys, self._monotonic()
        if not is_known or now >= self._fresh_until:
            asking = self._asked(now)
            if asking is not None and not is_known:
                await asyncio.wait({asking})
            elif asking is not None and now >= self._kept_until and not self._is_away:
                await asyncio.wait({asking}, timeout=SECONDS_PATIENT)
        if identifier in self._keys:
            return self._keys[identifier]
        if self._is_away:
            detail = "The provider of identities does not answer."
            raise Unavailable(detail)
        raise InvalidCredentials

    def _asked(self, now: float) -> asyncio.Task[None] | None:
        """The question that the provider has not answered yet, one for all; None when it is too early for another."""
        if self._asking is None and now >= self._ask_from:
            self._asking = asyncio.create_task(self._ask())
        return self._asking

    async def _ask(self) -> None:
        """Read the provider's keys; those that are known stay while it does not answer."""
        address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER), ClientSession() as session:
                found = await _read(session, address)
                if found.get("issuer") != self._issuer:
                    raise ValueError("the provider calls itself something else")  # noqa: TRY301 - translated below
                self._keys = _signing(await _read(session, str(found["jwks_uri"])))
        except (ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError, AttributeError):
            self._is_away = True
            self._ask_from = self._monotonic() + SECONDS_AFTER_FAILURE
        else:
            now = self._monotonic()
            self._is_away = False
            self._ask_from = now + SECONDS_BETWEEN
            self._fresh_until = now + SECONDS_FRESH
            self._kept_until = now + SECONDS_KEPT
        finally:
            self._asking = None

    async def _account_of(self, said: dict[str, Any], institution: InstitutionId) -> Account:
        # An address that nobody checked is anybody's.
        if said.get("email_verified") is not True:
            raise InvalidCredentials
        async with self._unit_of_work(institution) as work:
            account = await work.account_of(normalised_email(str(said["email"])))
            if account is None or not account.is_open():
                raise InvalidCredentials
            void = (await work.void()).get(account.id)
        if void is not None and not said["iat"] > void.timestamp():  # no number (NaN) is after nothing
            raise InvalidCredentials
        return account


def _signing(published: dict[str, Any]) -> dict[str, _Key]:
    """The keys of a JWKS that sign, by id. Raises `ValueError` when there is none."""
    keys: dict[str, _Key] = {}
    for jwk in published["keys"]:
        if jwk.get("kid") and jwk.get("use", "sig") == "sig" and jwk.get("kty") in _KINDS:
            with suppress(jwt.PyJWTError):  # one of a curve that we do not know
                keys[str(jwk["kid"])] = _Key(jwt.PyJWK(jwk).key, jwk.get("alg"))
    if not keys:
        raise ValueError("no key that signs")
    return keys


async def _read(session: ClientSession, address: str) -> dict[str, Any]:
    async with session.get(address, allow_redirects=False) as answer:
        answer.raise_for_status()
        found = await answer.json(content_type=None)
    if not isinstance(found, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - read as any other nonsense
    return found
