"""A rush of 256 connections on two servers, with poison, duplicates, nonsense and clients that hang up among it all.

Whoever asked was answered once, what was acknowledged is what is stored, and the audit log proves the state.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.contracts.arranging import Stored
from tests.scenarios import rush_term
from tests.scenarios.line import Line, Request
from tests.scenarios.proofs import (
    prove_by_audit,
    prove_by_sql,
    prove_that_queues_are_dense,
    prove_that_what_was_acknowledged_is_stored,
)
from tests.scenarios.rusher import Rusher, Witness
from tests.scenarios.server import serving
from tests.support.builders import an_institution
from tests.support.postgres import PostgresDatabase, PostgresServer

CLIENTS = 128
INSTITUTION = an_institution().id

MET = {
    *("enrolled", "waitlisted", "dropped", "swapped", "rejected", "not_applied"),
    *("idempotency_key_reused", "malformed_json", "invalid_field", "unsupported_media_type", "unknown_reference"),
    *("internal_error", "conflict", "unavailable", "found"),
}
"""What at least one client must have met, or the rush proves nothing about it."""


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    """A database that poison makes fail."""
    poisoned = postgres_server.clone(f"matricula_test_rush_{os.getpid()}")
    rush_term.poison(poisoned)
    yield poisoned
    poisoned.drop()


@pytest.fixture
async def persistence(database: PostgresDatabase) -> AsyncIterator[PostgresPersistence]:
    """What is stored in it: at first, a term that nobody has registered for."""
    stored = PostgresPersistence(database.engine())
    await stored.directory.add(an_institution())
    await Stored(stored, INSTITUTION).add(*rush_term.entities(CLIENTS))
    yield stored
    await stored.close()


async def test_everybody_is_answered_once_and_what_is_acknowledged_is_what_is_stored(
    persistence: PostgresPersistence, database: PostgresDatabase, tmp_path: Path
) -> None:
    logs = [tmp_path / "one", tmp_path / "other"]
    with serving(database, logs[0]) as one, serving(database, logs[1]) as other:
        witness = await _rush(*(int(urlsplit(url).port or 0) for url in (one, other)))

    assert witness.met.keys() >= MET
    assert sum(log.read_text().count("unhandled_error") for log in logs) == witness.met["internal_error"]
    await prove_that_what_was_acknowledged_is_stored(database, witness.views())
    await prove_by_sql(database)
    await prove_that_queues_are_dense(persistence, INSTITUTION, rush_term.WAITLIST)
    assert await prove_by_audit(persistence, INSTITUTION, rush_term.TERM) >= len(witness.decided)


async def _rush(*ports: int) -> Witness:
    """Let all clients rush at once, and then have those who hung up ask once more."""
    witness = Witness()
    async with _connected(ports) as pairs:
        async with asyncio.TaskGroup() as clients:
            for number, pair in enumerate(pairs):
                clients.create_task(Rusher(number, pair, witness).rush())
        one, other = pairs[0]
        for request, answer in witness.hung_up:
            found = await one.ask(request)
            assert (found.status, found.is_replay, found.body) == (200, True, answer)
        reviewed = await other.ask(Request("POST", "/v1/queue-reviews", b"", {}))
        assert reviewed.json() == {"terms": []}
        for pair in pairs:
            for line in pair:
                await line.close()
    return witness


@asynccontextmanager
async def _connected(ports: tuple[int, ...]) -> AsyncIterator[list[tuple[Line, Line]]]:
    """A connection to each of the two servers for every client, all open before the first of them asks."""
    one, other = ports
    pairs = [(Line(one), Line(other)) for _ in range(CLIENTS)]
    with ExitStack() as opened:
        for pair in pairs:
            for line in pair:
                await line.open()
                opened.callback(line.cut)
        yield pairs
