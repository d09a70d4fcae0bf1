"""Units of work on connections that were lost, or that somebody left in the middle of a transaction."""

import asyncio

import asyncpg
import pytest

from domain.scheduling.room import Room
from infrastructure.persistence.postgres import tenancy
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.integration.persistence.careless import Stage
from tests.support.builders import a_room
from tests.support.postgres import PostgresDatabase, connect


async def _rooms(persistence: PostgresPersistence, stage: Stage, *codes: str) -> list[bool]:
    """Which of the rooms are stored."""
    async with persistence.work(stage.institution) as work:
        return [await work.records(Room).get(a_room(code).id) is not None for code in codes]


async def test_who_comes_after_the_server_has_ended_the_connections_notices_nothing(
    stage: Stage, postgres_persistence: PostgresPersistence, postgres_database: PostgresDatabase
) -> None:
    assert await _rooms(postgres_persistence, stage, "R1") == [False]
    owner = await connect(postgres_database.session_url)
    await owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
    )
    await owner.close()
    await asyncio.sleep(0.2)

    async with postgres_persistence.work(stage.institution) as work:
        await work.records(Room).add([a_room("R1")])

    assert await _rooms(postgres_persistence, stage, "R1") == [True]


async def test_a_connection_that_was_not_rolled_back_is_given_to_nobody(
    stage: Stage, postgres_persistence: PostgresPersistence, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = asyncpg.Connection.execute

    async def impatient(driver: asyncpg.Connection, query: str, *arguments: object) -> str:
        if query == "ROLLBACK":
            raise asyncio.CancelledError
        status: str = await execute(driver, query, *arguments)
        return status

    async def leave_in_a_hurry() -> None:
        async with postgres_persistence.work(stage.institution) as work:
            await work.records(Room).add([a_room("R2")])
            raise KeyError

    with monkeypatch.context() as patched:
        patched.setattr(asyncpg.Connection, "execute", impatient)
        with pytest.raises(asyncio.CancelledError):
            await leave_in_a_hurry()

    async with postgres_persistence.work(stage.institution) as work:
        await work.records(Room).add([a_room("R3")])
    assert await _rooms(postgres_persistence, stage, "R2", "R3") == [False, True]


async def test_a_rollback_without_an_answer_is_not_waited_for_for_ever(
    stage: Stage, postgres_persistence: PostgresPersistence, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = asyncpg.Connection.execute

    async def silent(driver: asyncpg.Connection, query: str, *arguments: object) -> str:
        if query == "ROLLBACK":
            await asyncio.Event().wait()
        status: str = await execute(driver, query, *arguments)
        return status

    async def fail() -> None:
        async with postgres_persistence.work(stage.institution) as work:
            await work.records(Room).add([a_room("R4")])
            raise KeyError

    with monkeypatch.context() as patched:
        patched.setattr(tenancy, "_UNDOING_SECONDS", 0.01)
        patched.setattr(asyncpg.Connection, "execute", silent)
        with pytest.raises(KeyError):
            await fail()

    assert await _rooms(postgres_persistence, stage, "R4") == [False]
