"""Whatever is killed, the next start recovers, and all that was committed is there."""

import subprocess
from pathlib import Path

import pytest

from infrastructure.persistence.postgres.embedded.account import Account, server_account
from infrastructure.persistence.postgres.embedded.cluster import ensure_cluster
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError
from infrastructure.persistence.postgres.embedded.layout import Layout
from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres
from tests.integration.embedded_postgres.processes import (
    FAST,
    Client,
    eventually,
    keeper_pids,
    kill,
    kill_everything,
    postmaster_pid,
    server_pids,
    stops,
)
from tests.integration.embedded_postgres.queries import answers, value


async def test_after_kill_9_of_everything_a_new_start_has_all_that_was_committed(data_dir: Path) -> None:
    with Client(data_dir) as client:
        client.await_lease()
        with EmbeddedPostgres(data_dir).start() as lease:
            lease.ensure_database("kept")
            url = lease.owner_url("kept")
            await value(url, "CREATE TABLE seat (number int PRIMARY KEY)")
            for number in range(20):
                await value(url, f"INSERT INTO seat VALUES ({number})")
            kill(*keeper_pids(data_dir))
            client.kill()
            kill(*server_pids(data_dir))
    with EmbeddedPostgres(data_dir).start() as lease:
        assert await value(lease.owner_url("kept"), "SELECT count(*) FROM seat") == 20
    assert stops(data_dir)


def _bystander(account: Account | None) -> subprocess.Popen[bytes]:
    user, group = (account.uid, account.gid) if account else (None, None)
    return subprocess.Popen(["sleep", "60"], user=user, group=group)


async def test_a_stale_pid_that_another_process_was_given_fools_nobody(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST).start() as lease:
        socket_lock = lease.socket_dir / f".s.PGSQL.{lease.port}.lock"
        kill_everything(data_dir)
    account = server_account(data_dir / "cluster")
    with _bystander(account) as bystander:
        try:
            for stale in (data_dir / "cluster" / "postmaster.pid", socket_lock):
                _, *rest = stale.read_text().splitlines(keepends=True)
                stale.write_text("".join([f"{bystander.pid}\n", *rest]))
            with EmbeddedPostgres(data_dir, settings=FAST).start() as lease:
                assert await answers(lease)
                assert postmaster_pid(data_dir) != bystander.pid
            assert stops(data_dir)
            assert bystander.poll() is None
        finally:
            bystander.kill()


async def test_a_killed_keeper_is_replaced_by_the_next_start(data_dir: Path) -> None:
    with Client(data_dir) as client:
        client.await_lease()
        before = postmaster_pid(data_dir)
        kill(*keeper_pids(data_dir))
        with EmbeddedPostgres(data_dir).start() as lease:
            assert len(keeper_pids(data_dir)) == 1
            assert await answers(lease)
            assert postmaster_pid(data_dir) == before
            client.leave()
    assert stops(data_dir)


def test_a_killed_keeper_is_replaced_by_the_last_client_that_leaves(data_dir: Path) -> None:
    with Client(data_dir) as client:
        client.await_lease()
        kill(*keeper_pids(data_dir))
        client.leave()
    assert stops(data_dir)


async def test_a_killed_server_is_started_again_for_those_who_need_it(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST).start() as lease:
        killed = server_pids(data_dir)
        kill(*killed)
        log = data_dir / "server.log"
        eventually(lambda: log.read_text().count("ready to accept connections") == 2)
        assert await answers(lease)
        assert postmaster_pid(data_dir) not in killed


def test_a_terminated_keeper_stops_the_server_in_order(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST).start():
        subprocess.run(["kill", *map(str, keeper_pids(data_dir))], check=True)
        assert stops(data_dir)
        assert "database system is shut down" in (data_dir / "server.log").read_text()


async def test_a_start_after_an_interrupted_initdb_begins_anew(data_dir: Path) -> None:
    half_made = data_dir / "cluster.new-interrupted"
    (half_made / "base").mkdir(parents=True)
    with EmbeddedPostgres(data_dir, settings=FAST).start() as lease:
        assert await answers(lease)
    assert not half_made.exists()


def test_a_failed_initdb_leaves_nothing_behind(folder: Path) -> None:
    initdb = folder / "initdb"
    initdb.write_text('#!/bin/sh\ntouch "$2/half"\necho no space left >&2\nexit 1\n')
    initdb.chmod(0o755)
    layout = Layout.of(folder / "data")
    account = server_account(layout.cluster)
    layout.prepare(account)
    with pytest.raises(EmbeddedPostgresError, match="no space left"):
        ensure_cluster(layout, folder, "18", account, durable=False)
    assert list(layout.root.iterdir()) == []
