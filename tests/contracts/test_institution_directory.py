"""The `InstitutionDirectory` port: institutions across tenants."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from application.shared.errors import AlreadyExists, InvalidRequest, StaleWrite, StillReferenced
from application.shared.institutions import InstitutionView
from application.shared.paging import PageQuery
from application.shared.records import Entity
from domain.shared.reference import Reference
from infrastructure.bootstrap.persistence import Persistence
from tests.contracts.arranging import Stored
from tests.support.builders import a_department, a_room, a_small_university, a_term, an_institution
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


@pytest.mark.parametrize("reference", ["code:x:main", "code:main:main", "code:2027-1:main"])
async def test_an_institution_belongs_to_no_term(persistence: Persistence, reference: str) -> None:
    await persistence.directory.add(an_institution("main"))

    assert await persistence.directory.find(Reference.parse(reference)) is None


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
    assert refused.value.parameters == {"kind": "institution", "by": "departments"}
    await stored.remove(a_department())
    with pytest.raises(StaleWrite):
        await persistence.directory.remove(main.id, 7)
    await persistence.directory.remove(main.id, 1)

    assert await persistence.directory.find(None) is None
    with pytest.raises(StaleWrite):
        await persistence.directory.remove(main.id, None)


KEPT: Sequence[tuple[Sequence[Entity], str]] = (
    (a_small_university(), "courses"),
    ([a_room(), a_term()], "terms"),
    ([a_room()], "rooms"),
)


@pytest.mark.parametrize(("records", "by"), KEPT, ids=[by for _, by in KEPT])
async def test_an_institution_with_records_stays_and_names_the_first_kind_of_them(
    stored: Stored, records: Sequence[Entity], by: str
) -> None:
    await stored.add(*records)

    with pytest.raises(StillReferenced) as refused:
        await stored.persistence.directory.remove(stored.institution, None)

    assert refused.value.parameters == {"kind": "institution", "by": by}


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


async def _codes(persistence: Persistence, query: PageQuery) -> list[str]:
    return [view.code for view in (await persistence.directory.page(query)).items]


async def test_the_directory_is_filtered_and_searched_together(persistence: Persistence) -> None:
    for code, name in (("north", "Universidad Ñ del Norte"), ("south", "Universidad del Sur"), ("u3", "North 100%_")):
        await persistence.directory.add(an_institution(code, name))

    assert await _codes(persistence, PageQuery(search="NORT")) == ["north", "u3"]
    assert await _codes(persistence, PageQuery(search="dad ñ")) == ["north"]
    assert await _codes(persistence, PageQuery(search="%_")) == ["u3"]
    assert await _codes(persistence, PageQuery(filters={"code": "south"})) == ["south"]
    assert await _codes(persistence, PageQuery(filters={"code": "north"}, search="UNIVERSIDAD")) == ["north"]
    assert await _codes(persistence, PageQuery(filters={"code": "u3"}, search="UNIVERSIDAD")) == []
    assert await _codes(persistence, PageQuery(filters={"code": "North"}, search="north")) == []


async def test_a_search_of_the_directory_goes_on_from_page_to_page(persistence: Persistence) -> None:
    for number in range(6):
        await persistence.directory.add(an_institution(f"u{number}", "odd" if number % 2 else "even"))

    first = await persistence.directory.page(PageQuery(limit=2, search="ODD", sort="-code"))
    rest = PageQuery(limit=2, search="ODD", sort="-code", cursor=first.next_cursor)

    assert [view.code for view in first.items] == ["u5", "u3"]
    assert await _codes(persistence, rest) == ["u1"]


NONSENSE: Sequence[PageQuery] = (
    PageQuery(limit=0),
    PageQuery(sort="version"),
    PageQuery(filters={"name": "x"}),
    PageQuery(filters={"code": "main", "name": "x"}, search="x"),
    PageQuery(filters={"code": "\x00"}),
    PageQuery(search="\x00"),
    PageQuery(cursor="x"),
)


@pytest.mark.parametrize("query", NONSENSE)
async def test_a_question_that_makes_no_sense_is_refused(persistence: Persistence, query: PageQuery) -> None:
    with pytest.raises(InvalidRequest):
        await persistence.directory.page(query)
