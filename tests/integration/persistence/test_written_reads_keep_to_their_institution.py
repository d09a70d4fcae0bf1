"""Reads of one statement on shared connections: each sees its own institution, and leaves nothing behind."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from application.scheduling.sections import SECTIONS
from application.shared.paging import PageQuery
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from infrastructure.persistence.postgres.readers.lines import Lines
from tests.contracts.arranging import Stored
from tests.support.builders import a_course, a_section, a_small_university, a_term, an_institution, an_offering
from tests.support.domain_builders import section_id
from tests.support.postgres import PostgresDatabase, connect, run_sql

HERE, THERE, NOWHERE = (an_institution(code) for code in ("here", "there", "nowhere"))
BOTH = section_id("A")
"""A section of both institutions, which may have the same ids."""

ONLY_HERE = section_id("M")


class Line(Lines):
    """One connection, which all reads share and tests see."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__(database.app_url, 1, database.pooler)

    async def _connect(self) -> asyncpg.Connection:
        self.connection: asyncpg.Connection = await super()._connect()
        return self.connection


@pytest.fixture
async def line(postgres_database: PostgresDatabase) -> AsyncIterator[Line]:
    line = Line(postgres_database)
    yield line
    await line.close()


@pytest.fixture
async def persistence(postgres_database: PostgresDatabase, line: Line) -> AsyncIterator[PostgresPersistence]:
    """Two institutions with records, and one without."""
    persistence = PostgresPersistence(postgres_database.engine(), line)
    for institution in (HERE, THERE, NOWHERE):
        await persistence.directory.add(institution)
    await Stored(persistence, HERE.id).add(*a_small_university())
    offering = an_offering("CS-101", "LEC")
    await Stored(persistence, THERE.id).add(a_term(), a_course(), offering, a_section(offering, "A", capacity=77))
    yield persistence
    await persistence.close()


async def capacity(persistence: PostgresPersistence, institution: UUID, section: UUID) -> int | None:
    """The capacity of a section as an institution sees it; None when it does not see the section."""
    written = await persistence.written.one(InstitutionId(institution), SECTIONS, Reference.of(section))
    return None if written is None else SECTIONS.view.model_validate_json(written).capacity


async def test_reads_of_several_institutions_at_once_see_each_its_own(persistence: PostgresPersistence) -> None:
    asked = [(HERE.id, BOTH), (THERE.id, BOTH), (NOWHERE.id, BOTH), (THERE.id, ONLY_HERE)] * 25

    found = await asyncio.gather(*(capacity(persistence, institution, section) for institution, section in asked))

    assert found == [2, 77, None, None] * 25


async def test_pages_and_codes_see_their_own_institution(persistence: PostgresPersistence) -> None:
    async def codes(institution: UUID) -> list[str]:
        page = await persistence.written.page(InstitutionId(institution), SECTIONS, PageQuery())
        return [view["code"] for view in json.loads(f"[{page.items}]")]

    found = await asyncio.gather(*(codes(institution.id) for institution in (HERE, THERE, NOWHERE) * 5))

    assert found == [["A", "A-LAB", "B", "M"], ["A"], []] * 5
    for reference, seen in (("code:2027-1:A", True), ("code:2027-1:M", False)):
        written = await persistence.written.one(THERE.id, SECTIONS, Reference.parse(reference))
        assert (written is not None) == seen


async def test_a_read_leaves_its_connection_in_no_institution(persistence: PostgresPersistence, line: Line) -> None:
    assert await capacity(persistence, HERE.id, BOTH) == 2

    assert await line.connection.fetchval("SELECT current_setting('app.institution_id', true)") == ""
    assert await line.connection.fetchval("SELECT count(*) FROM sections") == 0


async def test_the_statement_is_asked_of_its_institution_by_row_level_security_too(
    persistence: PostgresPersistence, line: Line
) -> None:
    """Without the condition on the institution, which every query has, a query sees nothing more."""
    count = "SELECT count(*) FROM sections WHERE $1::uuid IS NOT NULL"

    found = [await line.value(institution.id, count) for institution in (HERE, NOWHERE, THERE, HERE) * 10]

    assert found == [4, 0, 1, 4] * 10


async def test_a_read_sees_what_was_committed_before_it(persistence: PostgresPersistence) -> None:
    stored = Stored(persistence, HERE.id)
    for seats in range(3, 13):
        asking = [asyncio.create_task(capacity(persistence, HERE.id, BOTH)) for _ in range(5)]
        (section,) = (entity for entity in a_small_university(seats) if entity.id == BOTH)
        await stored.save(section)

        assert await capacity(persistence, HERE.id, BOTH) == seats
        assert set(await asyncio.gather(*asking)) <= {seats - 1, seats}


async def test_a_line_that_was_cut_is_replaced(
    persistence: PostgresPersistence, postgres_database: PostgresDatabase, line: Line
) -> None:
    assert await capacity(persistence, HERE.id, BOTH) == 2
    backend = await line.connection.fetchval("SELECT pg_backend_pid()")

    await run_sql(postgres_database.server.admin_url, f"SELECT pg_terminate_backend({backend}, 5000)")

    assert await capacity(persistence, THERE.id, BOTH) == 77
    assert await line.connection.fetchval("SELECT pg_backend_pid()") != backend


async def test_lines_can_only_read(line: Line, postgres_database: PostgresDatabase) -> None:
    told = "SELECT current_setting('transaction_read_only') WHERE $1::uuid IS NOT NULL"

    assert await line.value(HERE.id, told) == "on"
    connection = await connect(postgres_database.app_url)
    try:
        assert await connection.fetchval(told, HERE.id) == "off"
    finally:
        await connection.close()
