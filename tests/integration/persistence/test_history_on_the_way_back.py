"""The revision that brought the history of stays can be undone: what there was no word for is told more simply."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from infrastructure.persistence.postgres import migrate
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.contracts.arranging import Stored
from tests.contracts.queueing import moving, two_labs
from tests.contracts.registering import both
from tests.support.builders import a_small_university, a_term, an_institution
from tests.support.domain_builders import NOON, a_request, dropping
from tests.support.postgres import PostgresDatabase, PostgresServer, connect, in_thread

SITTINGS = """
    SELECT u.code || ' in ' || s.code || ' ' || t.status || ' ' || coalesce(t.seat_no::text, '-')
    FROM enrollment_sections t JOIN sections s ON s.id = t.section_id JOIN students u ON u.id = t.student_id ORDER BY 1
"""


async def _build(database: PostgresDatabase) -> None:
    """`s1` moved from the lab `A-LAB` to `C-LAB`, `s2` withdrew."""
    institution = an_institution()
    persistence = PostgresPersistence(database.engine())
    await persistence.directory.add(institution)
    stored = Stored(persistence, institution.id)
    await stored.add(*a_small_university(), two_labs(2))
    await stored.save(replace(a_term(), withdrawal_deadline=date(2027, 3, 20)))
    await stored.register(both("s1"), both("s2"))
    await stored.register(moving("s1", "s1", "A", "C-LAB", at=NOON + timedelta(hours=1)))
    await stored.register(a_request("s2", dropping("s2"), at=datetime(2027, 2, 25, tzinfo=UTC)))
    await persistence.close()


@pytest.fixture
def told(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    """A database with a history."""
    database = postgres_server.clone(f"matricula_test_history_{os.getpid()}")
    in_thread(lambda: _build(database))
    yield database
    database.drop()


def _sittings(database: PostgresDatabase) -> list[str]:
    async def fetched() -> list[str]:
        connection = await connect(database.owner_url)
        try:
            return [row[0] for row in await connection.fetch(SITTINGS)]
        finally:
            await connection.close()

    return in_thread(fetched)


def test_the_last_stays_remain_and_a_withdrawal_is_a_drop(told: PostgresDatabase) -> None:
    assert _sittings(told) == [
        "s1 in A enrolled 1",
        "s1 in A-LAB enrolled -",
        "s1 in C-LAB enrolled 1",
        "s2 in A withdrawn -",
        "s2 in A-LAB withdrawn -",
    ]

    migrate.downgrade(told.owner_url, "0006")
    before = _sittings(told)
    migrate.upgrade(told.owner_url)

    assert before == [
        "s1 in A enrolled 1",
        "s1 in C-LAB enrolled 1",
        "s2 in A dropped -",
        "s2 in A-LAB dropped -",
    ]
    assert _sittings(told) == before
