"""`matricula db backup` writes everything that is stored, and `restore` brings it back, whole or not at all."""

import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from application.shared.errors import Conflict
from infrastructure.persistence.postgres import archive, migrate
from infrastructure.persistence.postgres.embedded.binaries import installed_binaries
from infrastructure.persistence.postgres.embedded.lease import APP_ROLE
from infrastructure.persistence.postgres.revision import head_revision
from infrastructure.persistence.postgres.rows.base import Row
from tests.interfaces.cli.archived import (
    INSTITUTIONS,
    STUDENTS,
    answer,
    as_superuser,
    found_two_institutions,
    register,
    tables_of,
)
from tests.interfaces.cli.conftest import Matricula, Outcome
from tests.support.builders import TERM
from tests.support.postgres import PostgresDatabase, PostgresServer, in_thread, run_sql

MAIN, BRANCH = INSTITUTIONS
COUNT_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


@pytest.fixture(scope="module")
def stored(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    """A database with two institutions, which no test changes."""
    database = postgres_server.clone(f"matricula_test_stored_{os.getpid()}")
    found_two_institutions(database)
    yield database
    database.drop()


@pytest.fixture
def copy(stored: PostgresDatabase) -> Iterator[PostgresDatabase]:
    """A copy of it, to change."""
    database = stored.server.clone(f"matricula_test_copied_{os.getpid()}", template=stored.name)
    yield database
    database.drop()


@pytest.fixture
def empty(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    """A database without a schema, in which nobody but its owner may do anything."""
    database = postgres_server.clone(f"matricula_test_restored_{os.getpid()}", template="template0")
    in_thread(lambda: run_sql(as_superuser(database), f'REVOKE ALL ON DATABASE "{database.name}" FROM PUBLIC'))
    yield database
    database.drop()


@pytest.fixture
def on(matricula: Matricula, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Run a command on a database."""

    def run(database: PostgresDatabase, *arguments: str) -> Outcome:
        for name, value in database.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("MATRICULA_DATABASE_OWNER_URL", database.owner_url)
        return matricula(*arguments)

    return run


On = Callable[..., Outcome]


@pytest.fixture
def backed_up(on: On, stored: PostgresDatabase, tmp_path: Path) -> Path:
    """A backup of the two institutions."""
    file = tmp_path / "matricula.backup"
    assert on(stored, "db", "backup", str(file)).code == 0
    return file


def test_every_row_of_every_table_and_institution_comes_back(
    on: On, stored: PostgresDatabase, empty: PostgresDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "matricula.backup"

    written = on(stored, "db", "backup", str(file), "--json")
    read = on(empty, "db", "restore", str(file), "--json")

    assert (written.code, read.code) == (0, 0), written.errors + read.errors
    before = tables_of(stored)
    assert tables_of(empty) == before
    assert len(before) == len(Row.metadata.tables) + 1
    assert [rows for name, (rows, _) in before.items() if name in ("institutions", "terms", "enrollments")] == [2, 2, 2]
    told = json.loads(written.output)
    assert (told["bytes"], told["tables"]) == (file.stat().st_size, len(before))
    assert json.loads(read.output) | {"seconds": 0} == told | {"seconds": 0}
    assert told["revision"] == migrate.revisions()[-1]


def test_a_restored_database_is_sound_keeps_institutions_apart_and_goes_on(
    on: On, backed_up: Path, empty: PostgresDatabase
) -> None:
    assert on(empty, "db", "restore", str(backed_up)).code == 0

    assert on(empty, "db", "check").output == "the schema is as expected\n"
    for institution in INSTITUTIONS:
        assert on(empty, "verify", "--term", TERM, "--institution", institution.code).code == 0
    count = "SELECT count(*) FROM students"
    enter = f"SET app.institution_id = '{BRANCH.id}'"
    assert answer(empty.app_url, count) == 0
    assert answer(empty.app_url, enter, count) == STUDENTS
    assert [decision.rejections for decision in register(empty, BRANCH, [2, 3])] == [(), ()]
    assert answer(empty.app_url, enter, "SELECT count(*) FROM enrollments") == 3


def test_after_a_restore_the_application_may_do_what_it_could_and_plans_are_made_for_the_rows(
    on: On, backed_up: Path, stored: PostgresDatabase, empty: PostgresDatabase
) -> None:
    privileges = (
        "SELECT string_agg(format('%s %s %s', table_name, grantee, privilege_type), ',' ORDER BY table_name,"
        f" privilege_type) FROM information_schema.table_privileges WHERE grantee = '{APP_ROLE}'"
    )
    secured = "SELECT count(*) FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid WHERE relrowsecurity"
    may = f"SELECT has_database_privilege('{APP_ROLE}', current_database(), 'CONNECT, TEMPORARY')"
    owner = as_superuser(empty)

    assert on(empty, "db", "restore", str(backed_up)).code == 0

    assert answer(owner, privileges) == answer(as_superuser(stored), privileges) is not None
    assert answer(owner, secured) == answer(as_superuser(stored), secured) != 0
    assert answer(owner, may) is True
    assert answer(owner, "SELECT reltuples::int FROM pg_class WHERE relname = 'students'") == 2 * STUDENTS


def test_a_backup_in_the_middle_of_registration_is_sound(
    on: On, copy: PostgresDatabase, empty: PostgresDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "matricula.backup"
    with ThreadPoolExecutor(1) as thread:
        registering = thread.submit(register, copy, MAIN, range(2, STUDENTS + 1))
        assert on(copy, "db", "backup", str(file)).code == 0
        assert len(registering.result()) == STUDENTS - 1

    assert on(empty, "db", "restore", str(file)).code == 0

    assert on(empty, "verify", "--term", TERM).code == 0


def test_a_table_that_comes_before_the_revision_may_be_large(
    on: On, copy: PostgresDatabase, empty: PostgresDatabase, tmp_path: Path
) -> None:
    roles = "ARRAY (SELECT left(md5(random()::text), 20) FROM generate_series(1, 1000000))"
    account = f"SELECT '{MAIN.id}', gen_random_uuid(), 'a@b.edu', {roles}, now()"
    large = f"INSERT INTO accounts (institution_id, id, email, roles, created_at) {account}"
    in_thread(lambda: run_sql(as_superuser(copy), large))
    file = tmp_path / "matricula.backup"
    assert on(copy, "db", "backup", str(file)).code == 0
    assert file.stat().st_size > 1 << 23

    restored = on(empty, "db", "restore", str(file))

    assert restored.code == 0, restored.errors
    assert tables_of(empty) == tables_of(copy)


def test_a_backup_goes_through_pipes(on: On, stored: PostgresDatabase, empty: PostgresDatabase, tmp_path: Path) -> None:
    program = (sys.executable, "-m", "interfaces.main.cli", "db")
    on(stored, "db", "current")  # names the database
    with subprocess.Popen([*program, "backup", "-"], stdout=subprocess.PIPE) as writing:
        on(empty, "db", "current")
        done = subprocess.run([*program, "restore", "-"], stdin=writing.stdout, check=False)

    assert (writing.returncode, done.returncode) == (0, 0)
    assert tables_of(empty) == tables_of(stored)


def test_a_backup_that_nobody_reads_on_ends_with_what_a_shell_says_of_a_closed_pipe(
    on: On, stored: PostgresDatabase
) -> None:
    on(stored, "db", "current")  # names the database
    command = [sys.executable, "-m", "interfaces.main.cli", "db", "backup", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as writing:
        assert writing.stdout is not None
        assert writing.stdout.read(5) == b"PGDMP"
        writing.stdout.close()
        _, errors = writing.communicate(timeout=60)

    assert (writing.returncode, errors) == (141, b"")


def test_an_archive_of_an_older_schema_says_what_to_run(
    on: On, empty: PostgresDatabase, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    old = postgres_server.clone(f"matricula_test_old_{os.getpid()}", template="template0")
    try:
        migrate.upgrade(old.owner_url, "0010")
        assert on(old, "db", "backup", str(tmp_path / "old")).code == 0
    finally:
        old.drop()

    restored = on(empty, "db", "restore", str(tmp_path / "old"))

    assert restored.code == 0
    assert f"at revision 0010, not {head_revision()}: run matricula db upgrade" in restored.errors
    assert on(empty, "db", "upgrade").code == on(empty, "db", "check").code == 0


def test_an_archive_of_a_newer_schema_is_refused(
    on: On, copy: PostgresDatabase, empty: PostgresDatabase, tmp_path: Path
) -> None:
    in_thread(lambda: run_sql(copy.owner_url, "UPDATE alembic_version SET version_num = '9999'"))
    assert on(copy, "db", "backup", str(tmp_path / "new")).code == 0

    refused = on(empty, "db", "restore", str(tmp_path / "new"))

    assert refused.code == 3
    assert "revision 9999, which this program does not know" in refused.errors
    assert answer(empty.owner_url, COUNT_TABLES) == 0


@pytest.mark.parametrize("missing", [1, 5_000, 100_000], ids=["last byte", "rows", "contents"])
def test_a_truncated_archive_leaves_nothing(on: On, backed_up: Path, empty: PostgresDatabase, missing: int) -> None:
    backed_up.write_bytes(backed_up.read_bytes()[:-missing])

    refused = on(empty, "db", "restore", str(backed_up))

    assert refused.code == 3
    assert "pg_restore: error: could not read from input file: end of file" in refused.errors
    assert answer(empty.owner_url, COUNT_TABLES) == 0
    assert answer(empty.owner_url, "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace") == 0


class Failing(io.BytesIO):
    """An archive on a disk that cannot be read to its end."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return piece


@pytest.mark.parametrize("beyond", [0, 2_000], ids=["in the head", "beyond it"])
def test_an_archive_that_cannot_be_read_to_its_end_leaves_nothing(
    backed_up: Path, empty: PostgresDatabase, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    read = backed_up.read_bytes()[:-1]
    monkeypatch.setattr(archive, "_HEAD", len(read) + 1 - beyond)

    with pytest.raises(Conflict, match="The archive cannot be read: Input/output error"):
        archive.restore(empty.owner_url, installed_binaries().bin_dir, Failing(read), None, lambda *_: None)

    assert answer(empty.owner_url, COUNT_TABLES) == 0


@pytest.mark.parametrize("content", [b"", b"id,name\n" * 1000], ids=["empty", "CSV"])
def test_a_file_that_is_no_archive_is_refused(on: On, empty: PostgresDatabase, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)

    refused = on(empty, "db", "restore", str(tmp_path / "file"))

    assert refused.code == 3
    assert "pg_restore: error: " in refused.errors


@pytest.mark.parametrize("change", ["DELETE FROM", "DROP TABLE"])
def test_an_archive_of_something_else_is_refused(
    on: On,
    copy: PostgresDatabase,
    empty: PostgresDatabase,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    change: str,
) -> None:
    in_thread(lambda: run_sql(copy.owner_url, f"{change} alembic_version"))
    monkeypatch.setattr(archive, "_contents", lambda _connection: _nothing())
    assert on(copy, "db", "backup", str(tmp_path / "other")).code == 0

    refused = on(empty, "db", "restore", str(tmp_path / "other"))

    assert refused.code == 3
    assert "no schema's revision is in it" in refused.errors
    assert answer(empty.owner_url, COUNT_TABLES) == 0


async def _nothing() -> tuple[str, int]:
    return "none", 0


def test_a_database_that_is_not_empty_is_left_as_it_is(on: On, backed_up: Path, copy: PostgresDatabase) -> None:
    before = tables_of(copy)

    refused = on(copy, "db", "restore", str(backed_up))

    assert refused.code == 3
    assert f"it has {len(before)} of the tables" in refused.errors
    assert tables_of(copy) == before


def test_what_psql_is_refused_is_told_and_undone(on: On, backed_up: Path, empty: PostgresDatabase) -> None:
    in_thread(lambda: run_sql(empty.owner_url, "CREATE TYPE students AS (name text)"))

    refused = on(empty, "db", "restore", str(backed_up))

    assert refused.code == 3
    assert 'ERROR:  relation "students" already exists' in refused.errors
    assert answer(empty.owner_url, COUNT_TABLES) == 0


def test_a_missing_role_is_named(
    on: On, backed_up: Path, empty: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "APPLICATION_ROLE", "matricula_test_nobody")

    refused = on(empty, "db", "restore", str(backed_up))

    assert refused.code == 3
    assert "The role matricula_test_nobody is missing" in refused.errors
    assert answer(empty.owner_url, COUNT_TABLES) == 0


def test_an_empty_database_is_no_backup(on: On, empty: PostgresDatabase, tmp_path: Path) -> None:
    refused = on(empty, "db", "backup", str(tmp_path / "file"))

    assert (refused.code, list(tmp_path.iterdir())) == (3, [])
    assert "there is nothing to back up" in refused.errors


def test_rows_that_policies_would_hide_fail_the_backup_and_leave_no_file(
    on: On, copy: PostgresDatabase, tmp_path: Path
) -> None:
    in_thread(lambda: run_sql(copy.owner_url, "ALTER TABLE students FORCE ROW LEVEL SECURITY"))

    failed = on(copy, "db", "backup", str(tmp_path / "file"))

    assert (failed.code, list(tmp_path.iterdir())) == (3, [])
    assert 'would be affected by row-level security policy for table "students"' in failed.errors
