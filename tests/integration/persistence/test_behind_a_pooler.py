"""Behind PgBouncer in transaction mode: connections are shared, and nothing of one client reaches another."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from application.scheduling.sections import SECTIONS
from application.shared.errors import Unavailable
from domain.shared.reference import Reference
from infrastructure.persistence.pooler import Pooler
from infrastructure.persistence.postgres.connecting import driver_arguments, session_arguments
from infrastructure.persistence.postgres.engine import make_engine
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from infrastructure.persistence.postgres.readers.lines import Lines
from infrastructure.persistence.postgres.tenancy import transaction_of
from tests.contracts.arranging import Stored
from tests.contracts.registering import both
from tests.support.builders import a_small_university, an_institution
from tests.support.domain_builders import section_id
from tests.support.postgres import PostgresDatabase, connect, pooler_of_a_test

CLIENTS = 4
"""Processes with ten connections each; the pooler has five."""

SESSIONS = """
    SELECT count(*) FILTER (WHERE state = 'idle' OR pid = pg_backend_pid()), count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND usename = current_user
"""
TOLD = """
    SELECT current_setting('app.institution_id', true), current_setting('jit'), current_setting('enable_seqscan'),
           current_setting('plan_cache_mode'), current_setting('transaction_read_only')
"""


@pytest.fixture
def pooled(postgres_database: PostgresDatabase) -> PostgresDatabase:
    """The worker's database behind the run's pooler."""
    if postgres_database.pooler is Pooler.NONE:
        pytest.skip("this run has no pooler: MATRICULA_TEST_POOLER=transaction puts one before its server")
    return postgres_database


@pytest.fixture
async def processes(pooled: PostgresDatabase) -> AsyncIterator[list[Stored]]:
    """Several processes, each with an institution of its own, and the same sections in all of them."""
    started = [_process(pooled, pooled.app_url, f"u{n}") for n in range(CLIENTS)]
    yield started
    for process in started:
        await process.persistence.close()


def _process(pooled: PostgresDatabase, url: str, code: str) -> Stored:
    lines = Lines(url, 4, pooled.pooler)
    persistence = PostgresPersistence(make_engine(url, pool_size=6, pooler=pooled.pooler), lines)
    return Stored(persistence, an_institution(code).id)


async def _found(process: Stored, code: str, capacity: int) -> None:
    await process.persistence.directory.add(an_institution(code))
    await process.add(*a_small_university(capacity))


async def _capacity(process: Stored) -> int:
    """The capacity of section `A`, read in both ways."""
    async with process.persistence.reading(process.institution) as views:
        view = await views.views(SECTIONS).one(section_id("A"))
    written = await process.persistence.written.one(process.institution, SECTIONS, Reference.of(section_id("A")))
    assert view is not None
    assert written is not None
    assert view.capacity == SECTIONS.view.model_validate_json(written).capacity
    return view.capacity or 0


async def test_clients_share_few_connections_and_see_each_their_own_institution(
    processes: list[Stored], pooled: PostgresDatabase
) -> None:
    for n, process in enumerate(processes):
        await _found(process, f"u{n}", 10 + n)

    reading = [_capacity(process) for _ in range(20) for process in processes]
    seen, *_ = await asyncio.gather(
        asyncio.gather(*reading), *(process.register(both("s1"), both("s2")) for process in processes)
    )

    assert seen == [10, 11, 12, 13] * 20
    connection = await connect(pooled.session_url)
    idle, open_ = await connection.fetchrow(SESSIONS)
    await connection.close()
    assert idle == open_ <= 5 + 1


async def test_no_session_is_told_anything(processes: list[Stored], pooled: PostgresDatabase) -> None:
    """Each of the shared sessions is as one that nobody has used."""
    for n, process in enumerate(processes):
        await _found(process, f"u{n}", 10 + n)
    await asyncio.gather(*(_capacity(process) for _ in range(10) for process in processes))

    fresh = await connect(pooled.session_url)
    untold = await fresh.fetchrow(TOLD)
    await fresh.close()
    clients = [await connect(pooled.app_url) for _ in range(5)]
    for client in clients:
        await client.execute("BEGIN")  # each holds one of the five
    told = [await client.fetchrow(TOLD) for client in clients]
    for client in clients:
        await client.close()

    assert {(institution or None, *rest) for institution, *rest in told} == {tuple(untold)}


async def test_a_client_that_is_gone_leaves_no_transaction(processes: list[Stored], pooled: PostgresDatabase) -> None:
    gone, *_ = processes
    await _found(gone, "u0", 1)
    engine = pooled.engine(pool_size=1).execution_options(isolation_level="AUTOCOMMIT")

    for _ in range(10):
        async with engine.connect() as connection:
            with pytest.raises(Unavailable):
                await _seat_nine_and_go(connection, gone)
        assert await _capacity(gone) == 1
    await engine.dispose()


async def _seat_nine_and_go(connection: AsyncConnection, process: Stored) -> None:
    async with transaction_of(connection, process.institution) as driver:
        await driver.execute("UPDATE sections SET capacity = 9 WHERE code = 'A'")
        driver.terminate()


@pytest.fixture
def without_statements(pooled: PostgresDatabase) -> Iterator[PostgresDatabase]:
    """The database behind a pooler that knows nothing of prepared statements."""
    with pooler_of_a_test(pooled.server, max_prepared_statements=0) as server:
        yield replace(pooled, server=server)


async def test_a_pooler_without_prepared_statements_serves_who_keeps_none(without_statements: PostgresDatabase) -> None:
    url = f"{without_statements.app_url}?prepared_statement_cache_size=0"
    processes = [_process(without_statements, url, f"u{n}") for n in range(CLIENTS)]
    for n, process in enumerate(processes):
        await _found(process, f"u{n}", 10 + n)

    await asyncio.gather(*(process.register(both("s1"), both("s2")) for process in processes))
    seen = await asyncio.gather(*(_capacity(process) for _ in range(10) for process in processes))
    for process in processes:
        await process.persistence.close()

    assert seen == [10, 11, 12, 13] * 10
    connection = await connect(without_statements.app_url)
    kept = await connection.fetch("SELECT name FROM pg_prepared_statements WHERE name LIKE '%stmt%'")
    await connection.close()
    assert len(kept) <= 1  # its own


async def test_such_a_pooler_never_runs_the_statement_of_another_client(
    without_statements: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who keeps statements behind it fails, rather than being answered what somebody else asked."""
    answers: set[object] = set()
    url = without_statements.app_url
    clients = [
        await asyncpg.connect(**driver_arguments(url), **session_arguments(url, Pooler.TRANSACTION)) for _ in range(12)
    ]

    async def ask(client: asyncpg.Connection, number: int) -> None:
        for _ in range(5):
            # As in a process of its own, the driver counts from one.
            monkeypatch.setattr(asyncpg.connection, "_uid", 0)
            try:
                answers.add(await client.fetchval(f"SELECT {number}, pg_sleep(0.001)") == number)
            except asyncpg.InvalidSQLStatementNameError:
                answers.add("refused")

    await asyncio.gather(*(ask(client, number) for number, client in enumerate(clients)))
    for client in clients:
        await client.close()

    assert answers <= {True, "refused"}
    assert "refused" in answers
