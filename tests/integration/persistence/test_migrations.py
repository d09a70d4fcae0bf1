"""Every revision walks up, down and up again, and what they make is what the rows say."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import sleep

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from application.shared.errors import Unavailable
from infrastructure.persistence.postgres import migrate, rows
from infrastructure.persistence.postgres.embedded.lease import APP_ROLE, OWNER_ROLE
from infrastructure.persistence.postgres.revision import current, head_revision
from tests.support.postgres import PostgresServer, connect


@pytest.fixture
def blank(postgres_server: PostgresServer) -> Iterator[str]:
    """The owner's URL of a database without a schema."""
    database = postgres_server.clone(f"matricula_test_blank_{os.getpid()}", template="template0")
    yield postgres_server.url(OWNER_ROLE, database.name)
    database.drop()


def test_each_revision_can_be_undone_and_done_again(blank: str) -> None:
    for revision in migrate.revisions():
        migrate.upgrade(blank, revision)
        assert current(blank) == revision
        migrate.downgrade(blank, "-1")
        assert current(blank) != revision
        migrate.upgrade(blank, revision)
    assert current(blank) == head_revision()


def test_the_newest_revision_by_name_is_the_last_in_the_order_of_migrations() -> None:
    assert head_revision() == migrate.revisions()[-1]


def test_a_database_that_cannot_be_reached_has_no_revision_to_tell(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        current(f"postgresql+asyncpg://nobody@/nothing?host={tmp_path}&port=5432")


def test_the_migrated_schema_is_the_one_that_the_rows_describe(blank: str) -> None:
    migrate.upgrade(blank)
    assert migrate.check(blank) == []


@pytest.mark.parametrize("module", ["migrate", "erd"])
def test_a_module_that_looks_at_the_tables_loads_them_all_by_itself(module: str) -> None:
    """In a process of its own: here, other tests have loaded them."""
    folder = Path(rows.__file__).parent
    names = [path.stem for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]
    loads = "".join(f"import {rows.__name__}.{name}\n" for name in names)
    program = (
        f"import infrastructure.persistence.postgres.{module}\n"
        f"from {rows.__name__}.base import Row\n"
        f"known = set(Row.metadata.tables)\n{loads}"
        "print(sorted(set(Row.metadata.tables) - known))"
    )

    missing = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert missing == "[]\n"


def test_a_schema_that_differs_from_the_rows_is_noticed(blank: str) -> None:
    migrate.upgrade(blank, "0002")
    assert any("enrollments" in difference for difference in migrate.check(blank))


def test_the_application_stages_imports_where_nobody_makes_temporary_tables(blank: str) -> None:
    privilege = f"SELECT has_database_privilege('{APP_ROLE}', current_database(), 'TEMPORARY')"
    asyncio.run(_execute(blank, f"REVOKE ALL ON DATABASE {make_url(blank).database} FROM PUBLIC"))
    assert asyncio.run(_execute(blank, privilege)) is False

    migrate.upgrade(blank)

    assert asyncio.run(_execute(blank, privilege)) is True


def test_a_migration_lets_others_through_while_something_holds_the_tables(
    blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "_LOCK_SECONDS", 0.3)
    monkeypatch.setattr(migrate, "_PAUSE_SECONDS", 0.3)
    monkeypatch.setattr(migrate, "_TRIES", 3)
    migrate.upgrade(blank, "0015")

    for direction, revision in ((migrate.downgrade, "0014"), (migrate.upgrade, "0015")):
        before, reads = current(blank), 0
        with ThreadPoolExecutor(1) as thread, _dumping(blank):
            migrating = thread.submit(direction, blank, revision)
            while not migrating.done():
                asyncio.run(asyncio.wait_for(_execute(blank, "SELECT count(*) FROM sign_ins, sign_in_failures"), 10))
                reads += 1
            with pytest.raises(Unavailable, match=r"a backup or another long transaction\. Nothing was changed"):
                migrating.result()
        assert reads > 1
        assert current(blank) == before
        direction(blank, revision)
        assert current(blank) == revision


def test_a_migration_goes_on_when_the_tables_are_free_again(blank: str, monkeypatch: pytest.MonkeyPatch) -> None:
    paused = Event()

    def pause(seconds: float) -> None:
        paused.set()
        sleep(seconds)

    monkeypatch.setattr(migrate, "_LOCK_SECONDS", 0.1)
    monkeypatch.setattr(migrate, "_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(migrate, "_TRIES", 300)
    monkeypatch.setattr(migrate, "sleep", pause)
    migrate.upgrade(blank, "0015")

    with ThreadPoolExecutor(1) as thread:
        with _dumping(blank):
            migrating = thread.submit(migrate.downgrade, blank, "0014")
            assert paused.wait(10)
        migrating.result()

    assert current(blank) == "0014"


@contextmanager
def _dumping(url: str) -> Iterator[None]:
    """While the block lasts, hold every table as pg_dump does."""
    with asyncio.Runner() as runner:
        connection = runner.run(connect(url))
        tables = runner.run(
            connection.fetchval("SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'")
        )
        runner.run(connection.execute(f"BEGIN; LOCK TABLE {tables} IN ACCESS SHARE MODE"))
        try:
            yield
        finally:
            runner.run(connection.close())


async def _execute(url: str, statement: str) -> object:
    """What a statement answers first, if anything."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return result.scalar_one() if result.returns_rows else None
    finally:
        await engine.dispose()
