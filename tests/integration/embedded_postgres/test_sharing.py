"""Several processes share one server, which runs exactly as long as one of them needs it."""

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres
from tests.integration.embedded_postgres.processes import FAST, Client, postmaster_pid, server_pids, stops
from tests.integration.embedded_postgres.queries import answers


async def test_two_processes_share_one_server_which_stops_after_the_last(data_dir: Path) -> None:
    with Client(data_dir) as first, Client(data_dir) as second:
        first.await_lease()
        before = postmaster_pid(data_dir)
        second.await_lease()
        first.leave()
        await asyncio.sleep(0.6)
        assert postmaster_pid(data_dir) == before
        with EmbeddedPostgres(data_dir).start() as third:
            second.leave()
            assert await answers(third)
            assert postmaster_pid(data_dir) == before
    assert stops(data_dir)


def test_the_server_stops_when_its_clients_are_killed(data_dir: Path) -> None:
    with Client(data_dir) as first, Client(data_dir) as second:
        first.await_lease()
        second.await_lease()
        first.kill()
        time.sleep(0.6)
        assert server_pids(data_dir)
        second.kill()
    assert stops(data_dir)


def test_many_processes_starting_at_the_same_moment_get_one_server(data_dir: Path) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(Client(data_dir)) for _ in range(8)]
        for client in clients:
            client.await_lease()
        log = (data_dir / "server.log").read_text()
        assert log.count("ready to accept connections") == 1
        for client in clients:
            client.leave()
    assert stops(data_dir)


@pytest.mark.parametrize("child", ["fork", "spawn"])
def test_a_child_of_a_client_does_not_keep_the_server_running(data_dir: Path, child: str) -> None:
    with Client(data_dir, child) as client:
        client.await_lease()
        client.kill()
        assert stops(data_dir)


async def test_whoever_comes_while_the_server_stops_gets_one_that_runs(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, settings=FAST)
    lease = server.start()
    for pause in (0.0, 0.1, 0.2, 0.22, 0.25, 0.3, 0.35):
        lease.close()
        await asyncio.sleep(pause)
        lease = await server.start_async()
        assert await answers(lease)
        await asyncio.sleep(0.3)
        assert await answers(lease)
    lease.close()


def test_a_lease_may_be_closed_twice(data_dir: Path) -> None:
    lease = EmbeddedPostgres(data_dir, settings=FAST).start()
    lease.close()
    lease.close()
    assert stops(data_dir)
