"""The `Records` port: what is stored comes back whole, names are unique, references hold, versions count."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from application.shared.errors import (
    AlreadyExists,
    StaleWrite,
)
from application.shared.records import Entity
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.grading import GradingBasis, NumericScale
from domain.people.cohort import Cohort
from domain.people.hold import Hold, HoldBlock
from domain.scheduling.offering import CourseOffering
from domain.scheduling.room import Room
from domain.scheduling.section import Section, SectionStatus
from domain.scheduling.term import CreditLimits
from domain.shared.reference import Reference
from tests.contracts.arranging import Stored
from tests.contracts.everything import (
    ATTEMPT,
    COURSE,
    CROSS_LISTED,
    DEPARTMENT,
    EVERYTHING,
    HOLD,
    INSTRUCTORS,
    LAB,
    LECTURE,
    OFFERING,
    PROGRAM,
    ROOMS,
    STUDENT,
    TERM,
    TICKET,
)
from tests.support.builders import (
    a_course,
    a_department,
    a_hold,
    a_program,
    a_room,
    a_section,
    a_session,
    a_student,
    a_term,
    an_instructor,
    an_offering,
)
from tests.support.domain_builders import a_meeting, identifier
from tests.support.grading import LETTERS, NUMBERS


async def test_what_is_stored_comes_back_with_every_field(stored: Stored) -> None:
    await stored.add(*EVERYTHING)

    for entity in EVERYTHING:
        found = await stored.get(type(entity), entity.id)
        assert found is not None
        assert (found.entity, found.version) == (entity, 1)


async def test_what_is_left_out_stays_left_out(stored: Stored) -> None:
    bare = (a_course("", "7", credits_="0"), a_program(), a_student(), an_instructor(), a_hold(), a_term())
    offering = an_offering("7")
    await stored.add(*bare, offering, a_section(offering, capacity=0))

    for entity in (*bare, offering, a_section(offering, capacity=0)):
        found = await stored.get(type(entity), entity.id)
        assert found is not None
        assert found.entity == entity


async def test_there_is_nothing_under_an_unknown_id(stored: Stored) -> None:
    await stored.add(DEPARTMENT)

    assert await stored.get(Course, DEPARTMENT.id) is None
    assert await stored.get(Department, identifier("department", "other")) is None


async def test_a_record_is_named_by_id_or_by_code(stored: Stored) -> None:
    await stored.add(*EVERYTHING)

    assert await stored.identify(Department, f"{DEPARTMENT.id}") == DEPARTMENT.id
    assert await stored.identify(Department, "code:Ñ-ÁLG") == DEPARTMENT.id
    assert await stored.identify(Course, "code:CS-101+") == COURSE.id
    assert await stored.identify(Department, "code:ñ-álg") is None
    assert await stored.identify(Department, f"{COURSE.id}") is None
    assert await stored.identify(Hold, f"{HOLD.id}") == HOLD.id
    assert await stored.identify(Hold, "code:fees") is None


async def test_a_code_within_a_term_needs_the_code_of_the_term(stored: Stored) -> None:
    await stored.add(*EVERYTHING)
    elsewhere = (a_term("2027-2"), an_offering("CS-101+", term="2027-2"))
    await stored.add(*elsewhere)

    assert await stored.identify(CourseOffering, "code:2027-1:CS-101+") == OFFERING.id
    assert await stored.identify(CourseOffering, "code:2027-2:CS-101+") == elsewhere[1].id
    assert await stored.identify(Section, "code:2027-1:Z") == LECTURE.id
    assert await stored.identify(Section, f"{LECTURE.id}") == LECTURE.id
    assert await stored.identify(Section, "code:Z") is None
    assert await stored.identify(Section, "code:2027-2:Z") is None
    assert await stored.identify(Section, "code:never:Z") is None


OUTSIDE_TERMS: Sequence[tuple[Entity, str]] = (
    (DEPARTMENT, DEPARTMENT.code),
    (COURSE, COURSE.code),
    (PROGRAM, PROGRAM.code),
    (STUDENT, STUDENT.code),
    (INSTRUCTORS[0], "i1"),
    (HOLD, "fees"),
    (ROOMS[0], "R1"),
    (TERM, TERM.code),
    (TICKET, TICKET.name),
)


@pytest.mark.parametrize(("entity", "code"), OUTSIDE_TERMS, ids=lambda given: type(given).__name__)
@pytest.mark.parametrize("scope", [TERM.code, "never"])
async def test_a_record_outside_terms_is_not_named_within_a_term(
    stored: Stored, entity: Entity, code: str, scope: str
) -> None:
    await stored.add(*EVERYTHING)

    assert await stored.identify(type(entity), f"code:{scope}:{code}") is None
    async with stored.persistence.work(stored.institution) as work:
        assert await work.records(type(entity)).identify(Reference(code=code, scope=scope)) is None


async def test_many_codes_are_identified_at_once(stored: Stored) -> None:
    await stored.add(*EVERYTHING, a_course("MA", "1"))

    async with stored.persistence.work(stored.institution) as work:
        courses, holds = work.records(Course), work.records(Hold)
        assert await courses.identify_all(["CS-101+", "unknown", "MA-1"]) == {
            "CS-101+": COURSE.id,
            "MA-1": a_course("MA", "1").id,
        }
        assert await courses.identify_all([]) == {}
        assert await courses.identify(Reference(code="MA-1")) == a_course("MA", "1").id
        assert await holds.identify_all(["fees"]) == {}


async def test_any_number_of_codes_is_identified_at_once(stored: Stored) -> None:
    await stored.add(CROSS_LISTED)

    async with stored.persistence.work(stored.institution) as work:
        known = await work.records(Course).identify_all([*map(str, range(40_000)), "XL-101"])

    assert known == {"XL-101": CROSS_LISTED.id}


CHANGED: Sequence[Entity] = (
    replace(DEPARTMENT, code="D", name="Other"),
    replace(COURSE, number="102", credits=Decimal("0.5"), department_id=None, prerequisite=None, exclusion=None),
    replace(
        COURSE, corequisite=COURSE.prerequisite, attempts_maximum=None, grading_bases=frozenset({GradingBasis.AUDIT})
    ),
    replace(ATTEMPT, grade=None, scheme_id=None, passed=False, in_progress=True, transfer=False, term="2027-1"),
    replace(LETTERS, name="Other", grades=LETTERS.grades[1:]),
    replace(LETTERS, grades=(), scale=NUMBERS.scale),
    replace(NUMBERS, scale=NumericScale(Decimal("-1.5"), Decimal("9.125"), Decimal("0.0"), 3)),
    replace(PROGRAM, registry_code=None, degree=None, required_credits=None, department_id=None),
    replace(STUDENT, birthday=None, email=None, program_id=None, family_name="Other"),
    replace(STUDENT, class_level=None, test_scores=STUDENT.test_scores[::-1], credit_maximum=None),
    replace(STUDENT, test_scores=STUDENT.test_scores[1:], credit_minimum=None),
    replace(INSTRUCTORS[0], email=None, department_id=None),
    replace(HOLD, blocks=frozenset({HoldBlock.TRANSCRIPTS}), released_at=None),
    replace(ROOMS[0], capacity=7),
    replace(TERM, code="T", holidays=frozenset(), credit_maximum=None),
    replace(TERM, withdrawal_deadline=None, credit_minimum=None, waitlist_closes_at=None, in_progress_counts=True),
    replace(TERM, sessions=TERM.sessions[::-1], credit_limits={1: CreditLimits(), 3: TERM.credit_limits[9]}),
    replace(TERM, sessions=(*TERM.sessions[1:], a_session("new")), credit_limits={}),
    replace(TICKET, name="Other", closes_at=None, cohort=Cohort(students=TICKET.cohort.students)),
    replace(TICKET, cohort=Cohort(class_levels=frozenset({1}))),
    replace(OFFERING, code="O", configurations=OFFERING.configurations[::-1]),
    replace(OFFERING, cross_listed=(), session=None, class_levels=frozenset(), consent=None),
    replace(OFFERING, course_id=CROSS_LISTED.id, cross_listed=(COURSE.id,), session="B", program_ids=frozenset()),
    replace(LECTURE, code="S", meetings=LECTURE.meetings[1:], instructor_ids=LECTURE.instructor_ids[::-1]),
    replace(LECTURE, reserved=LECTURE.reserved[::-1], waitlist_capacity=0),
    replace(LECTURE, reserved=(replace(LECTURE.reserved[0], cohort=Cohort(class_levels=frozenset({7}))),)),
    replace(LECTURE, reserved=(replace(LECTURE.reserved[0], name="new"),)),
    replace(LAB, parent_id=None, meetings=(a_meeting(),), status=SectionStatus.OPEN),
)


@pytest.mark.parametrize("changed", CHANGED, ids=lambda entity: type(entity).__name__)
async def test_a_changed_record_is_the_next_version(stored: Stored, changed: Entity) -> None:
    await stored.add(*EVERYTHING)

    await stored.save(changed, 1)
    await stored.save(changed, None)

    found = await stored.get(type(changed), changed.id)
    assert found is not None
    assert (found.entity, found.version) == (changed, 3)


async def test_an_old_code_is_free_again(stored: Stored) -> None:
    await stored.add(a_room("R1"), a_room("R2"))

    await stored.save(replace(a_room("R1"), code="R3"))
    await stored.remove(a_room("R2"))
    await stored.add(replace(a_room("new"), code="R1"), replace(a_room("newer"), code="R2"))

    assert await stored.identify(Room, "code:R1") == a_room("new").id
    assert await stored.identify(Room, "code:R3") == a_room("R1").id


async def test_a_configuration_can_be_added_to_an_offering_and_taken_away(stored: Stored) -> None:
    await stored.add(*EVERYTHING)
    smaller = replace(OFFERING, configurations=OFFERING.configurations[:1])

    await stored.save(smaller)
    await stored.save(OFFERING)

    found = await stored.get(CourseOffering, OFFERING.id)
    assert found is not None
    assert found.entity == OFFERING


async def test_a_stale_write_changes_nothing(stored: Stored) -> None:
    await stored.add(DEPARTMENT)
    await stored.save(replace(DEPARTMENT, name="Second"), 1)

    with pytest.raises(StaleWrite):
        await stored.save(replace(DEPARTMENT, name="Third"), 1)
    with pytest.raises(StaleWrite):
        await stored.remove(DEPARTMENT, 1)

    found = await stored.get(Department, DEPARTMENT.id)
    assert found is not None
    assert (found.entity.name, found.version) == ("Second", 2)


async def test_what_is_gone_cannot_be_changed(stored: Stored) -> None:
    await stored.add(DEPARTMENT)
    await stored.remove(DEPARTMENT, 1)

    assert await stored.get(Department, DEPARTMENT.id) is None
    with pytest.raises(StaleWrite):
        await stored.save(DEPARTMENT)
    with pytest.raises(StaleWrite):
        await stored.remove(DEPARTMENT)


async def test_nothing_is_added_when_nothing_is_given(stored: Stored) -> None:
    async with stored.persistence.work(stored.institution) as work:
        await work.records(Section).add([])


TWINS: Sequence[tuple[Entity, str]] = (
    (replace(a_department("other"), code=DEPARTMENT.code), "code"),
    (replace(a_course("other", "1"), subject="CS", number="101+"), "code"),
    (replace(a_course("other", "1"), subject="", number="CS-101+"), "code"),
    (replace(a_program("other"), code=PROGRAM.code), "code"),
    (replace(a_student("other"), code=STUDENT.code), "code"),
    (replace(an_instructor("other"), code="i1"), "code"),
    (replace(a_room("other"), code="R1"), "code"),
    (replace(a_term("other"), code=TERM.code), "code"),
    (replace(an_offering("other"), course_id=COURSE.id, code=OFFERING.code), "term and code"),
    (replace(LAB, id=a_section(OFFERING, "other").id), "term and code"),
)


@pytest.mark.parametrize(("twin", "key"), TWINS, ids=lambda given: type(given).__name__)
async def test_a_code_is_given_once(stored: Stored, twin: Entity, key: str) -> None:
    await stored.add(*EVERYTHING)

    with pytest.raises(AlreadyExists) as refused:
        await stored.add(twin)

    assert refused.value.parameters["key"] == key
    assert await stored.get(type(twin), twin.id) is None


async def test_a_record_cannot_be_renamed_to_the_code_of_another(stored: Stored) -> None:
    await stored.add(a_room("R1"), a_room("R2"))

    with pytest.raises(AlreadyExists) as refused:
        await stored.save(replace(a_room("R2"), code="R1"))

    assert refused.value.parameters == {"kind": "room", "key": "code"}


async def test_two_records_of_one_call_cannot_share_a_code(stored: Stored) -> None:
    with pytest.raises(AlreadyExists):
        await stored.add(a_room("R1"), replace(a_room("R2"), code="R1"))

    assert await stored.identify(Room, "code:R1") is None


async def test_an_id_is_given_once(stored: Stored) -> None:
    await stored.add(*EVERYTHING)

    for entity in (DEPARTMENT, TERM, OFFERING, LAB):
        with pytest.raises(AlreadyExists) as refused:
            await stored.add(replace(entity, code="other"))
        assert refused.value.parameters["key"] == "id"


async def test_codes_differ_by_term(stored: Stored) -> None:
    await stored.add(*EVERYTHING, a_term("2027-2"), an_offering("CS-101+", "LEC", term="2027-2"))
    other = replace(a_section(an_offering("CS-101+", term="2027-2"), "other"), code="Z")

    await stored.add(other)

    assert await stored.identify(Section, "code:2027-2:Z") == other.id
