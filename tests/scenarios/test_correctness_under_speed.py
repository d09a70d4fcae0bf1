"""A rush of 256 connections on two servers, with poison, duplicates, nonsense and clients that hang up among it all.

Whoever asked was answered once, what was acknowledged is what is stored, and the audit log proves the state.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from application.registration.waitlists import WAITLIST_ENTRIES, WaitlistEntryView
from application.shared.paging import PageQuery
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.contracts.arranging import Stored
from tests.scenarios import rush_term
from tests.scenarios.line import Line, Request
from tests.scenarios.proofs import fetch, prove_by_audit, prove_by_sql
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
    await _prove_that_what_was_acknowledged_is_stored(database, witness)
    await prove_by_sql(database)
    _prove_that_queues_are_dense(await _waiting(persistence))
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


async def _prove_that_what_was_acknowledged_is_stored(database: PostgresDatabase, witness: Witness) -> None:
    """Requests, enrollments and entries are those that clients were told of, but for whom a queue promoted later."""
    decisions = [decision for view in witness.views() for decision in view["decisions"]]
    enrolled = {d["enrollment"] for d in decisions if d["outcome"] in ("enrolled", "swapped")}
    waiting = {d["entry"] for d in decisions if d["outcome"] == "waitlisted"}
    promoted = await fetch(database, "SELECT enrollment_id::text FROM waitlist_entries WHERE status = 'promoted'")
    requests = "SELECT command ->> 'id' FROM audit_events WHERE kind = 'registration_request'"

    assert sorted(await fetch(database, requests)) == sorted(witness.decided)
    assert set(await fetch(database, "SELECT id::text FROM enrollments")) == enrolled | set(promoted)
    assert set(await fetch(database, "SELECT id::text FROM waitlist_entries")) == waiting
    assert promoted


async def _waiting(persistence: PostgresPersistence) -> Sequence[WaitlistEntryView]:
    query = PageQuery(limit=200, filters={"status": "waiting"})
    async with persistence.reading(INSTITUTION) as views:
        page = await views.views(WAITLIST_ENTRIES).page(query)
    assert page.next_cursor is None
    return page.items


def _prove_that_queues_are_dense(waiting: Sequence[WaitlistEntryView]) -> None:
    """Each entry waits for one section: its queue has the positions from 1 to its length."""
    queues: dict[tuple[str, ...], list[int | None]] = defaultdict(list)
    for entry in sorted(waiting, key=lambda entry: (entry.priority, entry.number)):
        queues[entry.sections].append(entry.position)
    assert queues
    for positions in queues.values():
        assert positions == list(range(1, len(positions) + 1))
        assert len(positions) <= rush_term.WAITLIST
