"""Commands on a database that the settings name: they use it as it is, and migrate it only when told to."""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

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


@pytest.mark.parametrize("command", [("verify", "--term", "T"), ("db", "current")], ids=" ".join)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": "nobody"}, "PostgreSQL at {there} refuses the role nobody or its password."),
        ({"database": "nowhere"}, "There is no database nowhere at {there}."),
        ({"host": "nowhere.invalid", "query": {}}, "The host nowhere.invalid of the database is not known."),
        ({"host": "127.0.0.1", "port": 1, "query": {}}, "No PostgreSQL listens at 127.0.0.1:1."),
    ],
    ids=["role", "database", "host", "port"],
)
def test_a_url_that_leads_nowhere_is_explained_without_its_password(
    matricula: Matricula,
    monkeypatch: pytest.MonkeyPatch,
    postgres_database: PostgresDatabase,
    command: tuple[str, ...],
    changes: dict[str, Any],
    said: str,
) -> None:
    right = make_url(postgres_database.session_url)
    password = right.password if "database" in changes else "secret"
    wrong = right.set(**{"password": password, **changes})
    for name in ("MATRICULA_DATABASE_URL", "MATRICULA_DATABASE_OWNER_URL"):
        monkeypatch.setenv(name, wrong.render_as_string(hide_password=False))

    outcome = matricula(*command)

    there = f"{right.host or right.query['host']}:{right.port or right.query['port']}"
    assert (outcome.code, outcome.errors) == (4, f"matricula: {said.format(there=there)}\n")
