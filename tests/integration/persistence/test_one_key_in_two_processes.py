"""The same idempotency key, at the same moment, in two processes: one effect, and the same answer to both."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from itertools import cycle

import pytest

from application.registration.addressees import Addressees
from application.registration.desk import RegistrationDesk
from application.registration.dto import AddAction, RegistrationRequestFields
from application.registration.register import Answered, Register
from application.shared.caller import Caller, Role
from application.shared.errors import KeyReused
from infrastructure.identifiers import TimeOrderedIds
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.integration.persistence.careless import NOW, Stage
from tests.support.builders import FixedClock
from tests.support.postgres import PostgresDatabase, connect

EACH = 8


@pytest.fixture
async def processes(stage: Stage, postgres_database: PostgresDatabase) -> AsyncIterator[list[Register]]:
    """The use case of two processes: each has its own connections, desk and identifiers."""
    del stage
    both = [PostgresPersistence(postgres_database.engine(EACH)) for _ in range(2)]
    clock, ids = FixedClock(NOW), TimeOrderedIds()
    yield [Register(RegistrationDesk(own.work, ids), Addressees(own.reading), clock, ids) for own in both]
    for own in both:
        await own.close()


def a_request(stage: Stage, section: str) -> RegistrationRequestFields:
    """A request of the first student for one section."""
    add = AddAction(action="add", offering="code:CS-1", sections=(f"code:{section}",))
    return RegistrationRequestFields(student=str(stage.students[0]), term=str(stage.term), actions=(add,))


def under_one_key(
    processes: list[Register], stage: Stage, *requests: RegistrationRequestFields
) -> list[Coroutine[object, object, Answered]]:
    """The requests in turn, each by the next process, `EACH` times and all under one key."""
    caller = Caller(stage.institution, "office", frozenset({Role.REGISTRAR}))
    pairs = zip(processes * EACH, cycle(requests), strict=False)
    return [process.answer(caller, request, "once") for process, request in pairs]


async def count(database: PostgresDatabase, stage: Stage, table: str) -> int:
    """How many rows of the institution a table holds."""
    connection = await connect(database.session_url)
    try:
        await connection.execute(f"SET app.institution_id = '{stage.institution}'")
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))
    finally:
        await connection.close()


async def test_the_effect_is_one_and_the_answers_are_equal(
    processes: list[Register], stage: Stage, postgres_database: PostgresDatabase
) -> None:
    answered = await asyncio.gather(*under_one_key(processes, stage, a_request(stage, "A")))

    assert len({answer.view.model_dump_json() for answer in answered}) == 1
    assert [answer.is_replay for answer in answered].count(False) == 1
    assert answered[0].view.decisions[0].outcome == "enrolled"
    for table in ("enrollments", "audit_events", "idempotency_keys"):
        assert await count(postgres_database, stage, table) == 1


async def test_of_two_requests_under_one_key_the_second_is_refused_everywhere(
    processes: list[Register], stage: Stage, postgres_database: PostgresDatabase
) -> None:
    asked = under_one_key(processes, stage, a_request(stage, "A"), a_request(stage, "B"))

    outcomes = await asyncio.gather(*asked, return_exceptions=True)

    refused = [outcome for outcome in outcomes if isinstance(outcome, KeyReused)]
    answered = {outcome.view.model_dump_json() for outcome in outcomes if isinstance(outcome, Answered)}
    assert (len(refused), len(answered)) == (EACH, 1)
    assert await count(postgres_database, stage, "enrollments") == 1
