"""The `Reader.page` port: every record once, in any order, filtered and searched; nonsense is refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from application.catalog.courses import COURSES
from application.catalog.departments import DEPARTMENTS
from application.catalog.programs import PROGRAMS
from application.people.instructors import INSTRUCTORS
from application.people.students import STUDENTS
from application.registration.enrollments import ENROLLMENTS
from application.scheduling.rooms import ROOMS
from application.scheduling.sections import SECTIONS
from application.scheduling.terms import TERMS
from application.scheduling.time_tickets import TIME_TICKETS
from application.shared.cursor import Order, encode_cursor
from application.shared.errors import InvalidRequest
from application.shared.paging import PageQuery
from application.shared.records import Entity, RecordKind
from domain.scheduling.section import SectionStatus
from tests.contracts.arranging import HOLDS, OFFERINGS, Stored
from tests.support.builders import (
    a_course,
    a_department,
    a_hold,
    a_program,
    a_room,
    a_section,
    a_small_university,
    a_student,
    a_term,
    a_time_ticket,
    an_instructor,
    an_offering,
)
from tests.support.domain_builders import NOON, a_request, adding, dropping, enrollment_id, identifier

MANY = 250
AnyKind = RecordKind[Any, Any, Any]


def _many(kind: AnyKind) -> Sequence[Entity]:
    """Records of a kind, with many ties in every field but the code, and what they refer to."""
    numbers = [(number, f"{number * 7 % MANY:03}") for number in range(MANY)]
    names = ["same", "other", "third"]
    made: dict[str, Any] = {
        "department": lambda: [a_department(f"D{code}", names[n % 3]) for n, code in numbers],
        "course": lambda: [
            a_course("SU" if n % 2 else "", code, title=names[n % 3], credits_=f"{n % 4}.{n % 2}")
            for n, code in numbers
        ],
        "program": lambda: [a_program(f"P{code}", names[n % 3]) for n, code in numbers],
        "student": lambda: [a_student(f"S{code}", names[n % 3], names[n % 2]) for n, code in numbers],
        "instructor": lambda: [an_instructor(f"I{code}", names[n % 3]) for n, code in numbers],
        "hold": lambda: [
            a_student(),
            *(
                replace(a_hold("s1", code), office=names[n % 3], placed_at=NOON + timedelta(microseconds=n % 9))
                for n, code in numbers
            ),
        ],
        "room": lambda: [a_room(f"R{code}", names[n % 3], n % 6) for n, code in numbers],
        "term": lambda: [
            replace(a_term(f"T{code}"), name=names[n % 3], starts_on=a_term().starts_on + timedelta(days=n % 5))
            for n, code in numbers
        ],
        "time ticket": lambda: [
            a_term(),
            *(
                replace(a_time_ticket(code), name=names[n % 3], opens_at=NOON + timedelta(microseconds=n % 9))
                for n, code in numbers
            ),
        ],
        "offering": lambda: [
            a_term(),
            a_course(),
            *(replace(an_offering(f"O{code}"), course_id=a_course().id) for _, code in numbers),
        ],
        "section": lambda: [
            a_term(),
            a_course(),
            an_offering(),
            *(a_section(an_offering(), f"X{code}") for _, code in numbers),
        ],
        "enrollment": lambda: a_small_university(students=MANY),
    }
    entities: Sequence[Entity] = made[kind.name]()
    return entities


KINDS: Sequence[AnyKind] = (
    DEPARTMENTS,
    COURSES,
    PROGRAMS,
    STUDENTS,
    INSTRUCTORS,
    HOLDS,
    ROOMS,
    TERMS,
    TIME_TICKETS,
    OFFERINGS,
    SECTIONS,
    ENROLLMENTS,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_a_walk_through_the_pages_meets_every_record_once(stored: Stored, kind: AnyKind) -> None:
    entities = _many(kind)
    await stored.add(*entities)
    if kind is ENROLLMENTS:
        await stored.register(*(a_request(f"s{n}", adding("MA-1", as_name=f"e{n}")) for n in range(1, MANY + 1)))
        expected: set[UUID] = {enrollment_id(f"e{number}") for number in range(1, MANY + 1)}
    else:
        expected = {entity.id for entity in entities if type(entity) is kind.entity}

    for sort in kind.listing.sorts:
        ascending = await stored.walk(kind, sort)
        descending = await stored.walk(kind, f"-{sort}", limit=50)

        assert len(ascending) == MANY
        assert {view.id for view in ascending} == expected
        assert descending == ascending[::-1]
        keys = [(getattr(view, sort), view.id) for view in ascending]
        assert keys == sorted(keys)
    assert await stored.walk(kind, None, limit=125) == await stored.walk(kind, kind.listing.sorts[0], limit=500)


async def test_codes_are_ordered_by_their_characters_in_every_adapter(stored: Stored) -> None:
    codes = ["a", "B", "Ñ", "b-1", "b.1", "10", "9", "ä"]
    await stored.add(*(a_room(code) for code in codes))

    assert [view.code for view in await stored.walk(ROOMS)] == sorted(codes)


async def test_a_page_that_ends_with_the_last_record_has_no_next(stored: Stored) -> None:
    await stored.add(*(a_room(f"R{number}") for number in range(4)))

    first = await stored.page(ROOMS, PageQuery(limit=2))
    second = await stored.page(ROOMS, PageQuery(limit=2, cursor=first.next_cursor))

    assert [view.code for view in second.items] == ["R2", "R3"]
    assert second.next_cursor is None
    assert (await stored.page(ROOMS, PageQuery(limit=4))).next_cursor is None


async def test_a_walk_survives_changes_on_the_way(stored: Stored) -> None:
    await stored.add(*(a_room(f"R{number}") for number in range(6)))
    first = await stored.page(ROOMS, PageQuery(limit=3))

    await stored.remove(a_room("R2"))
    await stored.add(a_room("R10"), a_room("R31"))
    rest = await stored.page(ROOMS, PageQuery(limit=9, cursor=first.next_cursor))

    assert [view.code for view in rest.items] == ["R3", "R31", "R4", "R5"]


async def test_an_empty_collection_is_one_empty_page(stored: Stored) -> None:
    for kind in KINDS:
        page = await stored.page(kind, PageQuery())
        assert (list(page.items), page.next_cursor) == ([], None)


async def _codes(stored: Stored, kind: AnyKind, search: str | None = None, **filters: str) -> list[str]:
    page = await stored.page(kind, PageQuery(filters=filters, search=search))
    return [getattr(view, "code", None) or view.student_code for view in page.items]


async def test_a_filter_keeps_exact_matches(stored: Stored) -> None:
    await stored.add(
        a_course("CS", "1"),
        a_course("CS", "2"),
        a_course("cs", "3"),
        replace(a_student("s1"), email="one@example.org"),
        a_student("s2"),
    )

    assert await _codes(stored, COURSES, subject="CS") == ["CS-1", "CS-2"]
    assert await _codes(stored, COURSES, subject="CS", number="2") == ["CS-2"]
    assert await _codes(stored, COURSES, code="CS") == []
    assert await _codes(stored, STUDENTS, email="one@example.org") == ["s1"]
    assert await _codes(stored, STUDENTS, email="None") == []
    assert await _codes(stored, STUDENTS, email="") == []


async def test_a_filter_names_a_record_by_id_or_code(stored: Stored) -> None:
    department, program = a_department(), a_program()
    await stored.add(
        department,
        program,
        replace(a_course("CS", "1"), department_id=department.id),
        a_course("CS", "2"),
        replace(an_instructor("i1"), department_id=department.id),
        replace(a_student("s1"), program_id=program.id),
        a_student("s2"),
    )

    assert await _codes(stored, COURSES, department=str(department.id)) == ["CS-1"]
    assert await _codes(stored, COURSES, department=str(department.id).upper()) == ["CS-1"]
    assert await _codes(stored, COURSES, department="code:MATH") == ["CS-1"]
    assert await _codes(stored, INSTRUCTORS, department="code:MATH") == ["i1"]
    assert await _codes(stored, PROGRAMS, department="code:MATH") == []
    assert await _codes(stored, STUDENTS, program="code:ENG") == ["s1"]


@pytest.mark.parametrize("reference", ["code:unknown", "code:some:MATH", str(identifier("nobody", ""))])
async def test_a_filter_that_names_no_record_finds_nothing(stored: Stored, reference: str) -> None:
    await stored.add(a_department(), a_course(), a_student())

    assert await _codes(stored, COURSES, department=reference) == []
    assert await _codes(stored, SECTIONS, offering=reference) == []
    assert await _codes(stored, ENROLLMENTS, student=reference) == []


async def test_sections_are_filtered_by_where_they_belong(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.save(replace(a_section(an_offering("MA-1"), "M", capacity=None), status=SectionStatus.CLOSED))

    assert await _codes(stored, SECTIONS, term="code:2027-1") == ["A", "A-LAB", "B", "M"]
    assert await _codes(stored, SECTIONS, offering="code:2027-1:MA-1") == ["M"]
    assert await _codes(stored, SECTIONS, offering="code:MA-1") == []
    assert await _codes(stored, SECTIONS, offering=str(an_offering("CS-101").id), status="open") == ["A", "A-LAB", "B"]
    assert await _codes(stored, SECTIONS, status="closed") == ["M"]
    assert await _codes(stored, SECTIONS, course_code="CS-101", code="B") == ["B"]
    assert await _codes(stored, SECTIONS, "ma-") == ["M"]
    assert await _codes(stored, OFFERINGS, term="code:2027-1", course="code:MA-1") == ["MA-1"]


async def test_enrollments_are_filtered_by_who_and_where(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.register(
        a_request("s1", adding("CS-101", as_name="e1"), adding("MA-1", as_name="e2")),
        a_request("s2", adding("MA-1", as_name="e3"), dropping("e3")),
    )

    assert await _codes(stored, ENROLLMENTS, student="code:s1") == ["s1", "s1"]
    assert await _codes(stored, ENROLLMENTS, student_code="s2", term_code="2027-1") == ["s2"]
    assert await _codes(stored, ENROLLMENTS, term="code:2027-1", course_code="MA-1") == ["s1", "s2"]
    assert await _codes(stored, ENROLLMENTS, offering="code:2027-1:MA-1", status="enrolled") == ["s1"]
    assert await _codes(stored, ENROLLMENTS, status="dropped") == ["s2"]


async def test_holds_are_filtered_by_student(stored: Stored) -> None:
    await stored.add(a_student("s1"), a_student("s2"), a_hold("s1", "one"), a_hold("s2", "two"))

    page = await stored.page(HOLDS, PageQuery(filters={"student": "code:s2", "office": "Bursar"}))

    assert [view.reason for view in page.items] == ["Open two"]


async def test_time_tickets_are_filtered_by_term(stored: Stored) -> None:
    await stored.add(a_term(), a_term("2027-2"), a_time_ticket("one"), a_time_ticket("two", term="2027-2"))

    page = await stored.page(TIME_TICKETS, PageQuery(filters={"term": "code:2027-2"}))

    assert [view.name for view in page.items] == ["two"]


async def test_a_search_looks_into_the_middle_of_texts_whatever_their_case(stored: Stored) -> None:
    await stored.add(
        a_course("CS", "1", title="Linear Algebra"),
        replace(a_course("CS", "2", title="Calculus"), description="needs algebra"),
        a_course("ALGEBRA", "3"),
        a_course("CS", "4"),
    )

    assert await _codes(stored, COURSES, "aLGEb") == ["ALGEBRA-3", "CS-1", "CS-2"]
    assert await _codes(stored, COURSES, "aLGEb", subject="CS") == ["CS-1", "CS-2"]
    assert await _codes(stored, COURSES, "") == ["ALGEBRA-3", "CS-1", "CS-2", "CS-4"]
    assert await _codes(stored, COURSES, "nothing") == []


async def test_a_search_ignores_the_case_of_accented_letters(stored: Stored) -> None:
    await stored.add(a_course("MA", "1", title="Álgebra"), replace(a_student(), family_name="Nuñez"))

    assert await _codes(stored, COURSES, "álge") == ["MA-1"]
    assert await _codes(stored, STUDENTS, "NUÑ") == ["s1"]


async def test_a_search_ignores_the_case_of_accented_letters_in_codes(stored: Stored) -> None:
    offered = an_offering("ÁL-1")
    await stored.add(a_term(), a_course("ÁL", "1"), offered, a_section(offered, "ÑU"))

    assert await _codes(stored, COURSES, "ál-") == ["ÁL-1"]
    assert await _codes(stored, SECTIONS, "ñu") == ["ÑU"]


async def test_a_search_takes_every_character_as_it_is(stored: Stored) -> None:
    await stored.add(a_room("R1", "100%_\\ 'safe'"), a_room("R2", "1000 safe"))

    for text in ("0% ", "%_", "_\\", "\\", "'safe'", "%"):
        assert await _codes(stored, ROOMS, text.strip()) == ["R1"]


async def test_a_search_goes_on_from_page_to_page(stored: Stored) -> None:
    await stored.add(*(a_room(f"R{number}", "odd" if number % 2 else "even") for number in range(8)))

    first = await stored.page(ROOMS, PageQuery(limit=3, search="ODD"))
    second = await stored.page(ROOMS, PageQuery(limit=3, search="ODD", cursor=first.next_cursor))

    assert [view.code for view in (*first.items, *second.items)] == ["R1", "R3", "R5", "R7"]


CURSOR = encode_cursor(Order("code"), "R1", a_room().id)
NONSENSE: Sequence[tuple[AnyKind, PageQuery]] = (
    (ROOMS, PageQuery(limit=0)),
    (ROOMS, PageQuery(limit=-1)),
    (ROOMS, PageQuery(limit=501)),
    (ROOMS, PageQuery(sort="colour")),
    (ROOMS, PageQuery(sort="")),
    (ROOMS, PageQuery(sort="--code")),
    (ROOMS, PageQuery(sort="id")),
    (ROOMS, PageQuery(filters={"name": "Room"})),
    (ROOMS, PageQuery(filters={"colour": "red"})),
    (ROOMS, PageQuery(filters={"code": "\x00"})),
    (ROOMS, PageQuery(search="\x00")),
    (ROOMS, PageQuery(search="\ud800")),
    (ENROLLMENTS, PageQuery(search="s1")),
    (COURSES, PageQuery(filters={"department": "MATH"})),
    (COURSES, PageQuery(filters={"department": ""})),
    (COURSES, PageQuery(filters={"department": "code:a:b:c"})),
    (SECTIONS, PageQuery(filters={"term": "code:\x00"})),
    (ROOMS, PageQuery(cursor="")),
    (ROOMS, PageQuery(cursor="nonsense")),
    (ROOMS, PageQuery(cursor="ñ")),
    (ROOMS, PageQuery(cursor=CURSOR[:-3])),
    (ROOMS, PageQuery(cursor=CURSOR, sort="-code")),
    (ROOMS, PageQuery(cursor=CURSOR, sort="name")),
    (ROOMS, PageQuery(cursor=encode_cursor(Order("code"), 7, a_room().id))),
    (ROOMS, PageQuery(cursor=encode_cursor(Order("code"), "\x00", a_room().id))),
    (ROOMS, PageQuery(cursor=encode_cursor(Order("capacity"), 10**30, a_room().id), sort="capacity")),
    (ROOMS, PageQuery(cursor=encode_cursor(Order("capacity"), "many", a_room().id), sort="capacity")),
    (COURSES, PageQuery(cursor=encode_cursor(Order("credits"), "NaN", a_room().id), sort="credits")),
    (TERMS, PageQuery(cursor=encode_cursor(Order("starts_on"), "soon", a_room().id), sort="starts_on")),
    (HOLDS, PageQuery(cursor=encode_cursor(Order("placed_at"), "2027-01-01T00:00:00", a_room().id))),
)


@pytest.mark.parametrize(("kind", "query"), NONSENSE)
async def test_a_question_that_makes_no_sense_is_refused(stored: Stored, kind: AnyKind, query: PageQuery) -> None:
    await stored.add(a_room("R1"), a_room("R2"))

    with pytest.raises(InvalidRequest):
        await stored.page(kind, query)


async def test_any_cursor_with_the_right_form_is_an_answer(stored: Stored) -> None:
    await stored.add(a_room("R1"), a_course())
    cases: Sequence[tuple[AnyKind, str, Any]] = (
        (ROOMS, "capacity", 2**31 - 1),
        (COURSES, "credits", Decimal("999999999.999999999")),
        (ENROLLMENTS, "number", -5),
    )

    for kind, sort, value in cases:
        query = PageQuery(sort=sort, cursor=encode_cursor(Order(sort), value, a_room().id))
        assert list((await stored.page(kind, query)).items) == []
