"""An offering is changed while somebody is being seated in it: the change sees who sits there in the end."""

import asyncio

import pytest

from application.registration.ports import Journal
from application.scheduling.offerings import ComponentFields, ConfigurationFields, OfferingFields
from application.shared.caller import Caller, Role
from application.shared.errors import Conflict
from application.shared.records import RecordKeeping
from domain.registration.decide import decide
from domain.scheduling.offering import CourseOffering
from domain.shared.reference import Reference
from tests.contracts.arranging import OFFERINGS, TERM_ID, Stored
from tests.support.builders import TERM, SequentialIds, a_small_university, an_offering
from tests.support.domain_builders import a_request, adding

LECTURE, LABORATORY = ComponentFields(name="LEC"), ComponentFields(name="LAB")
MATH = an_offering("MA-1").id
CHANGES = {
    "a further course": OfferingFields(
        term=f"code:{TERM}",
        course="code:MA-1",
        configurations=(ConfigurationFields(components=(LECTURE,)),),
        cross_listed=("code:CS-101",),
    ),
    "a further component": OfferingFields(
        term=f"code:{TERM}", course="code:MA-1", configurations=(ConfigurationFields(components=(LECTURE, LABORATORY)),)
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_who_was_seated_meanwhile_stands_in_the_way(change: str, stored: Stored) -> None:
    await stored.add(*a_small_university())
    before = await stored.get(CourseOffering, MATH)
    caller = Caller(stored.institution, "registrar", frozenset({Role.REGISTRAR}))
    offerings = RecordKeeping(OFFERINGS, stored.persistence.work, stored.persistence.reading, SequentialIds())
    request = a_request("s1", adding("MA-1", "M"))

    async with stored.persistence.work(stored.institution) as registering:
        _, effects = decide((await registering.book.load(TERM_ID, [request])).facts, [request])
        changing = asyncio.create_task(offerings.replace(caller, Reference.of(MATH), CHANGES[change], None))
        # It has looked who sits there, and waits.
        await asyncio.wait([changing], timeout=0.5)
        assert not changing.done()
        await registering.book.store(TERM_ID, effects, Journal)

    with pytest.raises(Conflict, match="Students sit in section M"):
        await changing
    assert await stored.get(CourseOffering, MATH) == before


@pytest.mark.parametrize("change", CHANGES)
async def test_where_nobody_sits_nothing_does(change: str, stored: Stored) -> None:
    await stored.add(*a_small_university())
    caller = Caller(stored.institution, "registrar", frozenset({Role.REGISTRAR}))
    offerings = RecordKeeping(OFFERINGS, stored.persistence.work, stored.persistence.reading, SequentialIds())

    changed = await offerings.replace(caller, Reference.of(MATH), CHANGES[change], None)

    assert changed.version == 2
