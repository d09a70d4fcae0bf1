"""What people asked for stays out of the log when a statement fails on it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from interfaces.main.tracebacks import without_data
from tests.support.postgres import PostgresDatabase

NAME = "Ada Lovelace"


async def test_a_statement_that_fails_is_told_without_its_parameters(postgres_database: PostgresDatabase) -> None:
    engine = postgres_database.engine()
    with pytest.raises(DBAPIError) as failure:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT CAST(CAST(:name AS text) AS integer)"), {"name": NAME})
    await engine.dispose()

    told = without_data((failure.type, failure.value, failure.tb))

    assert "asyncpg.exceptions.InvalidTextRepresentationError (sqlstate 22P02)" in told
    assert NAME not in told
    assert "parameters hidden" in str(failure.value)
