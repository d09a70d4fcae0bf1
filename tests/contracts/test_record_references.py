"""Records refer to records that exist, and what is referred to stays: on both adapters."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from application.shared.errors import (
    StillReferenced,
    UnknownReference,
)
from application.shared.records import Entity
from domain.people.cohort import Cohort
from domain.scheduling.section import ReservedSeats, Section
from domain.scheduling.term import Session, Term
from tests.contracts.arranging import Stored
from tests.contracts.everything import (
    ATTEMPT,
    COURSE,
    CROSS_LISTED,
    DEPARTMENT,
    EVERYTHING,
    INSTRUCTORS,
    LAB,
    LECTURE,
    OFFERING,
    PROGRAM,
    ROOMS,
    STUDENT,
    TERM,
)
from tests.contracts.registering import CS
from tests.support.builders import (
    a_course,
    a_department,
    a_hold,
    a_program,
    a_section,
    a_session,
    a_small_university,
    a_student,
    a_term,
    a_time_ticket,
    an_institution,
    an_instructor,
    an_offering,
)
from tests.support.domain_builders import a_meeting, a_request, adding, dropping, identifier

NOWHERE: Any = identifier("nowhere", "")
NOBODY: Any = identifier("nobody", "")
"""Ids of no record, of whatever kind."""


def _kept(cohort: Cohort) -> ReservedSeats:
    return ReservedSeats("Kept", cohort, 1)


LOST: Sequence[tuple[Entity, str]] = (
    (replace(a_course("other", "1"), department_id=NOBODY), "department"),
    (replace(a_program("other"), department_id=NOBODY), "department"),
    (replace(an_instructor("other"), department_id=NOBODY), "department"),
    (replace(a_student("other"), program_id=NOBODY), "program"),
    (replace(a_student("other"), advisor_ids=frozenset({INSTRUCTORS[0].id, NOBODY})), "advisors"),
    (a_hold("other"), "student"),
    (replace(ATTEMPT, id=NOBODY, student_id=NOBODY), "student"),
    (replace(ATTEMPT, id=NOBODY, course_id=NOBODY), "course"),
    (replace(ATTEMPT, id=NOBODY, scheme_id=NOBODY), "scheme"),
    (replace(an_offering("other"), course_id=NOBODY), "course"),
    (replace(an_offering("other"), course_id=COURSE.id, term_id=NOBODY), "term"),
    (replace(an_offering("other"), course_id=COURSE.id, cross_listed=(NOBODY,)), "cross_listed"),
    (replace(an_offering("other"), course_id=COURSE.id, program_ids=frozenset({NOBODY})), "programs"),
    (replace(an_offering("other"), course_id=COURSE.id, session="C"), "session"),
    (a_time_ticket(term="other"), "term"),
    (a_time_ticket(cohort=Cohort(students=frozenset({STUDENT.id, NOBODY}))), "students"),
    (a_time_ticket(cohort=Cohort(programs=frozenset({NOBODY}))), "programs"),
    (replace(LECTURE, id=NOBODY, code="X", reserved=(_kept(Cohort(students=frozenset({NOBODY}))),)), "students"),
    (replace(LECTURE, id=NOBODY, code="X", reserved=(_kept(Cohort(programs=frozenset({NOBODY}))),)), "programs"),
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


USED: Sequence[tuple[Entity, str, str]] = (
    (DEPARTMENT, "department", "courses"),
    (COURSE, "course", "offerings"),
    (CROSS_LISTED, "course", "offerings"),
    (PROGRAM, "program", "students"),
    (STUDENT, "student", "holds"),
    (INSTRUCTORS[1], "instructor", "sections"),
    (ROOMS[0], "room", "sections"),
    (TERM, "term", "offerings"),
    (OFFERING, "offering", "sections"),
    (LECTURE, "section", "sections"),
)


@pytest.mark.parametrize(("used", "kind", "by"), USED, ids=[kind for _, kind, _ in USED])
async def test_what_others_refer_to_stays(stored: Stored, used: Entity, kind: str, by: str) -> None:
    await stored.add(*EVERYTHING)

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(used)

    assert refused.value.parameters == {"kind": kind, "by": by}
    assert await stored.get(type(used), used.id) is not None


COHORT = Cohort(students=frozenset({a_student().id}), programs=frozenset({a_program().id}))
FOR_COHORTS: Sequence[tuple[Sequence[Entity], str]] = (
    ((a_time_ticket(cohort=COHORT),), "time-tickets"),
    ((CS, replace(a_section(CS), reserved=(_kept(COHORT),))), "sections"),
)


@pytest.mark.parametrize(("users", "by"), FOR_COHORTS, ids=[by for _, by in FOR_COHORTS])
async def test_whom_a_cohort_names_stays(stored: Stored, users: Sequence[Entity], by: str) -> None:
    await stored.add(a_term(), a_course(), a_program(), a_student(), *users)

    for member, kind in ((a_student(), "student"), (a_program(), "program")):
        with pytest.raises(StillReferenced) as refused:
            await stored.remove(member)
        assert refused.value.parameters == {"kind": kind, "by": by}
    await stored.remove(users[-1])
    await stored.remove(a_student())
    await stored.remove(a_program())


async def test_an_instructor_stays_while_a_student_is_advised_by_them(stored: Stored) -> None:
    advised = replace(a_student(), advisor_ids=frozenset({an_instructor().id}))
    await stored.add(an_instructor(), advised)

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(an_instructor())

    assert refused.value.parameters == {"kind": "instructor", "by": "students"}
    await stored.save(a_student())
    await stored.remove(an_instructor())


async def test_a_program_stays_while_an_offering_is_restricted_to_it(stored: Stored) -> None:
    restricted = replace(CS, program_ids=frozenset({a_program().id}))
    await stored.add(a_term(), a_course(), a_program(), restricted)

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(a_program())

    assert refused.value.parameters == {"kind": "program", "by": "offerings"}


async def test_a_term_with_a_time_ticket_stays(stored: Stored) -> None:
    await stored.add(a_term(), a_time_ticket())

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(a_term())

    assert refused.value.parameters == {"kind": "term", "by": "time-tickets"}


@pytest.mark.parametrize("sessions", [(), (a_session("B"),)], ids=["none", "renamed"])
async def test_a_session_stays_while_an_offering_is_taught_in_it(stored: Stored, sessions: tuple[Session, ...]) -> None:
    await stored.add(replace(a_term(), sessions=(a_session("A"),)), a_course(), replace(CS, session="A"))

    with pytest.raises(StillReferenced) as refused:
        await stored.save(replace(a_term(), sessions=sessions))

    assert refused.value.parameters == {"kind": "term", "by": "offerings"}


async def test_an_offering_cannot_move_to_a_session_of_another_term(stored: Stored) -> None:
    await stored.add(replace(a_term("2027-2"), sessions=(a_session("A"),)), a_term(), a_course(), CS)

    with pytest.raises(UnknownReference) as refused:
        await stored.save(replace(CS, session="A"))

    assert refused.value.parameters["field"] == "session"


USERS: Sequence[tuple[Entity, str]] = (
    (replace(a_program(), department_id=a_department().id), "programs"),
    (replace(an_instructor(), department_id=a_department().id), "instructors"),
)


@pytest.mark.parametrize(("user", "by"), USERS, ids=[by for _, by in USERS])
async def test_a_department_stays_for_whoever_belongs_to_it(stored: Stored, user: Entity, by: str) -> None:
    await stored.add(a_department(), user)

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(a_department())

    assert refused.value.parameters == {"kind": "department", "by": by}


async def test_everything_can_go_when_nothing_refers_to_it(stored: Stored) -> None:
    await stored.add(*EVERYTHING)

    for entity in reversed(EVERYTHING):
        await stored.remove(entity, 1)

    for entity in EVERYTHING:
        assert await stored.get(type(entity), entity.id) is None


ENROLLED: Sequence[tuple[Entity, str, str]] = (
    (a_student("s1"), "student", "enrollments"),
    (CS, "offering", "enrollments"),
    (a_section(CS, "A-LAB", component="LAB"), "section", "enrollments"),
)


@pytest.mark.parametrize("dropped", [True, False], ids=["dropped", "standing"])
@pytest.mark.parametrize(("entity", "kind", "by"), ENROLLED, ids=[kind for _, kind, _ in ENROLLED])
async def test_who_was_enrolled_stays_on_record(
    stored: Stored, entity: Entity, kind: str, by: str, *, dropped: bool
) -> None:
    await stored.add(*a_small_university())
    await stored.register(a_request("s1", adding("CS-101", "A", "A-LAB", as_name="e")))
    await stored.register(*([a_request("s1", dropping("e"))] if dropped else []))

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(entity)

    assert refused.value.parameters == {"kind": kind, "by": by}


BREAKING: Sequence[Entity] = (
    replace(OFFERING, configurations=OFFERING.configurations[1:]),
    replace(OFFERING, term_id=a_term("2027-2").id, session=None),
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

    with pytest.raises(StillReferenced) as refused:
        await stored.save(a_section(CS, "A", component="LAB"))

    assert refused.value.parameters == {"kind": "section", "by": "enrollments"}


async def test_an_offering_cannot_change_its_course_under_its_students(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.register(a_request("s1", adding("CS-101", "A", "A-LAB")))

    with pytest.raises(StillReferenced) as refused:
        await stored.save(replace(CS, course_id=a_course("MA", "1").id))

    assert refused.value.parameters == {"kind": "offering", "by": "enrollments"}


async def test_an_offering_may_take_another_main_course_while_it_keeps_that_of_its_students(stored: Stored) -> None:
    algebra = a_course("MA", "1").id
    await stored.add(*a_small_university())
    await stored.register(a_request("s1", adding("CS-101", "A", "A-LAB")))

    await stored.save(replace(CS, course_id=algebra, cross_listed=(a_course().id,)))

    with pytest.raises(StillReferenced) as refused:
        await stored.save(replace(CS, course_id=algebra))
    assert refused.value.parameters == {"kind": "offering", "by": "enrollments"}


async def test_an_unlimited_section_cannot_be_limited_under_its_students(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.register(a_request("s1", adding("MA-1")))

    with pytest.raises(StillReferenced) as refused:
        await stored.save(a_section(an_offering("MA-1"), "M", capacity=1))

    assert refused.value.parameters == {"kind": "section", "by": "enrollments"}


async def test_records_of_an_institution_that_does_not_exist_are_refused(stored: Stored) -> None:
    nowhere = Stored(stored.persistence, an_institution("nowhere").id)

    with pytest.raises(UnknownReference):
        await nowhere.add(DEPARTMENT)


async def test_terms_are_found_by_their_own_code_after_renaming(stored: Stored) -> None:
    await stored.add(*EVERYTHING)

    await stored.save(replace(TERM, code="renamed"))

    assert await stored.identify(Term, "code:renamed") == TERM.id
    assert await stored.identify(Section, "code:renamed:Z") == LECTURE.id
