"""Who advises whom, as students are stored, seen and found: on both adapters."""

from dataclasses import replace

import pytest

from application.people.students import STUDENTS
from application.shared.errors import InvalidRequest
from application.shared.paging import PageQuery
from domain.people.student import Student
from domain.shared.identifiers import InstructorId
from tests.contracts.arranging import Stored
from tests.support.builders import a_student, an_instructor

ONE, OTHER = an_instructor("i1"), an_instructor("i2")


def advised(code: str, *advisors: InstructorId) -> Student:
    """A student with these advisors."""
    return replace(a_student(code), advisor_ids=frozenset(advisors))


@pytest.fixture
async def three(stored: Stored) -> Stored:
    """A student with two advisors, one with one, one with none."""
    await stored.add(ONE, OTHER, advised("s1", ONE.id, OTHER.id), advised("s2", OTHER.id), advised("s3"))
    return stored


async def codes(stored: Stored, **filters: str) -> list[str]:
    """The codes of the students whom a page with these filters shows."""
    return [view.code for view in (await stored.page(STUDENTS, PageQuery(filters=filters))).items]


async def test_a_view_names_the_advisors(three: Stored) -> None:
    views = [await three.view(STUDENTS, a_student(code).id) for code in ("s1", "s2", "s3")]

    assert [view.advisors for view in views] == [
        frozenset({str(ONE.id), str(OTHER.id)}),
        frozenset({str(OTHER.id)}),
        frozenset(),
    ]


async def test_students_are_found_by_their_advisor_however_named(three: Stored) -> None:
    assert await codes(three, advisor=str(ONE.id)) == ["s1"]
    assert await codes(three, advisor="code:i2") == ["s1", "s2"]
    assert await codes(three, advisor="code:i2", code="s2") == ["s2"]
    assert await codes(three, advisor="code:nobody") == []
    with pytest.raises(InvalidRequest):
        await codes(three, advisor="nobody")


async def test_a_change_gives_other_advisors(three: Stored) -> None:
    await three.save(advised("s1", OTHER.id))

    assert await codes(three, advisor=str(ONE.id)) == []
    changed = await three.get(Student, a_student("s1").id)
    assert changed is not None
    assert changed.entity == advised("s1", OTHER.id)


async def test_advisors_go_with_their_student(three: Stored) -> None:
    await three.remove(advised("s1"))

    assert await codes(three, advisor=str(OTHER.id)) == ["s2"]
    await three.remove(ONE)
