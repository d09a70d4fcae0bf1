"""The file of a backup is there whole or not at all; what is broken off leaves neither it nor a running pg_dump."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from sqlalchemy import make_url

from interfaces.cli.archive_file import new_archive
from tests.interfaces.cli.conftest import Matricula
from tests.support.postgres import PostgresDatabase

ENDLESS = """#!/bin/sh
cd {folder}
echo $$ > pid
echo "$0 $*" > arguments
echo "$PGPASSWORD" > password
head -c 1000000 /dev/zero
exec sleep 600
"""


def test_a_backup_is_for_its_owner_alone(tmp_path: Path) -> None:
    with new_archive(tmp_path / "file", force=False) as stream:
        stream.write(b"content")
        assert [path.name for path in tmp_path.iterdir()] == ["file.partial"]

    assert (tmp_path / "file").read_bytes() == b"content"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.mark.parametrize("force", [False, True])
def test_a_failure_leaves_what_was_there(tmp_path: Path, force: bool) -> None:
    if force:
        (tmp_path / "file").write_bytes(b"before")
    before = list(tmp_path.iterdir())

    with pytest.raises(ZeroDivisionError), new_archive(tmp_path / "file", force=force) as stream:
        stream.write(b"%d" % (1 // 0))

    assert list(tmp_path.iterdir()) == before
    assert not force or (tmp_path / "file").read_bytes() == b"before"


@pytest.mark.parametrize("name", ["file", "file.partial"])
def test_an_existing_file_is_replaced_by_force_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"before")

    with pytest.raises(typer.BadParameter, match="--force"), new_archive(tmp_path / "file", force=False):
        pass
    assert (tmp_path / name).read_bytes() == b"before"

    with new_archive(tmp_path / "file", force=True) as stream:
        stream.write(b"after")
    assert (tmp_path / "file").read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(typer.BadParameter, match="no regular file"), new_archive(tmp_path / "pipe", force=True):
        pass

    assert (tmp_path / "pipe").is_fifo()


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as full, new_archive(tmp_path / "file", force=False):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert full.value.filename == str(tmp_path / "file")


def test_a_backup_to_standard_output_has_no_report_in_it(matricula: Matricula) -> None:
    outcome = matricula("db", "backup", "-", "--json")

    assert outcome.code == 2
    assert "name a file" in outcome.errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_backup_that_is_broken_off_leaves_no_file_and_its_password_is_in_no_argument(
    postgres_database: PostgresDatabase, tmp_path: Path, number: signal.Signals
) -> None:
    programs, files = tmp_path / "programs", tmp_path / "files"
    partial = files / "file.partial"
    programs.mkdir()
    files.mkdir()
    (programs / "pg_dump").write_text(ENDLESS.format(folder=programs))
    (programs / "pg_dump").chmod(0o755)
    named = {
        **postgres_database.environment,
        "MATRICULA_DATABASE_OWNER_URL": postgres_database.owner_url,
        "MATRICULA_POSTGRES_PROGRAMS": str(programs),
    }
    backup = subprocess.Popen(
        [sys.executable, "-m", "interfaces.main.cli", "db", "backup", str(files / "file")],
        env=os.environ | named,
    )
    try:
        _wait_until(lambda: partial.exists() and partial.stat().st_size > 0)
        assert backup.poll() is None
        backup.send_signal(number)
        code = backup.wait(30)
    finally:
        backup.kill()
        backup.wait()

    assert code == 130
    assert list(files.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int((programs / "pid").read_text()), 0)
    password = make_url(postgres_database.owner_url).password
    assert (programs / "password").read_text().strip() == password
    assert password not in (programs / "arguments").read_text()


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
