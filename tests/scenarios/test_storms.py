"""Storms of random carts from eight client processes against two server processes, proved afterwards from bare SQL.

`MATRICULA_TEST_STORMS` says how many storms there are, each with another seed.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from application.registration.replay_audit import ReplayAudit
from application.registration.verify_registration import VerifyRegistration
from application.shared.caller import Caller, Role
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.scenarios import stormy_term
from tests.scenarios.server import serving
from tests.support.builders import an_institution
from tests.support.postgres import PostgresDatabase, connect

STORMS = int(os.environ.get("MATRICULA_TEST_STORMS", "2"))
CLIENTS = 8
CARTS = 8

BROKEN = {
    "seats above capacity": """
        SELECT s.code FROM sections s JOIN enrollment_sections t ON t.section_id = s.id AND t.status = 'enrolled'
          LEFT JOIN seats p ON p.section_id = t.section_id AND p.seat_no = t.seat_no
         GROUP BY s.id, s.code, s.capacity
        HAVING count(*) FILTER (WHERE p.permission_id IS NULL) > greatest(
               s.capacity, (SELECT count(*) FROM seats q WHERE q.section_id = s.id AND q.permission_id IS NULL))""",
    "a seat taken twice": """
        SELECT section_id FROM enrollment_sections WHERE status = 'enrolled'
         GROUP BY section_id, seat_no HAVING count(*) > 1""",
    "a course taken twice": """
        SELECT student_id FROM enrollments WHERE status = 'enrolled'
         GROUP BY student_id, course_id HAVING count(*) > 1""",
    "an enrollment without a section": """
        SELECT e.id FROM enrollments e WHERE e.status = 'enrolled' AND NOT EXISTS (
            SELECT FROM enrollment_sections t WHERE t.enrollment_id = e.id AND t.status = 'enrolled')""",
    "somebody who waits for what they have": """
        SELECT w.id FROM waitlist_entries w JOIN enrollments e
            ON e.student_id = w.student_id AND e.offering_id = w.offering_id AND e.status = 'enrolled'
         WHERE w.status = 'waiting' AND w.drop_if_enrolled IS DISTINCT FROM e.id""",
    "a number used twice": "SELECT number FROM audit_events GROUP BY number HAVING count(*) > 1",
}


@pytest.mark.parametrize("seed", range(STORMS))
async def test_a_storm_leaves_every_invariant_and_the_audit_log_proves_itself(
    seed: int, postgres_persistence: PostgresPersistence, postgres_database: PostgresDatabase
) -> None:
    institution = an_institution()
    await postgres_persistence.directory.add(institution)
    async with postgres_persistence.work(institution.id) as work:
        for entity in stormy_term.entities():
            await work.records(type(entity)).add([entity])

    with serving(postgres_database) as one, serving(postgres_database) as other:
        clients = [_client((one, other)[n % 2], seed * CLIENTS + n) for n in range(CLIENTS)]
        seen = [json.loads(client.communicate(timeout=200)[0]) for client in clients]

    statuses = sum((Counter(each["statuses"]) for each in seen), Counter[str]())
    outcomes = sum((Counter(each["outcomes"]) for each in seen), Counter[str]())
    assert set(statuses) == {"200"}, statuses
    assert {"enrolled", "waitlisted", "dropped", "rejected", "not_applied"} <= set(outcomes), outcomes
    await _prove_by_sql(postgres_database, {enrollment for each in seen for enrollment in each["told"]})
    caller = Caller(institution.id, "test", frozenset({Role.ADMINISTRATOR}))
    term = Reference(code=stormy_term.TERM)
    verified = await VerifyRegistration(postgres_persistence.reading).execute(caller, term)
    replayed = await ReplayAudit(postgres_persistence.reading).execute(caller, term)
    assert verified.offences == ()
    assert replayed.differences == ()
    assert replayed.commands > 0


def _client(url: str, seed: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.scenarios.stormer", url, str(seed), str(CARTS)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


async def _prove_by_sql(database: PostgresDatabase, told: set[str]) -> None:
    connection = await connect(database.owner_url)
    try:
        broken: dict[str, Any] = {name: await connection.fetch(query) for name, query in BROKEN.items()}
        stored = {str(row["id"]) for row in await connection.fetch("SELECT id FROM enrollments")}
    finally:
        await connection.close()
    assert {name: rows for name, rows in broken.items() if rows} == {}
    assert told <= stored
