"""Courses with requisites, grading schemes and course attempts: what callers see of them, on both adapters."""

from dataclasses import replace
from decimal import Decimal

import pytest

from application.catalog.courses import COURSES
from application.catalog.grading_schemes import (
    GRADING_SCHEMES,
    GradeFields,
    GradingSchemeView,
    NumericScaleFields,
)
from application.registration.course_attempts import COURSE_ATTEMPTS, CourseAttemptView
from application.shared.errors import AlreadyExists, StillReferenced
from application.shared.paging import PageQuery
from domain.catalog.grading import GradingBasis
from domain.catalog.requisite_grammar import parse_requisite
from domain.registration.attempt import CourseAttempt
from domain.shared.identifiers import AttemptId, CourseId
from tests.contracts.arranging import Stored
from tests.support.builders import a_course, a_student
from tests.support.domain_builders import identifier
from tests.support.grading import LETTERS, NUMBERS


def an_attempt(student: str = "s1", course: str = "CS-101", term: str = "2026-1") -> CourseAttempt:
    """An attempt that was passed with an A."""
    return CourseAttempt(
        id=AttemptId(identifier("attempt", f"{student}/{course}/{term}")),
        student_id=a_student(student).id,
        course_id=CourseId(identifier("course", course)),
        term=term,
        credits=Decimal(3),
        grade="A",
        scheme_id=LETTERS.id,
        passed=True,
    )


async def test_a_course_shows_its_requisites_as_canonical_texts(stored: Stored) -> None:
    texts = {"prerequisite": "(A >= C and B) or level >= 2", "corequisite": "2 of (A, B)", "exclusion": '"or"'}
    course = replace(
        a_course(),
        grading_bases=frozenset({GradingBasis.AUDIT, GradingBasis.GRADED}),
        attempts_maximum=2,
        repeatable=False,
        **{name: parse_requisite(text) for name, text in texts.items()},  # type: ignore[arg-type]  # three of one type
    )
    await stored.add(course, a_course("MA", "1"))

    view = await stored.view(COURSES, course.id)
    assert {name: getattr(view, name) for name in texts} == texts
    assert view.grading_bases == {GradingBasis.AUDIT, GradingBasis.GRADED}
    assert (view.attempts_maximum, view.repeatable) == (2, False)

    bare = await stored.view(COURSES, a_course("MA", "1").id)
    assert {getattr(bare, name) for name in texts} == {None}
    assert bare.grading_bases == {GradingBasis.GRADED}
    assert (bare.attempts_maximum, bare.repeatable) == (None, True)


async def test_a_grading_scheme_shows_its_letters_or_its_scale(stored: Stored) -> None:
    await stored.add(LETTERS, NUMBERS)

    letters = await stored.view(GRADING_SCHEMES, LETTERS.id)
    assert letters.scale is None
    assert letters.grades[:2] == (
        GradeFields(symbol="A", passes=True, points=Decimal(4)),
        GradeFields(symbol="B", passes=True, points=Decimal(3)),
    )
    assert await stored.view(GRADING_SCHEMES, NUMBERS.id) == GradingSchemeView(
        id=NUMBERS.id,
        code="0-5",
        name="Numbers from 0 to 5",
        scale=NumericScaleFields(minimum=Decimal(0), maximum=Decimal(5), pass_mark=Decimal(3), decimals=1),
        version=1,
    )


async def test_codes_of_grading_schemes_are_unique(stored: Stored) -> None:
    await stored.add(LETTERS)

    with pytest.raises(AlreadyExists) as refused:
        await stored.add(replace(NUMBERS, code="LETTERS"))

    assert refused.value.parameters == {"kind": "grading scheme", "key": "code"}


async def test_an_attempt_shows_codes_beside_ids(stored: Stored) -> None:
    await stored.add(a_student(), a_course(), LETTERS, an_attempt())

    assert await stored.view(COURSE_ATTEMPTS, an_attempt().id) == CourseAttemptView(
        id=an_attempt().id,
        student=str(a_student().id),
        student_code="s1",
        course=str(a_course().id),
        course_code="CS-101",
        term="2026-1",
        credits=Decimal(3),
        grade="A",
        scheme=str(LETTERS.id),
        passed=True,
        version=1,
    )


async def attempts(stored: Stored, **filters: str) -> list[str]:
    """What a page shows of the attempts that the filters leave."""
    page = await stored.page(COURSE_ATTEMPTS, PageQuery(filters=filters))
    return [f"{view.student_code} {view.course_code} {view.term}" for view in page.items]


@pytest.fixture
async def tried(stored: Stored) -> Stored:
    """Two students who tried two courses in terms that are not known as records."""
    await stored.add(
        a_student("s1"),
        a_student("s2"),
        a_course(),
        a_course("MA", "1"),
        LETTERS,
        an_attempt("s1", "CS-101", "2026-1"),
        an_attempt("s1", "MA-1", "2025-2"),
        an_attempt("s2", "CS-101", "2025-2"),
    )
    return stored


async def test_attempts_are_listed_by_term_and_found_by_student_course_and_term(tried: Stored) -> None:
    assert [entry.rsplit(" ", 1)[1] for entry in await attempts(tried)] == ["2025-2", "2025-2", "2026-1"]
    assert await attempts(tried, student="code:s1") == ["s1 MA-1 2025-2", "s1 CS-101 2026-1"]
    assert await attempts(tried, student=str(a_student("s2").id)) == ["s2 CS-101 2025-2"]
    assert await attempts(tried, student="code:s1", course="code:MA-1") == ["s1 MA-1 2025-2"]
    assert await attempts(tried, term="2026-1") == ["s1 CS-101 2026-1"]
    assert await attempts(tried, term="2026") == []
    assert await attempts(tried, course="code:never") == []


async def test_a_search_finds_codes_and_grades(tried: Stored) -> None:
    for search, found in (("S2", 1), ("cs-", 2), ("a", 3), ("F", 0)):
        assert len((await tried.page(COURSE_ATTEMPTS, PageQuery(search=search))).items) == found


@pytest.mark.parametrize("sort", ["term", "-term", "student_code", "-student_code", "course_code", "-course_code"])
async def test_every_page_of_attempts_is_walked_in_order(tried: Stored, sort: str) -> None:
    found = await tried.walk(COURSE_ATTEMPTS, sort, limit=1)

    values = [getattr(view, sort.removeprefix("-")) for view in found]
    assert values == sorted(values, reverse=sort.startswith("-"))
    assert len({view.id for view in found}) == 3


async def test_what_an_attempt_refers_to_stays(tried: Stored) -> None:
    for entity, kind in ((a_student("s2"), "student"), (a_course(), "course"), (LETTERS, "grading scheme")):
        with pytest.raises(StillReferenced) as refused:
            await tried.remove(entity)
        assert refused.value.parameters == {"kind": kind, "by": "course-attempts"}
