"""How PostgreSQL's programs find a database, and how what pg_restore prints gets to a server of an older version."""

from pathlib import Path
from threading import Thread

import pytest

from application.shared.errors import Conflict
from infrastructure.persistence.postgres.archive import run_in_one_transaction
from infrastructure.persistence.postgres.programs import Program, environment_for

SCRIPT = "SET lock_timeout = 0;\nSET transaction_timeout = 0;\nSELECT 1;\n"


def program(path: Path, body: str, *, prints: bool = True) -> Program:
    """A program that is a line of shell."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return Program(path, environment={"PATH": "/usr/bin:/bin"}, prints=prints)


def test_a_url_becomes_an_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOSTADDR", "192.0.2.1")
    monkeypatch.setenv("PGSSLROOTCERT", "/root.crt")

    found = environment_for("postgresql+asyncpg://me:p%40ss@db.example:5433/m?ssl=verify-full")

    assert {name: value for name, value in found.items() if name.startswith("PG")} == {
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "me",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "m",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/root.crt",
        "PGAPPNAME": "matricula",
        "PGCONNECT_TIMEOUT": "10",
    }


def test_several_hosts_are_tried_in_turn() -> None:
    found = environment_for("postgresql+asyncpg://me@/m?host=one:5432&host=two:5433")

    assert (found["PGHOST"], found["PGPORT"]) == ("one,two", "5432,5433")


@pytest.mark.parametrize(("version", "is_set"), [(15, False), (16, False), (17, True), (18, True)])
def test_a_setting_that_an_older_server_does_not_know_is_left_out(tmp_path: Path, version: int, is_set: bool) -> None:
    with (
        program(tmp_path / "pg_restore", f"printf '%s' '{SCRIPT}'") as pg_restore,
        program(tmp_path / "psql", f"cat > {tmp_path}/ran", prints=False) as psql,
    ):
        run_in_one_transaction(pg_restore, psql, version)
        psql.succeed()

    ran = (tmp_path / "ran").read_text()
    assert ran.startswith("BEGIN;\nSET lock_timeout = 0;\n")
    assert ran.endswith("COMMIT;\n")
    assert ("transaction_timeout" in ran) is is_set
    assert "SELECT 1;" in ran


def test_nothing_is_committed_when_pg_restore_fails_in_the_end(tmp_path: Path) -> None:
    failing = f"printf '%s' '{SCRIPT}'; echo 'pg_restore: error: it is broken' >&2; exit 1"
    with (
        program(tmp_path / "pg_restore", failing) as pg_restore,
        program(tmp_path / "psql", f"cat > {tmp_path}/ran", prints=False) as psql,
    ):
        with pytest.raises(Conflict, match="it is broken"):
            run_in_one_transaction(pg_restore, psql, 18)
        psql.end_input()
        psql.succeed()

    assert "COMMIT" not in (tmp_path / "ran").read_text()


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="nowhere cannot be run: No such file"):
        Program(tmp_path / "nowhere", environment={})


def test_what_a_program_leaves_behind_is_not_waited_for(tmp_path: Path) -> None:
    def leave_early() -> None:
        with program(tmp_path / "program", "head -c 10000000 /dev/zero; exit") as endless:
            endless.read(1)

    leaving = Thread(target=leave_early, daemon=True)
    leaving.start()
    leaving.join(20)

    assert not leaving.is_alive()
