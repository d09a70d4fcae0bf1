"""Access tokens: signed here (RFC 9068), verified once in a process that did not issue them, and then remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt
from jwt.utils import base64url_decode
from pydantic_core import from_json

from application.access.errors import InvalidCredentials
from application.access.ports import Claims, IssuedTo
from application.shared.caller import Caller, Role
from application.shared.clock import Clock
from domain.shared.identifiers import InstitutionId, InstructorId, SessionId, StudentId
from infrastructure.security.keys import ALGORITHM, SigningKeys

AUDIENCE = "matricula"
_TYPE = "at+jwt"
_REQUIRED = ("iss", "aud", "sub", "iat", "exp", "inst", "roles")
_REMEMBERED = 20_000


class InvalidTokenError(ValueError):
    """A token that is not ours, was changed, or has expired."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a token that was verified says: who calls, from when (seconds), till when, and by which session."""

    caller: Caller
    issued_at: float
    expires_at: float
    session: SessionId | None
    subject: UUID


class SignedTokens:
    """The `AccessTokens` port, and its counterpart: reading what was issued."""

    def __init__(self, keys: SigningKeys, clock: Clock, issuer: str) -> None:
        self._identifier, self._private = keys.signing
        self._public = keys.public()
        self._clock = clock
        self._issuer = issuer
        self._known: dict[str, Known] = {}

    def issue(self, claims: Claims) -> str:
        """See `AccessTokens.issue`."""
        said: dict[str, Any] = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": str(claims.subject),
            "inst": str(claims.institution),
            "iat": claims.issued_at.timestamp(),
            "exp": int(claims.expires_at.timestamp()),
            "roles": sorted(claims.roles),
            "sid": None if claims.session is None else str(claims.session),
            "scope": None if claims.scopes is None else " ".join(sorted(claims.scopes)),
            "student": None if claims.student is None else str(claims.student),
            "instructor": None if claims.instructor is None else str(claims.instructor),
        }
        headers = {"kid": self._identifier, "typ": _TYPE}
        payload = {name: value for name, value in said.items() if value is not None}
        token = jwt.encode(payload, self._private, algorithm=ALGORITHM, headers=headers)
        self._remember(token, _known(payload))  # who was let in here comes back here
        return token

    def issued_to(self, token: str) -> IssuedTo | None:
        """See `AccessTokens.issued_to`."""
        try:
            known = self.read(token)
        except InvalidTokenError:
            return None
        return IssuedTo(known.caller.institution, known.subject, known.session)

    def read(self, token: str) -> Known:
        """What a token says. Raises `InvalidTokenError`."""
        known = self._known.get(token)
        if known is None:
            known = self._verified(token)
            self._remember(token, known)
        if known.expires_at <= self._clock.now().timestamp():
            del self._known[token]
            raise InvalidTokenError("expired")
        return known

    def _verified(self, token: str) -> Known:
        try:
            decoded = jwt.decode_complete(
                token,
                self._public[_key_of(token)],
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                # The clock of the application says what has expired.
                options={"require": list(_REQUIRED), "verify_exp": False, "verify_iat": False},
            )
            if decoded["header"].get("typ") != _TYPE:
                raise InvalidTokenError("no access token")
            return _known(decoded["payload"])
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise InvalidTokenError(str(error)) from None

    def _remember(self, token: str, known: Known) -> None:
        if len(self._known) >= _REMEMBERED:
            self._forget()
        self._known[token] = known

    def _forget(self) -> None:
        """Make room: what has expired goes, and, if that is not enough, the older half."""
        now = self._clock.now().timestamp()
        kept = [(token, known) for token, known in self._known.items() if known.expires_at > now]
        self._known = dict(kept[len(kept) // 2 :] if len(kept) > _REMEMBERED // 2 else kept)


class NoTokens:
    """The `AccessTokens` port where another provider gives the tokens: it needs no key."""

    def issue(self, claims: Claims) -> str:
        """Let nobody in. Raises `InvalidCredentials`."""
        del claims
        raise InvalidCredentials

    def issued_to(self, token: str) -> IssuedTo | None:
        """Nobody: whatever it is, it was not issued here."""
        del token
        return None


def _key_of(token: str) -> str:
    """Which key a token says it was signed with. The library would read all of the token for it, and then again."""
    return str(from_json(base64url_decode(token.partition(".")[0]))["kid"])


def _known(said: Mapping[str, Any]) -> Known:
    subject = UUID(said["sub"])
    scope, student, instructor = said.get("scope"), said.get("student"), said.get("instructor")
    caller = Caller(
        InstitutionId(UUID(said["inst"])),
        str(subject),
        frozenset(Role(role) for role in said["roles"]),
        None if student is None else StudentId(UUID(student)),
        None if instructor is None else InstructorId(UUID(instructor)),
        None if scope is None else frozenset(scope.split()),
    )
    session = said.get("sid")
    return Known(
        caller,
        float(said["iat"]),
        float(said["exp"]),
        None if session is None else SessionId(UUID(session)),
        subject,
    )
