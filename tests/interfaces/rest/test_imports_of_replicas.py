"""Two servers on one database: an import goes on in the one that took it, and either tells how it is; one may die."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from interfaces.cli.serve import free_port
from interfaces.cli.server_process import ServerProcess, server_process
from interfaces.rest import examples, import_examples
from tests.support.postgres import PostgresDatabase, connect

JSON = {"Content-Type": "application/json"}
TIMETABLES = "/v1/imports?kind=timetable"


@pytest.fixture
async def servers(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> AsyncIterator[tuple[ServerProcess, ServerProcess]]:
    """Two servers that are ready."""
    environment = {**os.environ, **postgres_database.environment}
    with ExitStack() as stack:
        taking, other = [
            stack.enter_context(server_process(free_port("127.0.0.1", 0), environment, tmp_path / name))
            for name in ("taking", "other")
        ]
        for server in (taking, other):
            await asyncio.to_thread(server.wait_until_ready, 60)
        yield taking, other


@asynccontextmanager
async def nobody_stores_sections(database: PostgresDatabase) -> AsyncIterator[None]:
    """While the block lasts, whoever stores a section waits."""
    connection = await connect(database.owner_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE sections IN EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


def timetable(term: str) -> dict[str, Any]:
    return {**import_examples.TIMETABLE, "term": {**import_examples.TIMETABLE["term"], "code": term}}


async def until(client: httpx.AsyncClient, path: str, is_so: Callable[[httpx.Response], bool]) -> httpx.Response:
    """The answer to a GET, once it is so."""
    async with asyncio.timeout(60):
        while not is_so(answer := await client.get(path)):  # noqa: ASYNC110 - the event is in another process
            await asyncio.sleep(0.05)
    return answer


def is_storing_sections(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and answer.json()["progress"] == {"what": "sections", "done": 1, "total": 1}


async def test_either_server_tells_how_an_import_is_and_nothing_remains_of_one_whose_server_has_died(
    servers: tuple[ServerProcess, ServerProcess], postgres_database: PostgresDatabase
) -> None:
    taking, other = servers
    async with httpx.AsyncClient(base_url=taking.url) as at_taking, httpx.AsyncClient(base_url=other.url) as at_other:
        assert (await at_other.post("/v1/institutions", json=examples.INSTITUTION)).status_code == 201

        async with nobody_stores_sections(postgres_database):
            taken = await at_taking.post(TIMETABLES, content=json.dumps(timetable("2026-1")), headers=JSON)
            path = taken.headers["location"]
            running = await until(at_other, path, is_storing_sections)
            assert (running.json()["state"], running.headers["retry-after"]) == ("running", "1")
            assert (await at_other.get("/v1/terms")).json()["items"] == []
        done = await until(at_other, path, lambda answer: answer.status_code == 303)
        assert (await at_other.get(done.headers["location"])).json()["created"]["sections"] == 1

        async with nobody_stores_sections(postgres_database):
            taken = await at_taking.post(TIMETABLES, content=json.dumps(timetable("2026-2")), headers=JSON)
            path = taken.headers["location"]
            await until(at_other, path, is_storing_sections)
            taking._process.kill()
            taking.wait()
        await _let_time_pass(postgres_database)

        failed = (await at_other.get(path)).json()
        assert (failed["state"], failed["problem"]["code"]) == ("failed", "unavailable")
        assert [term["code"] for term in (await at_other.get("/v1/terms")).json()["items"]] == ["2026-1"]
        again = await at_other.post(TIMETABLES, content=json.dumps(timetable("2026-2")), headers=JSON)
        await until(at_other, again.headers["location"], lambda answer: answer.status_code == 303)


async def _let_time_pass(database: PostgresDatabase) -> None:
    connection = await connect(database.owner_url)
    try:
        await connection.execute("UPDATE imports SET alive_at = alive_at - interval '61 s' WHERE finished_at IS NULL")
    finally:
        await connection.close()
