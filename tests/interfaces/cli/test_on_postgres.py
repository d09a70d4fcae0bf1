"""Commands on a database that the settings name: they use it as it is, and migrate it only when told to."""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from tests.interfaces.cli.conftest import Matricula
from tests.interfaces.itc2019.files import write
from tests.support.postgres import PostgresDatabase, PostgresServer


@pytest.fixture
def empty_database(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    """A database without a schema."""
    database = postgres_server.clone(f"matricula_test_empty_{os.getpid()}", template="template1")
    yield database
    database.drop()


def name_database(monkeypatch: pytest.MonkeyPatch, database: PostgresDatabase) -> None:
    """Let the settings name a database."""
    for name, value in database.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MATRICULA_DATABASE_OWNER_URL", database.owner_url)


def test_a_term_is_imported_verified_and_exported(
    matricula: Matricula, monkeypatch: pytest.MonkeyPatch, postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    name_database(monkeypatch, postgres_database)
    xml, timetable = write(tmp_path)

    imported = matricula("import", "itc2019", str(xml), "--timetable", str(timetable), "--term", "T", "--json")
    verified = matricula("verify", "--term", "T", "--json")
    exported = matricula("export", "enrollments", "--term", "T", "-o", str(tmp_path / "rows.csv"))

    assert [imported.code, verified.code, exported.code] == [0, 0, 0]
    assert json.loads(verified.output)["sections"] == json.loads(imported.output)["created"]["sections"]
    with (tmp_path / "rows.csv").open() as stream:
        assert list(csv.reader(stream)) == [["student_code", "course_code", "section_code", "status"]]


@pytest.mark.parametrize("command", [("verify", "--term", "T"), ("serve", "--port", "0")], ids=" ".join)
def test_a_database_without_schema_is_not_migrated_silently(
    matricula: Matricula,
    monkeypatch: pytest.MonkeyPatch,
    empty_database: PostgresDatabase,
    command: tuple[str, ...],
) -> None:
    name_database(monkeypatch, empty_database)

    outcome = matricula(*command)

    assert outcome.code == 4
    assert "run matricula db upgrade" in outcome.errors
    assert json.loads(matricula("db", "current", "--json").output)["current"] is None


def test_a_database_is_migrated_when_told_and_is_then_as_expected(
    matricula: Matricula, monkeypatch: pytest.MonkeyPatch, empty_database: PostgresDatabase
) -> None:
    name_database(monkeypatch, empty_database)

    assert matricula("db", "upgrade").code == 0
    assert matricula("db", "check").code == 0
    assert matricula("verify", "--term", "T").errors == "matricula: There is no institution code:main.\n"


def test_a_database_that_is_away_ends_with_4(matricula: Matricula, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_DATABASE_URL", "postgresql://role:secret@127.0.0.1:1/nowhere")

    outcome = matricula("verify", "--term", "T")

    assert (outcome.code, outcome.errors) == (4, "matricula: No PostgreSQL listens at 127.0.0.1:1.\n")


COMMANDS = pytest.mark.parametrize(
    "command", [("verify", "--term", "T"), ("serve", "--port", "0"), ("db", "current")], ids=" ".join
)


def fail_at(matricula: Matricula, monkeypatch: pytest.MonkeyPatch, url: URL, command: tuple[str, ...]) -> str:
    """What a command says of a database that it does not reach."""
    for name in ("MATRICULA_DATABASE_URL", "MATRICULA_DATABASE_OWNER_URL"):
        monkeypatch.setenv(name, url.render_as_string(hide_password=False))
    outcome = matricula(*command)
    assert outcome.code == 4
    return outcome.errors


@COMMANDS
def test_what_the_server_refuses_is_told_without_the_password(
    matricula: Matricula,
    monkeypatch: pytest.MonkeyPatch,
    postgres_database: PostgresDatabase,
    command: tuple[str, ...],
) -> None:
    url = make_url(postgres_database.session_url)
    there = f"{url.host or url.query['host']}:{url.port or url.query['port']}"

    role = fail_at(matricula, monkeypatch, url.set(username="nobody", password="secret"), command)
    database = fail_at(matricula, monkeypatch, url.set(database="nowhere"), command)

    assert role == f"matricula: PostgreSQL at {there} refuses the role nobody or its password.\n"
    assert database == f"matricula: There is no database nowhere at {there}.\n"


@COMMANDS
def test_a_url_that_leads_to_no_server_is_explained(
    matricula: Matricula, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    host = fail_at(matricula, monkeypatch, make_url("postgresql://ada:secret@nowhere.invalid/records"), command)
    port = fail_at(matricula, monkeypatch, make_url("postgresql://ada:secret@localhost:1/records"), command)

    assert host == "matricula: The host nowhere.invalid of the database is not known.\n"
    assert port == "matricula: No PostgreSQL listens at localhost:1.\n"
