"""A server that is told to stop finishes what it accepted and refuses the rest; told again, it ends at once."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

import pytest

from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.contracts.arranging import Stored
from tests.scenarios import rush_term
from tests.scenarios.carts import Carts
from tests.scenarios.line import Answer, Line, Request, register
from tests.scenarios.proofs import fetch, prove_by_audit, prove_by_sql
from tests.scenarios.server import Server, running
from tests.support.builders import an_institution
from tests.support.postgres import COUNT_WAITING, PostgresDatabase, connect

CLIENTS = 64
BEFORE = 200
"""How many answers there are before the signal."""

INSTITUTION = an_institution().id
LOST = (ConnectionError, asyncio.IncompleteReadError)
READY = Request("GET", "/readyz", b"", {})
ADD = [{"action": "add", "offering": f"code:{rush_term.UNLIMITED}"}]


@pytest.fixture
async def database(postgres_persistence: PostgresPersistence, postgres_database: PostgresDatabase) -> PostgresDatabase:
    """A term that nobody has registered for."""
    await postgres_persistence.directory.add(an_institution())
    await Stored(postgres_persistence, INSTITUTION).add(*rush_term.entities(0))
    return postgres_database


@dataclass(slots=True)
class Told:
    """What became of the requests, by their keys; `lost` are those without an answer, and when they were written."""

    requests: dict[str, Request] = field(default_factory=dict)
    answered: dict[str, Answer] = field(default_factory=dict)
    refused: dict[str, Answer] = field(default_factory=dict)
    lost: dict[str, float] = field(default_factory=dict)


@pytest.mark.parametrize("workers", [1, 2])
async def test_under_load_every_request_is_answered_or_refused_and_can_be_asked_again_elsewhere(
    workers: int, database: PostgresDatabase, postgres_persistence: PostgresPersistence
) -> None:
    told = Told()
    with running(Server(database, workers=workers)) as stopped, running(Server(database)) as other:
        async with asyncio.TaskGroup() as clients:
            for number in range(CLIENTS):
                clients.create_task(_load(number, stopped.port, told))
            while len(told.answered) < BEFORE:  # noqa: ASYNC110 - the clients say nothing
                await asyncio.sleep(0.01)
            signalled_at = monotonic()
            stopped.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(stopped.process.wait, 25) == 0

        keys = set(await fetch(database, "SELECT key FROM idempotency_keys"))
        assert keys >= told.answered.keys()
        assert told.refused.keys() & keys == set()
        assert all(written_at > signalled_at for written_at in told.lost.values())
        assert {answer.status for answer in told.answered.values()} == {200}
        for answer in told.refused.values():
            _expect_refusal(answer)
        assert told.answered.keys() | told.refused.keys() | told.lost.keys() == told.requests.keys()

        line = Line(other.port)
        await line.open()
        for key, request in told.requests.items():
            answer = await line.ask(request)
            assert (answer.status, answer.is_replay) == (200, key in keys)
            assert key not in told.answered or answer.body == told.answered[key].body
        line.cut()
    assert told.refused
    await prove_by_sql(database)
    assert await prove_by_audit(postgres_persistence, INSTITUTION, rush_term.TERM) == len(told.requests)


async def _load(number: int, port: int, told: Told) -> None:
    """Ask for one thing after the other until the server refuses or has gone."""
    dice = random.Random(number)
    student = dice.choice(rush_term.STUDENTS)
    carts = Carts(dice, rush_term.TERM, rush_term.OFFERINGS)
    line = Line(port)
    await line.open()
    try:
        while True:
            key = f"{number}-{len(told.requests)}"
            request = told.requests[key] = register(carts.cart(student), key)
            written_at = monotonic()
            try:
                answer = await line.ask(request)
            except LOST:
                told.lost[key] = written_at
                return
            if answer.status == 503:
                told.refused[key] = answer
                return
            told.answered[key] = answer
            carts.learn(student, answer.json()["decisions"])
            if answer.headers.get("connection") == "close":
                line.cut()
                try:
                    await line.open()
                except ConnectionError:
                    return
    finally:
        line.cut()


async def test_what_was_handed_in_is_decided_while_all_else_is_refused(database: PostgresDatabase) -> None:
    with running(Server(database)) as server:
        async with _somebody_waiting(database, server) as (asking, idle):
            server.process.send_signal(signal.SIGTERM)
            await _until_not_ready(server.port)

            _expect_refusal(await idle.ask(register(_cart("R-1"), "after")))
            assert not asking.done()
            assert server.process.poll() is None
        answer = await asking
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert await asyncio.to_thread(server.process.wait, 25) == 0
        with pytest.raises(ConnectionError):
            await Line(server.port).open()

    assert await fetch(database, "SELECT key FROM idempotency_keys") == ["before"]


@pytest.mark.parametrize(
    ("workers", "number", "code"), [(1, signal.SIGTERM, 143), (1, signal.SIGINT, 130), (2, signal.SIGTERM, 0)]
)
async def test_the_same_signal_again_ends_it_at_once(
    workers: int, number: signal.Signals, code: int, database: PostgresDatabase
) -> None:
    with running(Server(database, workers=workers)) as server:
        async with _somebody_waiting(database, server) as (asking, _):
            server.process.send_signal(number)
            await _until_not_ready(server.port)
            server.process.send_signal(number)

            assert await asyncio.to_thread(server.process.wait, 15) == code
            with pytest.raises(LOST):
                await asking

    assert await fetch(database, "SELECT key FROM idempotency_keys") == []


@asynccontextmanager
async def _somebody_waiting(
    database: PostgresDatabase, server: Server
) -> AsyncIterator[tuple["asyncio.Task[Answer]", Line]]:
    """While the block lasts, a request that somebody else's lock holds up, and a connection that is open and idle."""
    asking, idle = Line(server.port), Line(server.port)
    for line in (asking, idle):
        await line.open()
    holder = await connect(database.owner_url)
    async with holder.transaction():
        await holder.execute("LOCK TABLE term_registrations IN EXCLUSIVE MODE")
        waiting = asyncio.create_task(asking.ask(register(_cart("R-0"), "before")))
        while not await holder.fetchval(COUNT_WAITING):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.01)
        yield waiting, idle
    await holder.close()
    await asyncio.wait([waiting])
    for line in (asking, idle):
        line.cut()


def _cart(student: str) -> dict[str, object]:
    return {"student": f"code:{student}", "term": f"code:{rush_term.TERM}", "actions": ADD}


async def _until_not_ready(port: int) -> None:
    """Ask on new connections: they are taken until the server has gone."""
    while True:
        line = Line(port)
        await line.open()
        answer = await line.ask(READY)
        line.cut()
        if answer.status != 200:
            _expect_refusal(answer)
            return


def _expect_refusal(answer: Answer) -> None:
    assert (answer.status, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert int(answer.headers["retry-after"]) > 0
