"""REST and the Python door give the same answers to the same questions, field by field."""

from collections.abc import AsyncIterator

import httpx
import pytest

from interfaces.inprocess import open_matricula
from interfaces.main.asgi import create_app
from tests.interfaces.inprocess.doors import Json, PythonDoor, RestDoor, comparable
from tests.interfaces.inprocess.scenario import play


@pytest.fixture
async def rest(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RestDoor]:
    monkeypatch.setenv("MATRICULA_PERSISTENCE", "memory")
    app = create_app()
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula") as client,
    ):
        founded = await client.post("/v1/institutions", json={"code": "main", "name": "main"})
        assert founded.status_code == httpx.codes.CREATED
        yield RestDoor(client)


@pytest.fixture
async def python() -> AsyncIterator[PythonDoor]:
    async with open_matricula(persistence="memory") as matricula:
        yield PythonDoor(matricula, await matricula.founding_caller())


async def test_the_same_scenario_has_the_same_answers_through_both_doors(rest: RestDoor, python: PythonDoor) -> None:
    through_rest, through_python = comparable(await play(rest)), comparable(await play(python))

    assert [what for what, _ in through_rest] == [what for what, _ in through_python]
    for (what, left), (_, right) in zip(through_rest, through_python, strict=True):
        assert left == right, what


async def test_the_scenario_meets_every_kind_of_answer(python: PythonDoor) -> None:
    answers = dict(comparable(await play(python)))

    assert outcomes(answers["a seat, and a clash"]) == ["enrolled", "rejected"]
    assert outcomes(answers["no seat left"]) == ["rejected"]
    assert outcomes(answers["held"]) == ["rejected"]
    assert outcomes(answers["named sections"]) == ["enrolled"]
    assert outcomes(answers["dropped"]) == ["dropped"]
    assert answers["stale change"]["code"] == "stale_write"
    assert answers["a code that is taken"]["code"] == "already_exists"
    assert answers["a record in use"]["code"] == "still_referenced"


def outcomes(answer: Json) -> list[str]:
    """The outcome of each action of a registration request."""
    return [decision["outcome"] for decision in answer["decisions"]]
