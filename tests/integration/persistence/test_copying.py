"""Reading by COPY: however a reader ends, the connection is fit for the next one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from infrastructure.persistence.postgres.readers.copying import copied
from tests.support.postgres import PostgresDatabase

MANY = "SELECT n, 'Ñandú' FROM generate_series(1, 300000) n"
"""More than fits into the pieces that wait."""


class Stopped(Exception):  # noqa: N818 - a signal
    """The reader has had enough."""


@pytest.fixture
async def engine(postgres_database: PostgresDatabase) -> AsyncIterator[AsyncEngine]:
    """One connection: whoever spoils it is found out."""
    made = postgres_database.engine(pool_size=1)
    yield made
    await made.dispose()


async def is_fit(engine: AsyncEngine) -> bool:
    async with AsyncSession(engine) as session:
        return bool(await session.scalar(text("SELECT true")))


async def test_all_rows_arrive_as_whole_lines(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        pieces = [lines async for lines in copied(session, MANY)]

    assert len(pieces) > 4
    assert all(lines.endswith("\n") for lines in pieces)
    assert "".join(pieces).splitlines() == [f"{n},Ñandú" for n in range(1, 300_001)]
    assert await is_fit(engine)


async def test_arguments_are_no_part_of_the_query(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        pieces = [lines async for lines in copied(session, "SELECT CAST($1 AS text)", '\'; a "b", \\')]

    assert "".join(pieces) == '"\'; a ""b"", \\"\n'


async def test_a_reader_may_stop_early(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session, aclosing(copied(session, MANY)) as pieces:
        assert (await anext(pieces)).startswith("1,Ñandú\n2,")

    assert await is_fit(engine)


async def test_a_reader_may_fail(engine: AsyncEngine) -> None:
    async def read_and_fail() -> None:
        async with AsyncSession(engine) as session, aclosing(copied(session, MANY)) as pieces:
            async for _ in pieces:
                await asyncio.sleep(0.05)
                raise Stopped

    with pytest.raises(Stopped):
        await read_and_fail()
    assert await is_fit(engine)


async def test_what_goes_wrong_in_the_query_reaches_the_reader(engine: AsyncEngine) -> None:
    async def read() -> int:
        async with AsyncSession(engine) as session:
            return sum([len(lines) async for lines in copied(session, f"{MANY} WHERE 1 / (n - 200000) < 9")])

    with pytest.raises(asyncpg.DivisionByZeroError):
        await read()
    assert await is_fit(engine)
