"""REST and the Python door give the same answers to the same questions, field by field."""

from collections.abc import AsyncIterator

import httpx
import pytest

from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from interfaces.inprocess import open_matricula
from interfaces.inprocess.door import SettingsGiven
from interfaces.main.asgi import app_for
from tests.interfaces.inprocess.doors import Json, PythonDoor, RestDoor, comparable
from tests.interfaces.inprocess.scenario import play
from tests.support.postgres import PostgresDatabase


@pytest.fixture(params=["memory", "postgres"])
def given(request: pytest.FixtureRequest) -> SettingsGiven:
    """The settings of both doors; on PostgreSQL they share a database, each with an institution of its own."""
    if request.param == "memory":
        return {"persistence": "memory"}
    database: PostgresDatabase = request.getfixturevalue("postgres_database")
    return {
        "persistence": "postgres",
        "database_url": database.app_url,
        "database_pooler": database.pooler.value,
        "pool_size": 2,
    }


@pytest.fixture
async def rest(given: SettingsGiven) -> AsyncIterator[RestDoor]:
    app = app_for(Container(settings=Settings.from_environment(**given)))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://matricula",
            headers={"X-Matricula-Institution": "rest", "X-Matricula-Actor": "administrator:office-1"},
        ) as client,
    ):
        founded = await client.post("/v1/institutions", json={"code": "rest", "name": "Through REST"})
        assert founded.status_code == httpx.codes.CREATED
        yield RestDoor(client)


@pytest.fixture
async def python(given: SettingsGiven) -> AsyncIterator[PythonDoor]:
    async with open_matricula(**given) as matricula:
        await matricula.founding_caller("python")
        yield PythonDoor(matricula, await matricula.caller("python", subject="office-1"))


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
    assert outcomes(answers["waitlisted"]) == outcomes(answers["the same key again"]) == ["waitlisted"]
    assert outcomes(answers["above capacity"]) == ["enrolled"]
    assert answers["the same key for something else"]["code"] == "idempotency_key_reused"
    assert answers["entry afterwards"]["status"] == "promoted"
    assert answers["nothing moves"] == {"terms": []}
    assert {event["kind"] for event in answers["audit events"]["items"]} == {
        "registration_request",
        "section_revision",
        "permission",
        "permission_revocation",
    }
    assert answers["no such key"]["code"] == "invalid_field"
    assert answers["stale change"]["code"] == "stale_write"
    assert answers["a code that is taken"]["code"] == "already_exists"
    assert answers["a record in use"]["code"] == "still_referenced"


def outcomes(answer: Json) -> list[str]:
    """The outcome of each action of a registration request."""
    return [decision["outcome"] for decision in answer["decisions"]]
