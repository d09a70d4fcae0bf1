"""The `RecordStaging` port: what is staged is stored as if it had been added, all of it or nothing."""

from dataclasses import replace
from itertools import groupby

import pytest

from application.people.students import STUDENTS
from application.shared.errors import AlreadyExists, UnknownReference
from application.shared.records import Entity
from domain.people.student import Student
from domain.registration.seating import Seating
from domain.scheduling.room import Room
from domain.scheduling.section import Section
from domain.shared.identifiers import InstitutionId
from tests.contracts.arranging import Stored
from tests.contracts.everything import EVERYTHING, LAB, LECTURE, OFFERING, PROGRAM
from tests.support.builders import (
    a_room,
    a_section,
    a_small_university,
    a_student,
    a_term,
    an_institution,
)
from tests.support.domain_builders import a_request, adding, identifier, program_id, section_id

SOME = 700
"""Enough students for several pieces."""


async def test_what_was_staged_comes_back_with_every_field(stored: Stored) -> None:
    await stored.stage(*([entity] for entity in EVERYTHING))

    for entity in EVERYTHING:
        found = await stored.get(type(entity), entity.id)
        assert found is not None
        assert (found.entity, found.version) == (entity, 1)


async def test_a_staged_section_has_its_seats_and_takes_registrations(stored: Stored) -> None:
    university = a_small_university(capacity=1)
    await stored.stage(*(list(run) for _, run in groupby(university, type)))
    both = (a_request("s1", adding("CS-101", "A", "A-LAB")), a_request("s2", adding("CS-101", "A", "A-LAB")))

    assert (await stored.facts(*both)).seating[section_id("A")] == Seating.new(1)
    first, second = await stored.register(*both)
    assert (first.outcome.value, second.outcome.value) == ("enrolled", "rejected")


TEXTS = (
    "Zoë\tNuñez",
    "line\none\r\nline two",
    "back\\slash \\N \\. \\t",
    "'single' \"double\" `back` $$dollar$$",
    "comma, semicolon; brace {} bracket []",
    "代数 Ω 🎓 \u200d \u202e \ufeff",
    "é is not e\u0301",
    "%s :name $1 ? %%",
    "\x01\x1b\x7f",
    " ",
    "NULL",
    "x" * 200,
)


async def test_names_come_back_letter_by_letter(stored: Stored) -> None:
    students = [a_student(f"s{at}", text, TEXTS[-1 - at][:200]) for at, text in enumerate(TEXTS)]

    await stored.stage(students)

    for student in students:
        found = await stored.get(Student, student.id)
        assert found is not None
        assert found.entity == student


async def test_records_are_staged_in_pieces_and_stored_once(stored: Stored) -> None:
    students = [a_student(f"s{at}") for at in range(SOME)]

    await stored.stage(students[:300], students[300:600], students[600:])

    assert {view.code for view in await stored.walk(STUDENTS, limit=500)} == {student.code for student in students}


async def test_nothing_is_found_before_it_is_merged(stored: Stored) -> None:
    async with stored.importing() as work:
        staging = await work.stage_records(Room)
        await staging.stage([a_room()])
        assert await work.records(Room).get(a_room().id) is None
        await staging.merge()
        assert await work.records(Room).get(a_room().id) is not None


async def test_what_is_never_merged_is_never_stored(stored: Stored) -> None:
    async with stored.importing() as work:
        await (await work.stage_records(Room)).stage([a_room()])

    assert await stored.get(Room, a_room().id) is None


async def test_a_staging_is_empty_again_after_its_merge(stored: Stored) -> None:
    async with stored.importing() as work:
        staging = await work.stage_records(Room)
        await staging.merge()
        for room in (a_room("R1"), a_room("R2")):
            await staging.stage([room])
            await staging.merge()
        another = await work.stage_records(Room)
        await another.stage([a_room("R3")])
        await another.merge()

    for code in ("R1", "R2", "R3"):
        assert await stored.identify(Room, f"code:{code}") == a_room(code).id


async def test_the_next_transaction_stages_anew(stored: Stored) -> None:
    await stored.stage([a_room("R1")])
    await stored.stage([a_room("R2")])

    assert await stored.identify(Room, "code:R2") == a_room("R2").id


async def refuse(stored: Stored, error: type[Exception], bad: Entity) -> dict[str, object]:
    """Stage the bad one in the middle of others; none of them is stored. Answers what the refusal says."""
    codes = [f"t{at}" for at in range(SOME)]
    students = [a_student(code) for code in codes]
    middle = SOME // 2
    mixed = [*students[:middle], bad, *students[middle:]] if isinstance(bad, Student) else students
    rest = [] if isinstance(bad, Student) else [[bad]]

    with pytest.raises(error) as refused:
        await stored.stage(mixed[:300], mixed[300:], *rest)

    for code in (codes[0], codes[-1]):
        assert await stored.identify(Student, f"code:{code}") is None
    assert await stored.get(type(bad), bad.id) is None
    parameters: dict[str, object] = refused.value.parameters  # type: ignore[attr-defined]  # every error of ours
    return parameters


async def test_a_code_that_stands_twice_leaves_nothing_behind(stored: Stored) -> None:
    twin = replace(a_student("twin"), code="t1")

    assert await refuse(stored, AlreadyExists, twin) == {"kind": "student", "key": "code"}


async def test_a_code_that_is_stored_already_leaves_nothing_behind(stored: Stored) -> None:
    await stored.add(a_student("known"))
    twin = replace(a_student("twin"), code="known")

    assert await refuse(stored, AlreadyExists, twin) == {"kind": "student", "key": "code"}
    assert await stored.identify(Student, "code:known") == a_student("known").id


async def test_an_unknown_reference_in_the_middle_leaves_nothing_behind(stored: Stored) -> None:
    lost = replace(a_student("lost"), program_id=program_id("nowhere"))

    assert (await refuse(stored, UnknownReference, lost))["field"] == "program"


async def test_an_unknown_reference_of_a_part_leaves_nothing_behind(stored: Stored) -> None:
    await stored.add(*(entity for entity in EVERYTHING if entity not in (LECTURE, LAB)))
    lost = replace(LECTURE, instructor_ids=(identifier("instructor", "nobody"),))  # type: ignore[arg-type]  # any id

    assert (await refuse(stored, UnknownReference, lost))["field"] == "instructors"
    assert await stored.get(Section, LECTURE.id) is None


async def test_institutions_do_not_see_what_others_stage(stored: Stored) -> None:
    founded = replace(an_institution("other"), id=InstitutionId(identifier("institution", "other")))
    await stored.persistence.directory.add(founded)
    other = Stored(stored.persistence, founded.id)
    whole = [[entity] for entity in EVERYTHING]

    await stored.stage(*whole)
    assert await other.walk(STUDENTS) == []
    with pytest.raises(UnknownReference):
        await other.stage([replace(a_student(), program_id=PROGRAM.id)])
    await other.stage(*whole)

    assert (await other.get(Section, LECTURE.id)) == (await stored.get(Section, LECTURE.id))


async def test_nobody_stages_for_an_institution_that_was_never_founded(stored: Stored) -> None:
    nowhere = Stored(stored.persistence, InstitutionId(identifier("institution", "nowhere")))

    with pytest.raises(UnknownReference):
        await nowhere.stage([a_term()])


async def test_a_child_may_be_staged_with_its_parent(stored: Stored) -> None:
    await stored.add(*(entity for entity in EVERYTHING if entity not in (LECTURE, LAB)))
    grandchild = replace(a_section(OFFERING, "C", component="LAB"), parent_id=LAB.id)

    await stored.stage([LECTURE, LAB, grandchild])

    found = await stored.get(Section, grandchild.id)
    assert found is not None
    assert found.entity.parent_id == LAB.id
