"""A careless client at the database, as the application's role."""

from collections.abc import AsyncIterator

import pytest

from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.integration.persistence.careless import CarelessClient, Stage
from tests.support.postgres import PostgresDatabase, connect


@pytest.fixture
async def stage(postgres_persistence: PostgresPersistence) -> Stage:
    built = Stage()
    await built.build(postgres_persistence)
    return built


@pytest.fixture
async def client(stage: Stage, postgres_database: PostgresDatabase) -> AsyncIterator[CarelessClient]:
    connection = await connect(postgres_database.session_url)
    await connection.execute(f"SET app.institution_id = '{stage.institution}'")
    careless = CarelessClient(connection, stage)
    await careless.sit(await careless.enroll(0, 1), 0)
    yield careless
    await connection.close()
