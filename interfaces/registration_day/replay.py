"""Replaying a registration day over REST: every student registers for the courses that the student wants.

Light on purpose, since the server may share the machine: one session, one connection a worker, bodies made before
the clock of their request starts.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import Literal, TypeAlias
from uuid import uuid4

import orjson
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from application.registration.dto import MAXIMUM_ACTIONS
from application.shared.errors import ApplicationError
from interfaces.registration_day.answers import said_in
from interfaces.registration_day.demand import Demand
from interfaces.registration_day.report import Progress, Report
from interfaces.registration_day.sign_in import Token
from interfaces.registration_day.tally import Tally

Order: TypeAlias = Literal["random", "listed"]
"""In which order students come: at random by seed, or as they are listed. Each keeps the order of the courses."""

_ATTEMPTS = 6
_LONGEST_WAIT = 10.0
_FIRST_PAUSE = 0.2
"""Seconds until a request whose answer was lost is sent again; twice as long each time."""
_TIMEOUT = ClientTimeout(total=120, sock_connect=30)
_SHOWN_OF_A_BODY = 200
_OK = 200
_FOR_NOW = (502, 503)
"""A proxy that lost its server, and a server that cannot serve for now."""


async def replay(  # noqa: PLR0913 - the options of a replay, all named
    demands: Sequence[Demand],
    *,
    url: str,
    term: str,
    institution: str,
    concurrency: int,
    order: Order,
    seed: int,
    carts: bool,
    on_progress: Callable[[Progress], None],
    token: Token | None = None,
) -> Report:
    """Have every student of `demands` register in `term` (a code) at the server with the base address `url`.

    Requests of one student go one after the other, `concurrency` students at a time; with `carts` a student asks for
    all courses in one request, else in one each. Whatever the server answers or fails to answer is counted in the
    report. Each request has an idempotency key, so it is safely sent again, a few times, when its answer is lost, or
    is a 502 or 503 that says when to come back; a server that never answered anybody is not asked again. `token` gives
    what proves who registers them; it is asked before the clock of a request starts. Raises `SignInRefusedError`,
    and `Unavailable` when nobody gives it.
    """
    students = [demand for demand in demands if demand.course_codes]
    if order == "random":
        Random(seed).shuffle(students)  # noqa: S311 - a reproducible order, no secret
    tally = Tally(sum(len(student.course_codes) for student in students), on_progress)
    waiting = iter(students)
    async with ClientSession(
        connector=TCPConnector(limit=concurrency),
        cookie_jar=DummyCookieJar(),
        timeout=_TIMEOUT,
        headers={"Content-Type": "application/json", "X-Matricula-Institution": institution},
        skip_auto_headers=("Accept-Encoding", "User-Agent"),
    ) as session:
        client = _Client(session, f"{url.rstrip('/')}/v1/registration-requests", tally, token)
        await client.come_in()

        async def work() -> None:
            for student in waiting:
                for request in _requests(student, term, carts=carts):
                    await client.send(request)

        refused: BaseException | None = None
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(min(concurrency, len(students))):
                    workers.create_task(work())
        except* ApplicationError as group:
            refused = group.exceptions[0]
        if refused is not None:
            raise refused
    return tally.finish()


@dataclass(frozen=True, slots=True)
class _Request:
    """One HTTP request: its body, and how many courses it asks for."""

    body: bytes
    courses: int


def _requests(student: Demand, term: str, *, carts: bool) -> Iterator[_Request]:
    at_once = MAXIMUM_ACTIONS if carts else 1
    for start in range(0, len(student.course_codes), at_once):
        codes = student.course_codes[start : start + at_once]
        document = {
            "student": f"code:{student.student_code}",
            "term": f"code:{term}",
            "actions": [{"action": "add", "offering": f"code:{code}"} for code in codes],
        }
        yield _Request(orjson.dumps(document), len(codes))


class _UnexpectedAnswerError(Exception):
    """An answer that is no decision."""


class _Client:
    """Sends requests and counts what comes back."""

    def __init__(self, session: ClientSession, url: str, tally: Tally, token: Token | None) -> None:
        self._session = session
        self._url = url
        self._tally = tally
        self._token = token
        self._authorization: dict[str, str] = {}
        self._was_there = False

    async def come_in(self) -> None:
        """Get the token for the requests to come, if there is need of one."""
        if self._token is not None:
            self._authorization = {"Authorization": f"Bearer {await self._token(self._session)}"}

    async def send(self, request: _Request) -> None:
        """Send a request until it is decided or has failed."""
        await self.come_in()
        started = perf_counter()
        try:
            body = await self._post(request.body)
            self._tally.took(perf_counter() - started)
            outcomes = _outcomes(body, request.courses)
        except (ClientError, OSError, TimeoutError, _UnexpectedAnswerError) as error:
            self._tally.fail(request.courses, _in_words(error))
        else:
            for codes in outcomes:
                if codes is None:
                    self._tally.enroll()
                else:
                    self._tally.refuse(codes)
        self._tally.tell()

    async def _post(self, body: bytes) -> bytes:
        headers = {"Idempotency-Key": str(uuid4()), **self._authorization}
        attempts = 1
        while True:
            try:
                async with self._session.post(self._url, data=body, headers=headers) as response:
                    answer = await response.read()
            except (ClientError, OSError, TimeoutError):
                if not self._was_there or attempts == _ATTEMPTS:
                    raise
                wait = _FIRST_PAUSE * 2 ** (attempts - 1)
            else:
                self._was_there = True
                if response.status == _OK:
                    return answer
                retry_after = _seconds_to_wait(response.headers.get("Retry-After"))
                if response.status not in _FOR_NOW or retry_after is None or attempts == _ATTEMPTS:
                    said = said_in(answer)
                    shown = _shown(answer) if said is None else said.detail
                    raise _UnexpectedAnswerError(f"status {response.status}: {shown}")
                wait = retry_after
            await asyncio.sleep(wait)
            attempts += 1


def _in_words(error: Exception) -> str:
    """What became of a request that got no decision."""
    match error:
        case _UnexpectedAnswerError():
            return str(error)
        case ClientConnectorError():
            return f"no server answers at {error.host}:{error.port}"
        case TimeoutError():
            return "no answer came in time"
        case _:
            return "the connection broke before the answer came"


def _shown(body: bytes) -> str:
    return body[:_SHOWN_OF_A_BODY].decode(errors="replace")


def _seconds_to_wait(retry_after: str | None) -> float | None:
    """How long to wait, at most ten seconds; None when the server does not say so in seconds."""
    if retry_after is None or not (retry_after.isascii() and retry_after.isdecimal()):
        return None
    return min(float(retry_after), _LONGEST_WAIT)


def _outcomes(body: bytes, courses: int) -> list[list[str] | None]:
    """For each course None when enrolled, else the codes of its rejections. Raises `_UnexpectedAnswerError`."""
    try:
        decisions = orjson.loads(body)["decisions"]
        outcomes = [_outcome(decision) for decision in decisions]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _UnexpectedAnswerError(f"no decisions in the answer: {_shown(body)}") from error
    if len(outcomes) != courses:
        raise _UnexpectedAnswerError(f"{len(outcomes)} decisions on {courses} courses")
    return outcomes


def _outcome(decision: Mapping[str, object]) -> list[str] | None:
    outcome, rejections = decision["outcome"], decision["rejections"]
    if outcome == "enrolled":
        return None
    if outcome == "rejected" and isinstance(rejections, list):
        return [str(rejection["code"]) for rejection in rejections]
    raise ValueError(outcome)
