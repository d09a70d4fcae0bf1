"""The contract of kept answers: told again to the same request, part of the transaction, refused to another request."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from application.shared.caller import Caller, Role
from application.shared.errors import AlreadyExists, InvalidField, KeyReused
from application.shared.idempotency import KEPT_FOR, LONGEST_KEY, KeyedRequest, Told, require_key
from application.shared.institutions import InstitutionFields, KeepInstitutions
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference
from infrastructure.bootstrap.persistence import Persistence
from infrastructure.persistence.memory import kept_answers
from infrastructure.persistence.postgres.kept_answers import SWEPT_AT_ONCE
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.contracts.arranging import Stored
from tests.support.builders import SequentialIds, a_department, an_institution
from tests.support.postgres import PostgresDatabase, in_thread, run_sql

ASKED = KeyedRequest.of("registrar", "key-1", "create thing", "{}")


async def _answer(stored: Stored, request: KeyedRequest, answer: str) -> str:
    """What the request is told: what it was told before, or else `answer`."""
    async with stored.persistence.work(stored.institution) as work:
        before = await work.kept_answers.claim(request)
        if before is not None:
            return before
        await work.kept_answers.keep(Told(request, answer))
        return answer


async def _found(stored: Stored, request: KeyedRequest) -> str | None:
    async with stored.persistence.work(stored.institution) as work:
        return await work.kept_answers.find(request)


async def test_the_same_request_is_told_the_same_again(stored: Stored) -> None:
    assert await _answer(stored, ASKED, '{"n":1}') == '{"n":1}'
    assert await _answer(stored, ASKED, '{"n":2}') == '{"n":1}'
    assert await _found(stored, ASKED) == '{"n":1}'


@pytest.mark.parametrize(("operation", "asked"), [("create thing", "[]"), ("create other", "{}")])
async def test_a_key_that_comes_with_another_request_is_refused(stored: Stored, operation: str, asked: str) -> None:
    await _answer(stored, ASKED, "{}")
    other = KeyedRequest.of("registrar", "key-1", operation, asked)

    with pytest.raises(KeyReused):
        await _answer(stored, other, "{}")
    with pytest.raises(KeyReused):
        await _found(stored, other)


async def test_every_caller_and_institution_has_keys_of_their_own(stored: Stored, persistence: Persistence) -> None:
    await _answer(stored, ASKED, '"mine"')
    elsewhere = an_institution("elsewhere")
    await persistence.directory.add(elsewhere)

    assert await _answer(stored, KeyedRequest.of("other", "key-1", "x", ""), '"theirs"') == '"theirs"'
    assert await _answer(Stored(persistence, elsewhere.id), ASKED, '"far"') == '"far"'


async def test_what_is_undone_leaves_no_answer(stored: Stored) -> None:
    async def refused() -> None:
        async with stored.persistence.work(stored.institution) as work:
            assert await work.kept_answers.claim(ASKED) is None
            await work.kept_answers.keep(Told(ASKED, '"lost"'))
            raise AlreadyExists("thing", "code")

    with pytest.raises(AlreadyExists):
        await refused()

    assert await _found(stored, ASKED) is None
    assert await _answer(stored, ASKED, '"kept"') == '"kept"'


async def test_of_twins_that_come_at_once_one_is_served_and_all_are_told_the_same(stored: Stored) -> None:
    department = a_department("CS")

    async def create(number: int) -> str:
        async with stored.persistence.work(stored.institution) as work:
            before = await work.kept_answers.claim(ASKED)
            if before is not None:
                return before
            await work.records(type(department)).add([department])
            await asyncio.sleep(0.05)
            await work.kept_answers.keep(Told(ASKED, str(number)))
            return str(number)

    told = await asyncio.gather(*(create(number) for number in range(5)))

    assert len(set(told)) == 1


@pytest.mark.parametrize("key", ["", "x" * (LONGEST_KEY + 1), "two\nlines"])
def test_a_key_is_short_and_printable(key: str) -> None:
    with pytest.raises(InvalidField):
        require_key(key)


async def test_an_outdated_answer_is_told_no_more_and_goes(
    stored: Stored, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [KeyedRequest.of("registrar", f"old-{number}", "x", "") for number in range(SWEPT_AT_ONCE + 1)]
    for each in (ASKED, *old):
        await _answer(stored, each, '"old"')

    if isinstance(stored.persistence, PostgresPersistence):
        database: PostgresDatabase = request.getfixturevalue("postgres_database")
        outdated = "UPDATE kept_answers SET kept_until = now() - interval '1 s'"
        await asyncio.to_thread(lambda: in_thread(lambda: run_sql(database.owner_url, outdated)))
    else:
        tomorrow = datetime.now(UTC) + KEPT_FOR + timedelta(seconds=1)
        monkeypatch.setattr(kept_answers, "datetime", _ClockAt(tomorrow))

    assert await _found(stored, ASKED) is None
    assert await _answer(stored, KeyedRequest.of("registrar", "key-1", "another thing", ""), '"new"') == '"new"'
    assert await _answer(stored, old[-1], '"again"') == '"again"'


class _ClockAt:
    """Stands for `datetime` where only the present is asked for."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self, _zone: object) -> datetime:
        return self._moment


SOMEBODY = Caller(InstitutionId(UUID(int=0)), "somebody", frozenset({Role.ADMINISTRATOR}))
FIELDS = InstitutionFields(code="north", name="North")


async def test_an_institution_is_founded_once_for_a_key(persistence: Persistence) -> None:
    institutions = KeepInstitutions(persistence.directory, SequentialIds())

    answers = [await institutions.found_once(SOMEBODY, FIELDS, "k") for _ in range(2)]
    twins = await asyncio.gather(
        *(institutions.found_once(SOMEBODY, FIELDS.model_copy(update={"code": "twin"}), "twin") for _ in range(3))
    )

    assert [answer.is_replay for answer in answers] == [False, True]
    assert answers[0].view == answers[1].view == await institutions.find(Reference(code="north"))
    assert len({answer.view.id for answer in twins}) == 1
    assert sum(not answer.is_replay for answer in twins) == 1


async def test_a_founders_key_with_another_request_or_a_code_that_is_taken_is_refused(persistence: Persistence) -> None:
    institutions = KeepInstitutions(persistence.directory, SequentialIds())
    await institutions.found_once(SOMEBODY, FIELDS, "k")

    with pytest.raises(KeyReused):
        await institutions.found_once(SOMEBODY, FIELDS.model_copy(update={"name": "Other"}), "k")
    with pytest.raises(AlreadyExists):
        await institutions.found_once(SOMEBODY, FIELDS, "another key")


async def test_the_answers_of_an_institution_go_with_it(persistence: Persistence) -> None:
    institutions = KeepInstitutions(persistence.directory, SequentialIds())
    founded = (await institutions.found_once(SOMEBODY, FIELDS, "k")).view

    await persistence.directory.remove(InstitutionId(founded.id), None)

    assert (await institutions.found_once(SOMEBODY, FIELDS, "k")).is_replay is False
