"""The `WrittenViews` port beyond what every test of views and pages shows: names, nonsense, and odd values.

`Stored.view` and `Stored.page` compare what is written with the view itself, wherever they are used.
"""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from application.catalog.courses import COURSES
from application.registration.enrollments import ENROLLMENTS
from application.scheduling.sections import SECTIONS
from application.shared.errors import InvalidRequest
from application.shared.paging import PageQuery
from application.shared.records import RecordKind
from domain.shared.reference import Reference
from tests.contracts.arranging import Stored
from tests.contracts.everything import EVERYTHING, LECTURE
from tests.support.builders import a_course, a_section, a_small_university, a_term, an_offering
from tests.support.domain_builders import a_meeting, section_id

AnyKind = RecordKind[Any, Any, Any]


@pytest.mark.parametrize(
    ("kind", "text", "is_there"),
    [
        (SECTIONS, "code:2027-1:A", True),
        (SECTIONS, "code:A", False),
        (SECTIONS, "code:2027-1:none", False),
        (SECTIONS, "code:2099-1:A", False),
        (SECTIONS, "00000000-0000-7000-8000-000000000000", False),
        (COURSES, "code:CS-101", True),
        (COURSES, "code:2027-1:CS-101", False),
        (ENROLLMENTS, "00000000-0000-7000-8000-000000000000", False),
    ],
)
async def test_a_record_is_found_by_its_names(kind: AnyKind, text: str, is_there: bool, stored: Stored) -> None:
    await stored.add(*a_small_university())

    written = await stored.persistence.written.one(stored.institution, kind, Reference.parse(text))

    assert (written is not None) == is_there
    if written is not None:
        assert kind.view.model_validate_json(written).code == text.rpartition(":")[2]


@pytest.mark.parametrize(
    "query",
    [
        PageQuery(limit=0),
        PageQuery(sort="capacity"),
        PageQuery(cursor="nonsense"),
        PageQuery(filters={"nothing": "x"}),
        PageQuery(filters={"term": "a b"}),
        PageQuery(search="\x00"),
    ],
)
async def test_nonsense_is_refused(query: PageQuery, stored: Stored) -> None:
    with pytest.raises(InvalidRequest):
        await stored.persistence.written.page(stored.institution, SECTIONS, query)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        (PageQuery(search="-la"), ["A-LAB"]),
        (PageQuery(search="%"), []),
        (PageQuery(search="_"), []),
        (PageQuery(search="ma-1"), ["M"]),
        (PageQuery(filters={"course_code": "MA-1"}), ["M"]),
        (PageQuery(filters={"term": "code:2027-1", "code": "B"}), ["B"]),
        (PageQuery(filters={"term": "code:2099-1"}), []),
        (PageQuery(filters={"offering": "code:2027-1:CS-101"}, sort="-code"), ["B", "A-LAB", "A"]),
        (PageQuery(filters={"offering": "code:CS-101"}), []),
        (PageQuery(filters={"status": "cancelled"}), []),
    ],
)
async def test_sections_are_filtered_and_searched(query: PageQuery, codes: list[str], stored: Stored) -> None:
    await stored.add(*a_small_university())

    page = await stored.page(SECTIONS, query)

    assert [section.code for section in page.items] == codes


async def test_sections_come_page_after_page_in_both_orders(stored: Stored) -> None:
    await stored.add(*a_small_university())

    for sort, codes in (("code", ["A", "A-LAB", "B", "M"]), ("-code", ["M", "B", "A-LAB", "A"])):
        for limit in (1, 2, 3):
            found = await stored.walk(SECTIONS, sort, limit)
            assert [section.code for section in found] == codes


async def test_fractions_of_seconds_and_odd_texts_are_written_in_full(stored: Stored) -> None:
    offering = an_offering("CS-101", "LEC")
    slot = replace(a_meeting(), starts_at=time(10, 0, 0, 500_000), ends_at=time(11, 0, 1))
    await stored.add(a_term(), a_course(), offering, a_section(offering, "Ñ&'+", slot))

    view = await stored.view(SECTIONS, section_id("Ñ&'+"))

    assert view.meetings[0].starts_at == time(10, 0, 0, 500_000)


async def test_a_moment_with_its_fraction_and_a_name_with_quotes_are_written_in_full(stored: Stored) -> None:
    moment = datetime(2027, 1, 20, 1, 2, 3, 4, tzinfo=UTC)
    first, *others = LECTURE.reserved
    odd = replace(first, name='"A\\B\t\x01</b>é\U0001f600', released_at=moment)
    changed = replace(LECTURE, reserved=(odd, *others))
    await stored.add(*(changed if entity is LECTURE else entity for entity in EVERYTHING))

    view = await stored.view(SECTIONS, LECTURE.id)

    assert view.reserved[0].released_at == moment
