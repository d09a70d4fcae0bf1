"""A registration day on two servers, in the middle of which one is killed and the database crashes.

Clients ask again with their keys. In the end everybody was told what is stored: nothing is lost, doubled or oversold.
"""

import asyncio
import os
import random
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import pytest

from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres
from infrastructure.persistence.postgres.engine import make_engine
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.contracts.arranging import Stored
from tests.integration.embedded_postgres.processes import postmaster_pid
from tests.scenarios import rush_term
from tests.scenarios.line import Line, Request
from tests.scenarios.patient import Day, Patient
from tests.scenarios.proofs import (
    prove_by_audit,
    prove_by_sql,
    prove_that_queues_are_dense,
    prove_that_what_was_acknowledged_is_stored,
)
from tests.scenarios.server import Server
from tests.support.builders import an_institution
from tests.support.postgres import PostgresDatabase, PostgresServer, durable_server, run_sql

CLIENTS = 24
CARTS = 10
INSTITUTION = an_institution().id
RUNS = int(os.environ.get("MATRICULA_TEST_FAULT_RUNS", "1"))

_CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'matricula'
"""
_WATCH_SECONDS = 0.1
_LONGEST_DAY = 240
"""Seconds; a day that takes longer stands still."""


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """The folder of a database server that is made to crash."""
    folder = Path(tempfile.mkdtemp(prefix="matricula-test-")).resolve()
    folder.chmod(0o711)
    yield folder / "data"
    assert EmbeddedPostgres(folder / "data").wait_until_stopped()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server(data_dir: Path) -> Iterator[PostgresServer]:
    """The server, which keeps what it commits."""
    with durable_server(data_dir) as started:
        yield started


@pytest.fixture
def database(server: PostgresServer) -> Iterator[PostgresDatabase]:
    """A database of its own for each day."""
    made = server.clone("day")
    yield made
    made.drop()


@pytest.fixture
async def persistence(database: PostgresDatabase) -> AsyncIterator[PostgresPersistence]:
    """What is stored: at first, a term that nobody has registered for."""
    stored = PostgresPersistence(make_engine(database.app_url))
    await stored.directory.add(an_institution())
    await Stored(stored, INSTITUTION).add(*rush_term.entities(0))
    yield stored
    await stored.close()


@pytest.mark.parametrize("seed", range(RUNS))
async def test_whatever_is_killed_everybody_was_told_what_is_stored(
    seed: int, persistence: PostgresPersistence, database: PostgresDatabase, data_dir: Path, tmp_path: Path
) -> None:
    day = Day()
    logs = [tmp_path / "one", tmp_path / "other"]
    settings = {"MATRICULA_QUEUE_REVIEW_SECONDS": "0.5"}
    servers = [Server(database, log, settings=settings) for log in logs]
    async with _kept_alive(servers), asyncio.timeout(_LONGEST_DAY):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_go_wrong(seed, day, servers, database, data_dir))
            for number in range(CLIENTS):
                tasks.create_task(Patient(number, seed, [server.port for server in servers], day).register(CARTS))
        for server in servers:
            await asyncio.to_thread(server.wait_until_ready)
        lines = CLIENTS // 2
        async with asyncio.TaskGroup() as tasks:
            for number in range(lines):
                tasks.create_task(_ask_again(servers[number % 2].port, day.told[number::lines]))

    assert day.met.keys() >= {"decided", "unavailable", "lost"}
    assert [log.read_text().count('"level":"error"') for log in logs] == [0, 0]
    await prove_that_what_was_acknowledged_is_stored(database, day.witness.views())
    await prove_by_sql(database)
    await prove_that_queues_are_dense(persistence, INSTITUTION, rush_term.WAITLIST)
    assert await prove_by_audit(persistence, INSTITUTION, rush_term.TERM) >= CLIENTS * CARTS


@asynccontextmanager
async def _kept_alive(servers: Sequence[Server]) -> AsyncIterator[None]:
    """While the block lasts, start the servers again whenever they end, as an orchestrator does."""

    async def watch(server: Server) -> None:
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            if server.process.poll() is not None:
                server.start()

    for server in servers:
        server.start()
    watching: list[asyncio.Task[None]] = []
    try:
        for server in servers:
            await asyncio.to_thread(server.wait_until_ready)
            watching.append(asyncio.create_task(watch(server)))
        yield
        for task in watching:
            task.cancel()
        for server in servers:
            server.stop()
    finally:
        for task in watching:
            task.cancel()
        for server in servers:
            server.kill()


async def _go_wrong(seed: int, day: Day, servers: Sequence[Server], database: PostgresDatabase, data_dir: Path) -> None:
    """Kill, crash and cut, each in the middle of the day, in an order and at moments that the seed says."""
    dice = random.Random(seed)

    async def kill() -> None:
        dice.choice(servers).process.kill()

    async def crash() -> None:
        os.kill(postmaster_pid(data_dir), signal.SIGQUIT)

    async def cut() -> None:
        cutting = True
        while cutting:
            with suppress(asyncpg.PostgresError, OSError):  # it may just have crashed
                await run_sql(database.app_url, _CUT)
                cutting = False

    faults = [kill, crash, cut]
    dice.shuffle(faults)
    answers = CLIENTS * CARTS
    moments = sorted(dice.sample(range(answers // 10, answers * 8 // 10), len(faults)))
    for moment, fault in zip(moments, faults, strict=True):
        await day.reach(moment)
        await fault()


async def _ask_again(port: int, told: Sequence[tuple[Request, bytes]]) -> None:
    """Whoever asks again with a key is told the same, to the byte."""
    line = Line(port)
    await line.open()
    for request, body in told:
        answer = await line.ask(request)
        assert (answer.status, answer.is_replay, answer.body) == (200, True, body)
    line.cut()
