"""Who replays: a bearer token, given, or fetched with an account's password and again before it expires."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeAlias

from aiohttp import ClientSession

Token: TypeAlias = Callable[[ClientSession], Awaitable[str]]
"""What gives the token for the next request."""

_OF_ITS_LIFE = 0.8
_OK = 200


class SignInRefusedError(Exception):
    """The server gave no token; the message is the server's."""


def given(token: str) -> Token:
    """The same token for every request."""

    async def same(_session: ClientSession) -> str:
        return token

    return same


def by_password(url: str, institution: str, email: str, password: str) -> Token:
    """A token of the server at `url` for an account; a new one when the last is near its end."""
    known: dict[str, tuple[str, float]] = {}

    async def fetched(session: ClientSession) -> str:
        if "token" in known and monotonic() < known["token"][1]:
            return known["token"][0]
        form = {"grant_type": "password", "username": email, "password": password}
        headers = {"X-Matricula-Institution": institution, "Content-Type": "application/x-www-form-urlencoded"}
        async with session.post(f"{url.rstrip('/')}/v1/oauth/token", data=form, headers=headers) as answer:
            said = await answer.json(content_type=None)
            if answer.status != _OK:
                raise SignInRefusedError(str(said.get("detail", answer.reason)))
        known["token"] = (said["access_token"], monotonic() + said["expires_in"] * _OF_ITS_LIFE)
        return str(said["access_token"])

    return fetched
