"""Storms of random carts from eight client processes against two server processes, proved afterwards from bare SQL.

`MATRICULA_TEST_STORMS` says how many storms there are, each with another seed.
"""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.scenarios import stormy_term
from tests.scenarios.proofs import fetch, prove_by_audit, prove_by_sql
from tests.scenarios.server import serving
from tests.support.builders import an_institution
from tests.support.postgres import PostgresDatabase

STORMS = int(os.environ.get("MATRICULA_TEST_STORMS", "2"))
CLIENTS = 8
CARTS = 8


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
    await prove_by_sql(postgres_database)
    stored = {str(identifier) for identifier in await fetch(postgres_database, "SELECT id FROM enrollments")}
    assert {enrollment for each in seen for enrollment in each["told"]} <= stored
    assert await prove_by_audit(postgres_persistence, institution.id, stormy_term.TERM) > 0


def _client(url: str, seed: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.scenarios.stormer", url, str(seed), str(CARTS)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)
