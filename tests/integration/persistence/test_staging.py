"""Staging by COPY: the same rows as the ORM stores, no temporary table left, and no way around the tenant."""

from itertools import groupby

import asyncpg
import pytest

from domain.people.student import Student
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from infrastructure.persistence.postgres.rows.base import TENANT, Row
from tests.contracts.arranging import Stored
from tests.contracts.everything import EVERYTHING, LAB, LECTURE
from tests.support.builders import a_student, an_institution
from tests.support.postgres import PostgresDatabase, connect

ADDED, STAGED = (an_institution(code) for code in ("added", "staged"))
_OF_NOW = f"'{TENANT}', 'facts_version'"


@pytest.fixture
async def persistence(postgres_persistence: PostgresPersistence) -> PostgresPersistence:
    """Two institutions without a record."""
    for institution in (ADDED, STAGED):
        await postgres_persistence.directory.add(institution)
    return postgres_persistence


async def rows(connection: asyncpg.Connection, table: str, institution: InstitutionId) -> list[str]:
    """What the institution has in a table, without what tells it and the moment from others."""
    await connection.execute(f"SET app.institution_id = '{institution}'")
    found = await connection.fetch(f"SELECT CAST(to_jsonb(t) - ARRAY[{_OF_NOW}] AS text) AS row FROM {table} t")
    return sorted(record["row"] for record in found)


async def test_staging_stores_what_adding_stores(
    persistence: PostgresPersistence, postgres_database: PostgresDatabase
) -> None:
    await Stored(persistence, ADDED.id).add(*EVERYTHING)
    await Stored(persistence, STAGED.id).stage(*(list(run) for _, run in groupby(EVERYTHING, type)))

    connection = await connect(postgres_database.session_url)
    filled = set()
    for table in Row.metadata.tables.keys() - {"institutions"}:
        added = await rows(connection, table, ADDED.id)
        assert await rows(connection, table, STAGED.id) == added
        if added:
            filled.add(table)
    await connection.close()
    assert {"students", "test_scores", "seats", "section_seating", "term_registrations", "meetings"} < filled


async def test_no_temporary_table_outlives_its_transaction(
    persistence: PostgresPersistence, postgres_database: PostgresDatabase
) -> None:
    await Stored(persistence, STAGED.id).stage([a_student("s1")])
    async with Stored(persistence, STAGED.id).importing() as work:
        await (await work.stage_records(Student)).stage([a_student("s2")])

    connection = await connect(postgres_database.owner_url)
    left = await connection.fetch("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")
    await connection.close()
    assert left == []


async def test_staged_facts_raise_the_version_of_their_term(
    persistence: PostgresPersistence, postgres_database: PostgresDatabase
) -> None:
    stored = Stored(persistence, STAGED.id)
    await stored.add(*(entity for entity in EVERYTHING if entity not in (LECTURE, LAB)))
    connection = await connect(postgres_database.session_url)
    await connection.execute(f"SET app.institution_id = '{STAGED.id}'")
    version = "SELECT facts_version FROM term_registrations"
    before = await connection.fetchval(version)

    await stored.stage([a_student("s2")])
    assert await connection.fetchval(version) == before
    await stored.stage([LECTURE, LAB])
    after = await connection.fetchval(version)

    await connection.close()
    assert after > before


async def test_row_level_security_refuses_rows_that_say_another_institution(persistence: PostgresPersistence) -> None:
    async def stage_for_another() -> None:
        async with Stored(persistence, STAGED.id).importing() as work:
            staging = await work.stage_records(Student)
            staging._institution = ADDED.id  # type: ignore[attr-defined]
            await staging.stage([a_student("s1")])
            await staging.merge()

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await stage_for_another()
    for institution in (ADDED, STAGED):
        assert await Stored(persistence, institution.id).get(Student, a_student("s1").id) is None


async def test_a_nul_that_no_caller_can_send_stores_nothing(persistence: PostgresPersistence) -> None:
    stored = Stored(persistence, STAGED.id)

    with pytest.raises(asyncpg.CharacterNotInRepertoireError):
        await stored.stage([a_student("s1"), a_student("s2", "N\0L"), a_student("s3")])
    assert await stored.get(Student, a_student("s1").id) is None
