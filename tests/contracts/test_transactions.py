"""Units of work: all or nothing, seen by others when done, and blind to other institutions."""

import asyncio
from dataclasses import replace

import pytest

from application.catalog.departments import DEPARTMENTS
from application.registration.ports import Journal
from application.scheduling.rooms import ROOMS
from application.shared.errors import AlreadyExists, UnknownReference
from application.shared.paging import PageQuery
from domain.catalog.department import Department
from domain.registration.decide import decide
from domain.scheduling.room import Room
from domain.shared.reference import Reference
from infrastructure.bootstrap.persistence import Persistence
from tests.contracts.arranging import TERM_ID, Stored
from tests.support.builders import a_course, a_department, a_room, a_small_university, an_institution
from tests.support.domain_builders import a_request, adding, section_id, student_id


class Broken(Exception):  # noqa: N818 - a signal
    """Something goes wrong in the middle of a transaction."""


async def test_an_exception_leaves_everything_as_it_was(stored: Stored) -> None:
    await stored.add(a_room("R1", "Before"), a_room("R2"))

    async def change_much() -> None:
        async with stored.persistence.work(stored.institution) as work:
            rooms = work.records(Room)
            await rooms.add([a_room("R3")])
            await rooms.save(a_room("R1", "After"), 1)
            await rooms.remove(a_room("R2").id, 1)
            raise Broken

    with pytest.raises(Broken):
        await change_much()

    found = await stored.get(Room, a_room("R1").id)
    assert found is not None
    assert (found.entity.name, found.version) == ("Before", 1)
    assert [view.code for view in await stored.walk(ROOMS)] == ["R1", "R2"]
    assert await stored.identify(Room, "code:R2") == a_room("R2").id
    assert await stored.identify(Room, "code:R3") is None


async def test_two_adds_of_which_one_fails_store_nothing(stored: Stored) -> None:
    with pytest.raises(UnknownReference):
        await stored.add(a_department(), replace(a_course(), department_id=a_department("other").id))

    assert await stored.get(Department, a_department().id) is None


async def test_a_list_with_one_bad_record_stores_none_of_it(stored: Stored) -> None:
    await stored.add(a_room("R2"))

    with pytest.raises(AlreadyExists):
        await stored.add(a_room("R1"), replace(a_room("new"), code="R2"), a_room("R3"))

    assert [view.code for view in await stored.walk(ROOMS)] == ["R2"]


async def test_a_decision_that_is_not_committed_takes_no_seat(stored: Stored) -> None:
    await stored.add(*a_small_university())
    request = a_request("s1", adding("CS-101", "A", "A-LAB"))

    async def decide_and_break() -> None:
        async with stored.persistence.work(stored.institution) as work:
            _, effects = decide((await work.book.load(TERM_ID, [request])).facts, [request])
            await work.book.store(TERM_ID, effects, Journal)
            raise Broken

    with pytest.raises(Broken):
        await decide_and_break()

    facts = await stored.facts(request)
    assert facts.next_number == 1
    assert facts.students[student_id("s1")].enrollments == ()
    assert facts.seating[section_id("A")].free == 2


async def test_a_transaction_sees_what_it_has_done(stored: Stored) -> None:
    async with stored.persistence.work(stored.institution) as work:
        await work.records(Room).add([a_room("R1")])
        await work.records(Room).save(a_room("R1", "Changed"), 1)

        assert await work.identify(Room, Reference(code="R1")) == a_room("R1").id
        view = await work.views(ROOMS).one(a_room("R1").id)
        assert view is not None
        assert (view.name, view.version) == ("Changed", 2)
        assert len((await work.views(ROOMS).page(PageQuery())).items) == 1


async def test_others_see_what_is_committed_and_nothing_before(stored: Stored) -> None:
    async with stored.persistence.work(stored.institution) as work:
        await work.records(Room).add([a_room("R1")])

        assert await stored.identify(Room, "code:R1") is None

    assert await stored.identify(Room, "code:R1") == a_room("R1").id


async def test_of_two_changes_from_one_version_the_second_is_stale(stored: Stored) -> None:
    await stored.add(a_room("R1"))

    results = await asyncio.gather(
        *(stored.save(a_room("R1", name), 1) for name in ("one", "other")), return_exceptions=True
    )

    assert sum(result is None for result in results) == 1
    found = await stored.get(Room, a_room("R1").id)
    assert found is not None
    assert found.version == 2


async def test_of_two_records_with_one_code_the_second_is_refused(stored: Stored) -> None:
    twins = (a_room("R1"), replace(a_room("R2"), code="R1"))

    results = await asyncio.gather(*(stored.add(twin) for twin in twins), return_exceptions=True)

    assert [type(result) for result in results if result is not None] == [AlreadyExists]
    assert len(await stored.walk(ROOMS)) == 1


async def test_another_institution_sees_nothing(persistence: Persistence, stored: Stored) -> None:
    await stored.add(*a_small_university(), a_department())
    await stored.register(a_request("s1", adding("MA-1")))
    other = an_institution("other")
    await persistence.directory.add(other)
    elsewhere = Stored(persistence, other.id)

    assert await elsewhere.get(Department, a_department().id) is None
    assert await elsewhere.identify(Department, "code:MATH") is None
    assert await elsewhere.identify(Department, str(a_department().id)) is None
    assert await elsewhere.walk(DEPARTMENTS) == []
    async with persistence.work(other.id) as work:
        assert await work.records(Department).identify_all(["MATH"]) == {}


async def test_institutions_use_the_same_codes_and_ids_without_meeting(
    persistence: Persistence, stored: Stored
) -> None:
    other = an_institution("other")
    await persistence.directory.add(other)
    elsewhere = Stored(persistence, other.id)
    await stored.add(*a_small_university())
    await elsewhere.add(*a_small_university(capacity=1))

    await stored.register(a_request("s1", adding("CS-101")))
    await elsewhere.add(a_department())

    assert (await stored.facts(a_request("s1", adding("CS-101")))).next_number == 2
    facts = await elsewhere.facts(a_request("s1", adding("CS-101")))
    assert facts.next_number == 1
    assert facts.seating[section_id("A")].taken == 0
    with pytest.raises(UnknownReference):
        await stored.add(replace(a_course("X", "1"), department_id=a_department().id))


async def test_an_adapter_that_works_says_so(persistence: Persistence) -> None:
    await persistence.check()
