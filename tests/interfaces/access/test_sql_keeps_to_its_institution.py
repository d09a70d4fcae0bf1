"""The application's role, with SQL of any kind, reaches no row of an institution that it has not entered."""

import json
from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import asyncpg
import pytest

from infrastructure.persistence.postgres.embedded.lease import APP_ROLE
from infrastructure.persistence.postgres.rows.base import TENANT, Row
from tests.interfaces.access.campus import Campus
from tests.interfaces.access.serving import on_postgres, two_campuses
from tests.support.postgres import PostgresDatabase, connect

TABLES = sorted(table.name for table in Row.metadata.tables.values() if TENANT in table.c)
SHOWS_NOTHING = {"refresh_statistics()", "refresh_registration_statistics()"}
AS_OWNER = {"institution_directory()", "has_accounts()", *SHOWS_NOTHING}
"""The functions that run as the owner of the tables."""

Both = tuple[Campus, Campus]


@pytest.fixture
async def both(postgres_database: PostgresDatabase) -> AsyncIterator[Both]:
    """Two campuses that look alike, in two institutions."""
    async with two_campuses(on_postgres(postgres_database)) as both:
        yield both


@pytest.fixture
async def app(postgres_database: PostgresDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the application's role."""
    connection = await connect(postgres_database.session_url)
    yield connection
    await connection.close()


@pytest.fixture
async def rows(both: Both, postgres_database: PostgresDatabase) -> AsyncIterator[dict[str, dict[str, Any]]]:
    """A row of the first institution from each table that has one, which is there at the end, and as it was."""
    here, _ = both
    connection = await connect(postgres_database.owner_url)

    async def all_rows() -> dict[str, list[str]]:
        query = "SELECT to_jsonb(t)::text FROM {} t WHERE institution_id = $1 ORDER BY 1"
        return {
            table: [row[0] for row in await connection.fetch(query.format(table), here.one["institution"])]
            for table in TABLES
        }

    before = await all_rows()
    yield {table: json.loads(found[0]) for table, found in before.items() if found}
    assert await all_rows() == before
    await connection.close()


async def entered(connection: asyncpg.Connection, institution: str | None) -> None:
    """Enter an institution for the transaction, or whatever the text is."""
    if institution is not None:
        await connection.execute(f"SET LOCAL app.institution_id = '{institution}'")


async def attempted(connection: asyncpg.Connection, institution: str | None, sql: str, *arguments: object) -> int:
    """How many rows a statement reaches in a transaction of its own, which is undone; 0 when it is refused."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await entered(connection, institution)
        return len(await connection.fetch(sql, *arguments))
    except asyncpg.InsufficientPrivilegeError:
        return 0
    finally:
        await transaction.rollback()


async def test_nearly_every_table_has_rows_to_be_reached(rows: dict[str, dict[str, Any]]) -> None:
    """The other tests would show nothing of a table without rows."""
    assert set(TABLES) - rows.keys() <= {
        "idempotency_keys",
        "offering_programs",
        "reserved_seats_programs",
        "sessions",
        "term_credit_limits",
        "test_scores",
        "time_ticket_programs",
        "meetings",
    }


@pytest.mark.parametrize("where", ["there", "nowhere"])
async def test_no_row_is_read_changed_or_deleted_from_elsewhere(
    where: str, both: Both, app: asyncpg.Connection, rows: dict[str, dict[str, Any]]
) -> None:
    here, there = both
    institution = there.one["institution"] if where == "there" else None
    for table in rows:
        of_here = f"institution_id = '{here.one['institution']}'"
        for sql in (
            f"SELECT 1 FROM {table} WHERE {of_here}",
            f"UPDATE {table} SET institution_id = institution_id WHERE {of_here} RETURNING 1",
            f"UPDATE {table} SET institution_id = '{there.one['institution']}' WHERE {of_here} RETURNING 1",
            f"DELETE FROM {table} WHERE {of_here} RETURNING 1",
        ):
            assert await attempted(app, institution, sql) == 0, sql
        if institution is None:
            assert await attempted(app, None, f"SELECT 1 FROM {table}") == 0, table


@pytest.mark.parametrize("where", ["there", "nowhere"])
async def test_no_row_is_written_into_another_institution(
    where: str, both: Both, app: asyncpg.Connection, rows: dict[str, dict[str, Any]]
) -> None:
    _, there = both
    institution = there.one["institution"] if where == "there" else None
    for table, row in rows.items():
        columns = ", ".join(column.name for column in Row.metadata.tables[table].c if column.computed is None)
        insert = (
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(null::{table}, $1::jsonb)"
            " RETURNING 1"
        )
        assert await attempted(app, institution, insert, json.dumps(row)) == 0, table


async def test_no_row_moves_into_another_institution(
    both: Both, app: asyncpg.Connection, rows: dict[str, dict[str, Any]]
) -> None:
    here, there = both
    for table in rows:
        move = f"UPDATE {table} SET institution_id = '{here.one['institution']}' RETURNING 1"
        assert await attempted(app, there.one["institution"], move) == 0, table


GARBAGE = ("", "x", "*", "%", "00000000-0000-0000-0000-000000000000", "' OR true --")


async def test_garbage_opens_nothing(app: asyncpg.Connection, rows: dict[str, dict[str, Any]]) -> None:
    for garbage, table in product(GARBAGE, rows):
        try:
            found = await attempted(app, garbage.replace("'", "''"), f"SELECT 1 FROM {table}")
        except asyncpg.InvalidTextRepresentationError:
            continue
        assert found == 0, (garbage, table)


async def test_only_known_functions_run_as_the_owner_and_look_where_they_should(
    app: asyncpg.Connection, rows: dict[str, dict[str, Any]]
) -> None:
    found = await app.fetch(
        """
        SELECT p.oid::regprocedure::text AS name, p.proconfig AS settings,
               has_function_privilege('public', p.oid, 'EXECUTE') AS is_public, pg_get_userbyid(p.proowner) AS owner
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        """
    )

    assert {function["name"] for function in found} == AS_OWNER
    for function in found:
        (path,) = (setting for setting in function["settings"] if setting.startswith("search_path="))
        assert path.endswith(", pg_temp"), function["name"]
        assert not function["is_public"], function["name"]
        assert function["owner"] != APP_ROLE


async def test_what_runs_as_the_owner_shows_the_directory_and_whether_there_is_an_account(
    both: Both, app: asyncpg.Connection, rows: dict[str, dict[str, Any]]
) -> None:
    listed = await app.fetch("SELECT * FROM institution_directory()")

    assert {row["code"] for row in listed} == {"here", "there"}
    assert set(listed[0].keys()) == {"institution_id", "code", "name", "time_zone", "version"}
    assert await app.fetchval("SELECT has_accounts()") is True
    for function in SHOWS_NOTHING:
        assert await app.fetchval(f"SELECT {function}") in ("", None)
