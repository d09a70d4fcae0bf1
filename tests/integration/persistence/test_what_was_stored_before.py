"""What the first version stored is there after every later migration, and on the way back, too."""

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest

from infrastructure.persistence.postgres import migrate
from infrastructure.persistence.postgres.embedded.lease import OWNER_ROLE
from tests.support.postgres import PostgresServer, connect, run_sql

# Identifiers end with their letter: institution a, course b, term c, offering d, student e, enrollment f.
STORED = """
    INSERT INTO institutions VALUES ('@a', 'main', 'Main', 'UTC', 1);
    INSERT INTO courses (institution_id, id, code, subject, number, title, description, credits, version)
    VALUES ('@a', '@b', 'CS-101', 'CS', '101', 'Programming', '', 3, 1);
    INSERT INTO terms (institution_id, id, code, name, time_zone, starts_on, ends_on, registration_opens_at,
                       registration_closes_at, add_deadline, drop_deadline, holidays, version)
    VALUES ('@a', '@c', '2027-1', 'Spring', 'UTC', '2027-02-01', '2027-05-30', '2027-01-10', '2027-03-01',
            '2027-02-10', '2027-02-20', '{}', 1);
    INSERT INTO offerings (institution_id, id, term_id, course_id, code, version)
    VALUES ('@a', '@d', '@c', '@b', 'CS-101', 1);
    INSERT INTO students (institution_id, id, code, given_name, family_name, version)
    VALUES ('@a', '@e', 's1', 'Some', 'Student', 1);
    INSERT INTO enrollments (institution_id, id, student_id, term_id, offering_id, course_id, status, credits, number,
                             enrolled_at)
    VALUES ('@a', '@f', '@e', '@c', '@d', '@b', 'enrolled', 3, 1, '2027-01-15');
""".replace("@", "01939a1c-0000-7000-8000-00000000000")
ENROLLED_AS_THE_MAIN_COURSE = """
    SELECT count(*) FROM enrollments e JOIN offering_courses c USING (institution_id, offering_id, course_id)
    WHERE c.position = 0
"""


@pytest.fixture
def database_of_before(postgres_server: PostgresServer) -> Iterator[str]:
    """The owner's URL of a database at the first version's revision, with a student enrolled."""
    database = postgres_server.clone(f"matricula_test_before_{os.getpid()}", template="template0")
    url = postgres_server.url(OWNER_ROLE, database.name)
    migrate.upgrade(url, "0003")
    asyncio.run(run_sql(url, STORED))
    yield url
    database.drop()


def test_who_was_enrolled_stays_so_through_every_migration(database_of_before: str) -> None:
    migrate.upgrade(database_of_before)
    assert asyncio.run(_value(database_of_before, ENROLLED_AS_THE_MAIN_COURSE)) == 1

    migrate.downgrade(database_of_before, "0003")
    assert asyncio.run(_value(database_of_before, "SELECT count(*) FROM enrollments")) == 1

    migrate.upgrade(database_of_before)
    assert asyncio.run(_value(database_of_before, ENROLLED_AS_THE_MAIN_COURSE)) == 1


async def _value(url: str, query: str) -> Any:
    connection = await connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()
