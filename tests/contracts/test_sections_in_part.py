"""Sections as they are shown in part: students for whom seats are kept are counted, not named, on both adapters."""

import pytest
from pydantic import TypeAdapter

from application.scheduling.sections import SECTIONS, SectionView
from application.shared.access_table import Right
from application.shared.caller import Caller, Role
from application.shared.paging import PageQuery
from application.shared.written import ReadWritten
from domain.shared.reference import Reference
from tests.contracts.arranging import Stored
from tests.contracts.everything import EVERYTHING, LECTURE, STUDENT
from tests.support.builders import an_instructor

THE_LECTURE = Reference.of(LECTURE.id)
TAUGHT_BY, OTHER = LECTURE.instructor_ids[0], an_instructor("other").id


@pytest.fixture
async def full(stored: Stored) -> Stored:
    """Everything, with a lecture that keeps a seat for a student."""
    await stored.add(*EVERYTHING)
    return stored


def counted(view: SectionView) -> list[object]:
    """What is told of the students of each pool."""
    return [kept.cohort.students for kept in view.reserved]


async def test_what_storage_writes_in_part_is_the_view_in_part_letter_for_letter(full: Stored) -> None:
    view = await full.view(SECTIONS, LECTURE.id)
    assert SECTIONS.in_part is not None

    written = await full.persistence.written.one(full.institution, SECTIONS, THE_LECTURE, in_part=True)
    page = await full.persistence.written.page(full.institution, SECTIONS, PageQuery(), in_part=True)

    assert counted(view) == [frozenset({str(STUDENT.id)}), frozenset()]
    assert counted(SECTIONS.in_part(view)) == [1, 0]
    assert written == SECTIONS.in_part(view).model_dump_json()
    assert written in page.items
    assert str(STUDENT.id) not in page.items


async def test_whole_and_in_part_pages_are_kept_apart(full: Stored) -> None:
    async def page(*, in_part: bool) -> tuple[str, str]:
        read = await full.persistence.written.page(full.institution, SECTIONS, PageQuery(), in_part=in_part)
        return read.items, read.digest

    whole, part = await page(in_part=False), await page(in_part=True)

    for _ in range(2):
        assert (await page(in_part=False), await page(in_part=True)) == (whole, part)
    assert str(STUDENT.id) in whole[0]
    assert str(STUDENT.id) not in part[0]
    assert whole[1] != part[1]


@pytest.mark.parametrize(
    ("role", "instructor", "is_whole"),
    [
        (Role.REGISTRAR, None, True),
        (Role.INSTRUCTOR, TAUGHT_BY, True),
        (Role.INSTRUCTOR, OTHER, False),
        (Role.INSTRUCTOR, None, False),
        (Role.ADVISOR, OTHER, False),
        (Role.STUDENT, None, False),
    ],
)
async def test_keepers_and_the_sections_instructors_see_whom_seats_are_kept_for(
    role: Role, instructor: object, is_whole: bool, full: Stored
) -> None:
    reads = ReadWritten(full.persistence.written, full.persistence.reading)
    caller = Caller(full.institution, "somebody", frozenset({role}), instructor_id=instructor)  # type: ignore[arg-type]  # an id or None

    one = await reads.get(caller, SECTIONS, THE_LECTURE)
    page = await reads.list(caller, SECTIONS, PageQuery())

    for view in (one, f"[{page.items}]"):
        assert (str(STUDENT.id) in view) == is_whole
    listed = TypeAdapter(list[SectionView]).validate_json(f"[{page.items}]")
    assert SectionView.model_validate_json(one) in listed


async def test_no_relation_but_teaching_gives_a_right_in_a_section(full: Stored) -> None:
    student = Caller(full.institution, "s", frozenset({Role.STUDENT}), STUDENT.id)
    teacher = Caller(full.institution, "t", frozenset({Role.INSTRUCTOR}), instructor_id=TAUGHT_BY)
    async with full.persistence.reading(full.institution) as views:
        view = await views.views(SECTIONS).one(LECTURE.id)
        assert view is not None

        assert await SECTIONS.rights_in(student, view, views) == frozenset()
        assert await SECTIONS.rights_in(teacher, view, views) == {Right.OWN_SECTION}
