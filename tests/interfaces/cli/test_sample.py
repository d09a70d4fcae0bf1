"""`matricula import sample` and `replay sample`: a made-up university in any database, and its registration day."""

import asyncio
import json

import pytest

from tests.interfaces.cli.conftest import Matricula
from tests.interfaces.cli.test_on_postgres import name_database
from tests.interfaces.registration_day.fake_server import ENROLLED, FakeServer
from tests.support.postgres import PostgresDatabase

SAMPLE = ("import", "sample", "--term", "DEMO", "--students", "20")


def test_a_second_import_is_refused_or_with_once_changes_nothing(
    matricula: Matricula, monkeypatch: pytest.MonkeyPatch, postgres_database: PostgresDatabase
) -> None:
    name_database(monkeypatch, postgres_database)

    first = matricula(*SAMPLE, "--json")
    before = matricula("verify", "--term", "DEMO", "--json")
    again = matricula(*SAMPLE)
    once = matricula(*SAMPLE, "--once")

    assert [first.code, again.code, once.code] == [0, 3, 0]
    assert json.loads(first.output)["created"]["students"] == 20
    assert "There is a term DEMO already." in once.errors
    assert matricula("verify", "--term", "DEMO", "--json").output == before.output


def test_a_term_that_can_have_no_such_code_is_refused_plainly(matricula: Matricula) -> None:
    outcome = matricula("import", "sample", "--term", "S 1", "--students", "20")

    assert outcome.code == 3
    assert outcome.errors.startswith("matricula: code: must be 1 to 64 letters, digits or . _ + & ' -")


async def test_the_students_of_the_import_ask_for_the_courses_of_the_import(matricula: Matricula) -> None:
    async with FakeServer(lambda _student, courses: [ENROLLED] * len(courses)).running() as server:
        command = ("replay", "sample", "--term", "DEMO", "--students", "20", "--url", server.url, "--json")
        outcome = await asyncio.to_thread(matricula, *command)
        other = await asyncio.to_thread(matricula, *command, "--seed", "2")

    students = {student for student, _ in server.asked}
    assert (outcome.code, other.code, len(students)) == (0, 0, 20)
    assert {document["term"] for document in server.documents} == {"code:DEMO"}
    assert json.loads(outcome.output)["enrolled"] + json.loads(other.output)["enrolled"] == len(server.asked)
