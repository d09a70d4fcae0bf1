"""The `InstitutionDirectory` port: institutions across tenants."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from application.shared.errors import AlreadyExists, InvalidRequest, StaleWrite, StillReferenced
from application.shared.institutions import InstitutionView
from application.shared.paging import PageQuery
from domain.shared.reference import Reference
from infrastructure.bootstrap.persistence import Persistence
from tests.contracts.arranging import Stored
from tests.support.builders import a_department, a_small_university, an_institution
from tests.support.domain_builders import identifier


async def test_a_founded_institution_is_found_by_id_and_by_code(persistence: Persistence) -> None:
    main, other = an_institution("main", "Universidad Ñ"), an_institution("other")
    await persistence.directory.add(main)
    await persistence.directory.add(other)

    view = InstitutionView(id=main.id, code="main", name="Universidad Ñ", time_zone="America/Bogota", version=1)
    assert await persistence.directory.find(Reference.of(main.id)) == view
    assert await persistence.directory.find(Reference(code="main")) == view


async def test_what_is_not_there_is_not_found(persistence: Persistence) -> None:
    await persistence.directory.add(an_institution("main"))
    await persistence.directory.add(an_institution("other"))

    assert await persistence.directory.find(Reference(code="Main")) is None
    assert await persistence.directory.find(Reference.of(identifier("nobody", ""))) is None


async def test_without_reference_the_only_institution_is_meant(persistence: Persistence) -> None:
    assert await persistence.directory.find(None) is None

    await persistence.directory.add(an_institution("main"))
    only = await persistence.directory.find(None)
    assert only is not None
    assert only.code == "main"

    await persistence.directory.add(an_institution("other"))
    assert await persistence.directory.find(None) is None


async def test_institutions_have_codes_of_their_own(persistence: Persistence) -> None:
    await persistence.directory.add(an_institution("main"))
    await persistence.directory.add(an_institution("other"))

    with pytest.raises(AlreadyExists) as refused:
        await persistence.directory.add(replace(an_institution("third"), code="main"))
    assert refused.value.parameters == {"kind": "institution", "key": "code"}
    with pytest.raises(AlreadyExists):
        await persistence.directory.save(replace(an_institution("other"), code="main"), 1)
    with pytest.raises(AlreadyExists):
        await persistence.directory.add(replace(an_institution("main"), code="again"))


async def test_a_changed_institution_is_the_next_version(persistence: Persistence) -> None:
    main = an_institution("main")
    await persistence.directory.add(main)

    await persistence.directory.save(replace(main, code="new", name="New", time_zone="UTC"), 1)
    with pytest.raises(StaleWrite):
        await persistence.directory.save(replace(main, name="Newer"), 1)
    with pytest.raises(StaleWrite):
        await persistence.directory.save(an_institution("other"), None)

    assert await persistence.directory.find(Reference(code="new")) == InstitutionView(
        id=main.id, code="new", name="New", time_zone="UTC", version=2
    )


async def test_an_institution_goes_when_it_has_no_records(persistence: Persistence) -> None:
    main = an_institution("main")
    await persistence.directory.add(main)
    stored = Stored(persistence, main.id)
    await stored.add(a_department())

    with pytest.raises(StillReferenced) as refused:
        await persistence.directory.remove(main.id, 1)
    assert refused.value.parameters["kind"] == "institution"
    await stored.remove(a_department())
    with pytest.raises(StaleWrite):
        await persistence.directory.remove(main.id, 7)
    await persistence.directory.remove(main.id, 1)

    assert await persistence.directory.find(None) is None
    with pytest.raises(StaleWrite):
        await persistence.directory.remove(main.id, None)


async def test_an_institution_with_a_whole_university_stays(stored: Stored) -> None:
    await stored.add(*a_small_university())

    with pytest.raises(StillReferenced):
        await stored.persistence.directory.remove(stored.institution, None)


async def test_the_directory_is_listed_page_by_page(persistence: Persistence) -> None:
    for number in range(7):
        await persistence.directory.add(an_institution(f"u{number}", f"Name {number % 2}"))
    listed: dict[str, list[str]] = {}
    for sort in ("code", "-code", "name", "-name"):
        codes: list[str] = []
        cursor = None
        while True:
            page = await persistence.directory.page(PageQuery(limit=3, sort=sort, cursor=cursor))
            codes.extend(view.code for view in page.items)
            cursor = page.next_cursor
            if cursor is None:
                break
        listed[sort] = codes

    assert listed["code"] == [f"u{number}" for number in range(7)]
    assert listed["-code"] == listed["code"][::-1]
    assert sorted(listed["name"]) == listed["code"]
    assert listed["-name"] == listed["name"][::-1]


NONSENSE: Sequence[PageQuery] = (
    PageQuery(limit=0),
    PageQuery(sort="version"),
    PageQuery(filters={"name": "x"}),
    PageQuery(cursor="x"),
)


@pytest.mark.parametrize("query", NONSENSE)
async def test_a_question_that_makes_no_sense_is_refused(persistence: Persistence, query: PageQuery) -> None:
    with pytest.raises(InvalidRequest):
        await persistence.directory.page(query)
