"""The log says nothing about people: not in paths, and not in errors, their causes and the database's details."""

import json
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
import structlog
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from infrastructure.persistence.postgres.engine import make_engine
from interfaces.main.asgi import app_for
from interfaces.main.logging import configure_logging
from tests.interfaces.rest.university import University
from tests.support.postgres import PostgresDatabase

MARIA = ("Maria", "Quispe", "maria.quispe@students.example", "2019-4711", "4711")
STUDENT = {
    "code": "2019-4711",
    "given_name": "Maria",
    "family_name": "Quispe",
    "email": "maria.quispe@students.example",
}

SOMEBODY = {"name": "Maria Quispe"}
TOLD = f"no row of code:{STUDENT['code']} <{STUDENT['email']}>"

_log = structlog.get_logger("test")


class Person(BaseModel):
    name: int


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    # What the client itself logs is not of the server.
    monkeypatch.setattr(logging.getLogger("httpx"), "disabled", True)
    app = app_for(Container(settings=Settings.from_environment(persistence="memory")))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://matricula.test") as client,
    ):
        yield client


def logged(capsys: pytest.CaptureFixture[str]) -> str:
    """What was logged, all of it."""
    configure_logging("error", "json")
    return capsys.readouterr().err


def assert_nobody_in(log: str) -> None:
    assert [line for line in log.splitlines() if any(word in line for word in MARIA)] == []


async def test_requests_about_somebody_are_logged_without_them(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await University(client).build()
    configure_logging("debug", "json")
    capsys.readouterr()
    assert (await client.post("/v1/students", json=STUDENT)).status_code == 201
    assert (await client.post("/v1/students", json=STUDENT)).status_code == 409
    assert (await client.post("/v1/students", json={**STUDENT, "class_level": "Maria"})).status_code == 422
    for path in (
        "/v1/students/code:2019-4711",
        "/v1/students/code:2019-4711/schedule?term=code:2026-1",
        "/v1/students/maria.quispe@students.example",
        "/v1/students?q=Maria&email=maria.quispe@students.example",
        "/v1/Quispe/Maria",
        "/%4daria",
    ):
        await client.get(path, headers={"X-Matricula-Actor": "student:code:2019-4711"})
    log = logged(capsys)

    assert [json.loads(line)["event"] for line in log.splitlines()].count("request") == 9
    assert_nobody_in(log)


async def test_a_defect_is_logged_with_its_place_and_without_whom_it_was_about(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_arguments: object) -> None:
        raise KeyError(TOLD)

    monkeypatch.setattr("interfaces.rest.callers.KnownInstitutions.find", fails)
    configure_logging("debug", "json")
    answer = await client.get("/v1/students/code:2019-4711")
    log = logged(capsys)

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert_nobody_in(log + answer.text)
    (event,) = [event for line in log.splitlines() if (event := json.loads(line))["event"] == "unhandled_error"]
    assert "in fails" in event["exception"]
    assert event["exception"].endswith("KeyError")


@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_what_the_database_says_of_a_row_is_not_logged(
    log_format: str, postgres_database: PostgresDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("debug", "json" if log_format == "json" else "console")
    engine = make_engine(postgres_database.session_url)
    twice = "INSERT INTO people VALUES (:name), (:name)"
    cast = "SELECT CAST(CAST(:name AS text) AS uuid)"
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TEMPORARY TABLE people (name text CONSTRAINT uq_people UNIQUE)"))
        await connection.commit()
        for statement in (twice, cast):
            try:
                await connection.execute(text(statement), SOMEBODY)
            except DBAPIError:
                _log.exception("failed")
            await connection.rollback()
    await engine.dispose()
    log = logged(capsys)

    assert_nobody_in(log)
    assert "sqlstate 23505, constraint_name uq_people" in log
    assert "sqlstate 22P02" in log
    assert "sqlalchemy.exc.IntegrityError" in log


def test_an_input_that_is_not_valid_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("debug", "json")
    try:
        Person.model_validate(SOMEBODY)
    except ValueError:
        _log.exception("failed")
    log = logged(capsys)

    assert_nobody_in(log)
    assert "int_parsing at ('name',)" in log


def test_causes_and_parts_of_a_group_are_told_as_discreetly(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("debug", "json")
    group = ExceptionGroup("several", [RuntimeError(TOLD)])
    group.__cause__ = ValueError(TOLD)
    _log.error("failed", exc_info=group)
    log = logged(capsys)

    assert_nobody_in(log)
    exception = json.loads(log)["exception"]
    assert exception.index("ValueError") < exception.index("ExceptionGroup")
    assert exception.index("ExceptionGroup") < exception.index("RuntimeError: no row of code:* <*@*>")
