"""Records refer to records that exist, and what is referred to stays: on both adapters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from application.shared.errors import (
    StillReferenced,
    UnknownReference,
)
from application.shared.records import Entity
from domain.people.hold import HoldBlock
from domain.scheduling.calendar import Weekday
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.section import Section, SectionStatus
from domain.scheduling.term import Term
from domain.shared.identifiers import ComponentId, ConfigurationId
from tests.contracts.arranging import Stored
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
    an_institution,
    an_instructor,
    an_offering,
)
from tests.support.domain_builders import NOON, a_meeting, a_request, adding, dropping, identifier

DEPARTMENT = a_department("Ñ-ÁLG", "Álgebra, 代数 & Ω «%_\\»")
COURSE = replace(
    a_course("CS", "101+", title="Programación 🎓", credits_="4.25"),
    description="Line one\nline two\t'quoted' \"twice\"",
    department_id=DEPARTMENT.id,
)
PROGRAM = replace(
    a_program(),
    registry_code="SNIES 1024",
    degree="Ingeniera",
    required_credits=Decimal("160.5"),
    department_id=DEPARTMENT.id,
)
STUDENT = replace(
    a_student("s1", "Nuñez", "Zoë"), birthday=date(2008, 2, 29), email="zoe@example.org", program_id=PROGRAM.id
)
INSTRUCTORS = (
    replace(an_instructor("i1"), email="one@example.org", department_id=DEPARTMENT.id),
    an_instructor("i2"),
    an_instructor("i3"),
)
HOLD = replace(
    a_hold(),
    blocks=frozenset(HoldBlock),
    reason="Owes: 12,50 €",
    placed_at=datetime(2027, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    released_at=NOON,
)
ROOMS = (a_room("R1"), a_room("R2", "Aula máxima", 0))
TERM = replace(
    a_term(credit_maximum="18.5"),
    time_zone="America/Bogota",
    holidays=frozenset({date(2027, 3, 22), date(2027, 5, 1)}),
)
OFFERING = replace(
    an_offering("CS-101+", "LEC", "LAB"),
    configurations=(
        *an_offering("CS-101+", "LEC", "LAB").configurations,
        Configuration(
            ConfigurationId(identifier("configuration", "remote")),
            "0 remote",
            (Component(ComponentId(identifier("component", "remote")), "SEM", ComponentKind.SEMINAR),),
        ),
    ),
)
LECTURE = replace(
    a_section(OFFERING, "Z"),
    status=SectionStatus.PLANNED,
    meetings=(
        replace(
            a_meeting(Weekday.FRIDAY, Weekday.MONDAY, at="18:30", until="23:59:59"),
            weeks=frozenset({1, 3, 16}),
            first_date=date(2027, 2, 1),
            last_date=date(2027, 5, 30),
            room_id=ROOMS[1].id,
        ),
        replace(a_meeting(Weekday.SUNDAY, at="00:00", until="06:00"), room_id=ROOMS[0].id),
        a_meeting(Weekday.TUESDAY),
    ),
    instructor_ids=(INSTRUCTORS[2].id, INSTRUCTORS[0].id, INSTRUCTORS[1].id),
)
LAB = a_section(OFFERING, "A", component="LAB", capacity=None, parent=LECTURE)
EVERYTHING: Sequence[Entity] = (
    DEPARTMENT,
    COURSE,
    PROGRAM,
    STUDENT,
    *INSTRUCTORS,
    HOLD,
    *ROOMS,
    TERM,
    OFFERING,
    LECTURE,
    LAB,
)


NOWHERE: Any = identifier("nowhere", "")
NOBODY: Any = identifier("nobody", "")
"""Ids of no record, of whatever kind."""

LOST: Sequence[tuple[Entity, str]] = (
    (replace(a_course("other", "1"), department_id=NOBODY), "department"),
    (replace(a_program("other"), department_id=NOBODY), "department"),
    (replace(an_instructor("other"), department_id=NOBODY), "department"),
    (replace(a_student("other"), program_id=NOBODY), "program"),
    (a_hold("other"), "student"),
    (replace(an_offering("other"), course_id=NOBODY), "course"),
    (replace(an_offering("other"), course_id=COURSE.id, term_id=NOBODY), "term"),
    (replace(LAB, id=NOBODY, code="X", offering_id=NOBODY, parent_id=None), "offering or component"),
    (replace(LAB, id=NOBODY, code="X", component_id=NOBODY), "component"),
    (replace(LAB, id=NOBODY, code="X", parent_id=NOWHERE), "parent"),
    (replace(LAB, id=NOBODY, code="X", instructor_ids=(INSTRUCTORS[0].id, NOBODY)), "instructors"),
    (replace(LAB, id=NOBODY, code="X", meetings=(replace(a_meeting(), room_id=NOBODY),)), "room"),
)


@pytest.mark.parametrize(("lost", "field"), LOST, ids=lambda given: given if isinstance(given, str) else "")
async def test_what_a_record_refers_to_exists(stored: Stored, lost: Entity, field: str) -> None:
    await stored.add(*EVERYTHING)

    with pytest.raises(UnknownReference) as refused:
        await stored.add(lost)

    assert refused.value.parameters["field"] in field.split(" or ")
    assert await stored.get(type(lost), lost.id) is None


async def test_a_change_may_not_refer_to_what_is_not_there(stored: Stored) -> None:
    await stored.add(*EVERYTHING)

    with pytest.raises(UnknownReference) as refused:
        await stored.save(replace(STUDENT, program_id=NOBODY))

    assert refused.value.parameters["field"] == "program"


async def test_a_section_belongs_to_the_term_of_its_offering(stored: Stored) -> None:
    await stored.add(*EVERYTHING, a_term("2027-2"))

    with pytest.raises(UnknownReference) as refused:
        await stored.add(replace(LAB, id=NOBODY, term_id=a_term("2027-2").id, parent_id=None))

    assert refused.value.parameters["field"] == "offering"


async def test_a_parent_is_a_section_of_the_same_offering(stored: Stored) -> None:
    await stored.add(*EVERYTHING, a_course("MA", "1"), an_offering("MA-1"))

    with pytest.raises(UnknownReference) as refused:
        await stored.add(a_section(an_offering("MA-1"), "M", parent=LECTURE))

    assert refused.value.parameters["field"] == "parent"


@pytest.mark.parametrize(
    "used",
    [DEPARTMENT, COURSE, PROGRAM, STUDENT, INSTRUCTORS[1], ROOMS[0], TERM, OFFERING, LECTURE],
    ids=lambda entity: type(entity).__name__,
)
async def test_what_others_refer_to_stays(stored: Stored, used: Entity) -> None:
    await stored.add(*EVERYTHING)

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(used)

    names: dict[type[Entity], str] = {CourseOffering: "offering"}
    assert refused.value.parameters["kind"] == names.get(type(used), type(used).__name__.lower())
    assert await stored.get(type(used), used.id) is not None


async def test_everything_can_go_when_nothing_refers_to_it(stored: Stored) -> None:
    await stored.add(*EVERYTHING)

    for entity in reversed(EVERYTHING):
        await stored.remove(entity, 1)

    for entity in EVERYTHING:
        assert await stored.get(type(entity), entity.id) is None


ENROLLED: Sequence[Entity] = (
    a_student("s1"),
    an_offering("CS-101", "LEC", "LAB"),
    a_section(an_offering("CS-101", "LEC", "LAB"), "A-LAB", component="LAB"),
)


@pytest.mark.parametrize("entity", ENROLLED, ids=lambda entity: type(entity).__name__)
async def test_who_was_enrolled_stays_on_record(stored: Stored, entity: Entity) -> None:
    await stored.add(*a_small_university())
    await stored.register(a_request("s1", adding("CS-101", "A", "A-LAB", as_name="e"), dropping("e")))

    with pytest.raises(StillReferenced):
        await stored.remove(entity)


BREAKING: Sequence[Entity] = (
    replace(OFFERING, configurations=OFFERING.configurations[1:]),
    replace(OFFERING, term_id=a_term("2027-2").id),
)


@pytest.mark.parametrize("change", BREAKING, ids=["component", "term"])
async def test_an_offering_cannot_change_under_its_sections(stored: Stored, change: Entity) -> None:
    await stored.add(*EVERYTHING, a_term("2027-2"))

    with pytest.raises(StillReferenced) as refused:
        await stored.save(change)

    assert refused.value.parameters == {"kind": "offering", "by": "sections"}


async def test_a_section_cannot_change_its_component_under_its_students(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.register(a_request("s1", adding("CS-101", "A", "A-LAB")))

    with pytest.raises(StillReferenced):
        await stored.save(a_section(an_offering("CS-101", "LEC", "LAB"), "A", component="LAB"))


async def test_an_unlimited_section_cannot_be_limited_under_its_students(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.register(a_request("s1", adding("MA-1")))

    with pytest.raises(StillReferenced):
        await stored.save(a_section(an_offering("MA-1"), "M", capacity=1))


async def test_records_of_an_institution_that_does_not_exist_are_refused(stored: Stored) -> None:
    nowhere = Stored(stored.persistence, an_institution("nowhere").id)

    with pytest.raises(UnknownReference):
        await nowhere.add(DEPARTMENT)


async def test_terms_are_found_by_their_own_code_after_renaming(stored: Stored) -> None:
    await stored.add(*EVERYTHING)

    await stored.save(replace(TERM, code="renamed"))

    assert await stored.identify(Term, "code:renamed") == TERM.id
    assert await stored.identify(Section, "code:renamed:Z") == LECTURE.id
