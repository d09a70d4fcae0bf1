"""What is asked before a registration day is replayed: whether the server, the caller and the term are the right ones.

A day that cannot begin ends with one sentence, not with an error for each of its requests.
"""

from urllib.parse import quote

from aiohttp import ClientError, ClientSession, ClientTimeout

from application.shared.errors import ApplicationError, Unavailable
from interfaces.registration_day.answers import said_in
from interfaces.registration_day.sign_in import Token

_TIMEOUT = ClientTimeout(total=30)
_REMEDIES = {
    "unauthenticated": " Give --sign-in EMAIL or --token TOKEN.",
    "unknown_institution": " Give --institution its code.",
    "institution_required": " Give --institution its code.",
    "not_found": " Give --term the code of a term that was imported.",
}
"""What to do, by the code of the problem."""

_LEFT_TO_THE_DAY = (200, 403, 429, 502, 503)
"""The term is there; whoever registers may not read it; or the server cannot say so now."""


class CannotBeginError(ApplicationError):
    """The server would decide no request of the day; the message says what to give it."""

    code = "invalid_request"


async def expect_term(url: str, term: str, institution: str, token: Token | None) -> None:
    """Ask the server at `url` for the term with the code `term`, as who replays its day.

    Raises `CannotBeginError` when it refuses, `SignInRefusedError`, and `Unavailable` when no server answers.
    """
    address = url.rstrip("/")
    async with ClientSession(timeout=_TIMEOUT) as session:
        headers = {"X-Matricula-Institution": institution}
        if token is not None:
            headers["Authorization"] = f"Bearer {await token(session)}"
        try:
            async with session.get(f"{address}/v1/terms/code:{quote(term, safe='')}", headers=headers) as answer:
                status, body = answer.status, await answer.read()
        except (ClientError, OSError, TimeoutError) as error:
            detail = f"No server answers at {address}."
            raise Unavailable(detail) from error
    if status in _LEFT_TO_THE_DAY:
        return
    said = said_in(body)
    if said is None:
        detail = f"What answers at {address} is no server of Matrícula (status {status})."
        raise CannotBeginError(detail)
    raise CannotBeginError(said.detail + _REMEDIES.get(said.code, ""))
