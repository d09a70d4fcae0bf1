"""The adapter tells how busy its connections are, and who waits for one."""

import asyncio

from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.pools import PoolUse
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from infrastructure.persistence.postgres.readers.lines import Lines
from tests.support.domain_builders import identifier
from tests.support.postgres import PostgresDatabase

INSTITUTION = InstitutionId(identifier("institution", "main"))


async def test_transactions_and_those_who_wait_for_one_are_counted(postgres_database: PostgresDatabase) -> None:
    persistence = PostgresPersistence(postgres_database.engine(pool_size=1))
    assert persistence.pools() == [PoolUse("transactions", 1, 0, 0)]

    async with persistence.work(INSTITUTION):
        checks = [asyncio.create_task(persistence.check()) for _ in range(2)]
        await asyncio.sleep(0)
        assert persistence.pools() == [PoolUse("transactions", 1, 1, 2)]
    await asyncio.gather(*checks)

    assert persistence.pools() == [PoolUse("transactions", 1, 0, 0)]
    await persistence.close()


async def test_reads_of_one_statement_have_connections_of_their_own(postgres_database: PostgresDatabase) -> None:
    lines = Lines(postgres_database.app_url, 2, postgres_database.pooler)
    persistence = PostgresPersistence(postgres_database.engine(pool_size=1), lines)

    query = "SELECT 1 WHERE $1::uuid IS NOT NULL"
    asked = [asyncio.create_task(lines.value(INSTITUTION, query)) for _ in range(5)]
    await asyncio.sleep(0)
    assert persistence.pools() == [PoolUse("transactions", 1, 0, 0), PoolUse("reads", 2, 2, 3)]

    assert await asyncio.gather(*asked) == [1] * 5
    assert lines.use == PoolUse("reads", 2, 0, 0)
    await persistence.close()
