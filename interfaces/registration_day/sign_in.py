"""Who replays: a bearer token, given, or fetched with an account's password and again before it expires."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from math import inf
from time import monotonic
from typing import TypeAlias

from aiohttp import ClientError, ClientSession

from application.shared.errors import ApplicationError, Unavailable

Token: TypeAlias = Callable[[ClientSession], Awaitable[str]]
"""What gives the token for the next request."""

_OF_ITS_LIFE = 0.8
_OK = 200


class SignInRefusedError(ApplicationError):
    """The server gave no token; the message is the server's, if it said anything."""

    code = "invalid_credentials"


def given(token: str) -> Token:
    """The same token for every request."""

    async def same(_session: ClientSession) -> str:
        return token

    return same


def by_password(url: str, institution: str, email: str, password: str) -> Token:
    """A token of the server at `url` for an account; a new one when the last is near its end."""
    form = {"grant_type": "password", "username": email, "password": password}
    headers = {"X-Matricula-Institution": institution, "Content-Type": "application/x-www-form-urlencoded"}
    token, good_until = "", -inf
    # Whoever comes while one signs in waits for that token: many at once would be taken for somebody who guesses.
    signing_in = asyncio.Lock()

    async def fetched(session: ClientSession) -> str:
        nonlocal token, good_until
        async with signing_in:
            if monotonic() >= good_until:
                token, seconds = await _sign_in(session, f"{url.rstrip('/')}/v1/oauth/token", form, headers)
                good_until = monotonic() + seconds * _OF_ITS_LIFE
        return token

    return fetched


async def _sign_in(
    session: ClientSession, address: str, form: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[str, float]:
    """A token, and for how many seconds it is good. Raises `SignInRefusedError`, `Unavailable`."""
    try:
        async with session.post(address, data=form, headers=headers) as answer:
            said = await answer.json(content_type=None)
            if answer.status != _OK:
                raise SignInRefusedError(str(said.get("detail", answer.reason)))
            return str(said["access_token"]), float(said["expires_in"])
    except (ClientError, OSError, TimeoutError) as error:
        detail = f"No server answers at {address}."
        raise Unavailable(detail) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        detail = f"{address} gave no token: what answers there is no server of Matrícula."
        raise SignInRefusedError(detail) from error
