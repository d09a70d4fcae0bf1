"""What the server is like: roles, databases, socket, TCP, settings, and the errors when it cannot be had."""

import os
import shutil
import socket
import stat
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError
from infrastructure.persistence.postgres.embedded.layout import default_data_dir
from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres
from tests.integration.embedded_postgres.processes import FAST, eventually, keeper_pids, server_pids, stops
from tests.integration.embedded_postgres.queries import answers, value


async def test_the_roles_are_humble_and_the_urls_are_sqlalchemys(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST).start() as lease:
        lease.ensure_database("university")
        for url, role in (
            (lease.owner_url("university"), "matricula_owner"),
            (lease.app_url("university"), "matricula_app"),
        ):
            assert url.startswith(f"postgresql+asyncpg://{role}@/university?host=/")
            engine = create_async_engine(url)
            async with engine.connect() as connection:
                row = await connection.execute(
                    text(
                        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole "
                        "FROM pg_roles WHERE rolname = current_user"
                    )
                )
                assert row.one() == (role, False, False, False, False)
            await engine.dispose()
        await value(lease.owner_url("university"), "CREATE TABLE course (code text)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await value(lease.app_url("university"), "CREATE TABLE other (code text)")


async def test_a_database_is_made_once_anew_or_from_a_template(data_dir: Path) -> None:
    odd = """a "b" %c'd"""
    with EmbeddedPostgres(data_dir, settings=FAST).start() as lease:
        assert lease.ensure_database(odd)
        assert not lease.ensure_database(odd)
        await value(lease.owner_url(odd), "CREATE TABLE marker (n int)")
        assert lease.ensure_database("copy", template=odd)
        assert lease.ensure_database(odd, recreate=True)
        assert await value(lease.owner_url("copy"), "SELECT count(*) FROM marker") == 0
        assert await value(lease.app_url(odd), "SELECT to_regclass('marker')") is None
        owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'copy'"
        assert await value(lease.superuser_url(), owner) == "matricula_owner"
        with pytest.raises(EmbeddedPostgresError, match="does not exist"):
            lease.ensure_database("orphan", template="nowhere")
        with pytest.raises(EmbeddedPostgresError, match="1 to 63 bytes"):
            lease.ensure_database("x" * 64)


async def test_it_is_durable_and_the_same_everywhere_unless_told_otherwise(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings={"work_mem": "5MB"}).start() as lease:
        for name, expected in {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_checksums": "on",
            "listen_addresses": "",
            "work_mem": "5MB",
            "TimeZone": "UTC",
            "server_encoding": "UTF8",
        }.items():
            assert await value(lease.superuser_url(), f"SELECT current_setting('{name}')") == expected
        assert int(await value(lease.superuser_url(), "SHOW max_connections")) >= 100
        assert await value(lease.superuser_url(), "SELECT lower('Ñandú')") == "ñandú"
        assert (lease.bin_dir / "pg_dump").exists()
        assert lease.tcp_port is None
        with pytest.raises(EmbeddedPostgresError, match="tcp_port"):
            lease.app_url("postgres", tcp=True)


@pytest.mark.parametrize("name", ["d" * 120, "with a comma, and spaces"])
async def test_an_unusual_data_directory_gets_a_short_private_socket_folder(folder: Path, name: str) -> None:
    server = EmbeddedPostgres(folder / name, settings=FAST)
    with server.start() as lease:
        assert await answers(lease)
        assert len(str(lease.socket_dir)) < 90
        assert stat.S_IMODE(lease.socket_dir.stat().st_mode) == 0o700
        with EmbeddedPostgres(folder / name).start() as other:
            assert other.socket_dir == lease.socket_dir
    assert stops(folder / name)
    assert not lease.socket_dir.exists()


async def test_tcp_needs_a_password_that_others_cannot_read(data_dir: Path) -> None:
    port = _free_port()
    server = EmbeddedPostgres(data_dir, settings=FAST, tcp_port=port)
    for _ in range(2):
        with server.start() as lease:
            lease.ensure_database("university")
            assert lease.tcp_port == port
            url = lease.app_url("university", tcp=True)
            assert await value(url, "SELECT current_user::text") == "matricula_app"
            password = url.split("@")[0].split(":")[2]
            with pytest.raises(asyncpg.InvalidPasswordError):
                await value(url.replace(password, "guess"), "SELECT 1")
            with pytest.raises(asyncpg.InvalidPasswordError):
                await value(url.replace("matricula_app", "postgres"), "SELECT 1")
            assert stat.S_IMODE((data_dir / "tcp-passwords.json").stat().st_mode) == 0o600
        assert stops(data_dir)


def test_tcp_cannot_be_had_from_a_server_that_runs_without(data_dir: Path) -> None:
    with (
        EmbeddedPostgres(data_dir, settings=FAST).start(),
        pytest.raises(EmbeddedPostgresError, match="runs already, without TCP"),
    ):
        EmbeddedPostgres(data_dir, tcp_port=_free_port()).start()


def test_a_data_directory_of_another_version_is_refused(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST).start():
        pass
    assert stops(data_dir)
    (data_dir / "cluster" / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 14, but PostgreSQL \d+ is installed"):
        EmbeddedPostgres(data_dir).start()


def test_a_server_that_cannot_start_shows_the_end_of_its_log(data_dir: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="no_such_setting"):
        EmbeddedPostgres(data_dir, settings={**FAST, "no_such_setting": "1"}).start()
    assert stops(data_dir)
    with EmbeddedPostgres(data_dir, settings=FAST).start() as lease:
        assert lease.port == 5432


def test_a_data_directory_may_vanish_under_a_running_server(data_dir: Path) -> None:
    lease = EmbeddedPostgres(data_dir, settings=FAST).start()
    assert server_pids(data_dir)
    shutil.rmtree(data_dir)
    lease.close()
    eventually(lambda: not server_pids(data_dir))
    eventually(lambda: not keeper_pids(data_dir))


def test_the_default_data_directory_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_data_dir() == Path("/var/lib/matricula")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", "/home/user")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert default_data_dir() == Path("/home/user/.local/share/matricula")
    monkeypatch.setenv("XDG_DATA_HOME", "/elsewhere")
    assert default_data_dir() == Path("/elsewhere/matricula")
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    assert default_data_dir() == Path("/home/user/.local/share/matricula")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
