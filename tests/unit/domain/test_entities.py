"""Entities and values refuse what cannot exist, at the moment they are made, and name the field."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.program import Program
from domain.people.hold import Hold, HoldBlock
from domain.people.instructor import Instructor
from domain.people.student import Student
from domain.scheduling.calendar import Meeting, TermCalendar
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.room import Room
from domain.shared.identifiers import (
    ComponentId,
    ConfigurationId,
    CourseId,
    DepartmentId,
    HoldId,
    InstitutionId,
    InstructorId,
    OfferingId,
    ProgramId,
    RoomId,
)
from domain.shared.institution import Institution
from domain.shared.invalid import InvalidValue
from tests.support.domain_builders import NOON, a_hold, a_meeting, a_term, identifier, student_id
from tests.support.university import University

COURSE = Course(CourseId(identifier("course", "CS-101")), "CS", "101", "Programming", "", Decimal(3))
PROGRAM = Program(ProgramId(identifier("program", "BSC")), "BSC", "Bachelor")
STUDENT = Student(student_id("S1"), "S1", "Given", "Family")
SECTION = University().lecture("CS-101")
COMPONENT = Component(ComponentId(identifier("component", "LEC")), "LEC", ComponentKind.LECTURE)
CONFIGURATION = Configuration(ConfigurationId(identifier("configuration", "1")), "1", (COMPONENT,))
OFFERING = CourseOffering(
    OfferingId(identifier("offering", "CS-101")), a_term().id, COURSE.id, "CS-101", (CONFIGURATION,)
)

INVALID: list[tuple[str, Callable[[], object]]] = [
    ("code", lambda: Department(DepartmentId(identifier("department", "x")), "two words", "Name")),
    ("name", lambda: Department(DepartmentId(identifier("department", "x")), "CS", " ")),
    ("code", lambda: replace(COURSE, number="")),
    ("code", lambda: replace(COURSE, subject="C:S")),
    ("title", lambda: replace(COURSE, title="")),
    ("credits", lambda: replace(COURSE, credits=Decimal("-0.5"))),
    ("code", lambda: replace(PROGRAM, code="")),
    ("name", lambda: replace(PROGRAM, name="\t")),
    ("required_credits", lambda: replace(PROGRAM, required_credits=Decimal(-1))),
    ("code", lambda: replace(STUDENT, code="S/1")),
    ("given_name", lambda: replace(STUDENT, given_name=" ", family_name="")),
    ("code", lambda: Instructor(InstructorId(identifier("instructor", "x")), "", "Name")),
    ("name", lambda: Instructor(InstructorId(identifier("instructor", "x")), "I1", "")),
    ("code", lambda: Room(RoomId(identifier("room", "x")), "-1", "Room", 10)),
    ("capacity", lambda: Room(RoomId(identifier("room", "x")), "A-1", "Room", -1)),
    ("code", lambda: Institution(InstitutionId(identifier("institution", "x")), "", "Name", "UTC")),
    ("name", lambda: Institution(InstitutionId(identifier("institution", "x")), "main", "", "UTC")),
    ("blocks", lambda: replace(a_hold("S1"), blocks=frozenset[HoldBlock]())),
    ("office", lambda: replace(a_hold("S1"), office="")),
    ("reason", lambda: replace(a_hold("S1"), reason=" ")),
    ("ends_on", lambda: TermCalendar(date(2027, 2, 2), date(2027, 2, 1))),
    ("ends_on", lambda: a_term(starts_on=date(2027, 6, 1))),
    ("registration_closes_at", lambda: a_term(closes_at=datetime(2027, 1, 10, 8, tzinfo=UTC))),
    ("credit_maximum", lambda: a_term(credit_maximum=Decimal(-1))),
    ("weekdays", lambda: Meeting(frozenset(), time(10), time(12))),
    ("ends_at", lambda: a_meeting(at="10:00", until="10:00")),
    ("ends_at", lambda: a_meeting(at="23:00", until="01:00")),
    ("weeks", lambda: a_meeting(weeks=frozenset({0}))),
    ("last_date", lambda: a_meeting(first_date=date(2027, 3, 2), last_date=date(2027, 3, 1))),
    ("components", lambda: replace(CONFIGURATION, components=())),
    ("components", lambda: replace(CONFIGURATION, components=(COMPONENT, COMPONENT))),
    ("configurations", lambda: replace(OFFERING, configurations=())),
    ("configurations", lambda: replace(OFFERING, configurations=(CONFIGURATION, CONFIGURATION))),
    ("code", lambda: replace(OFFERING, code="")),
    ("code", lambda: replace(SECTION, code="a b")),
    ("capacity", lambda: replace(SECTION, capacity=-1)),
    ("parent", lambda: replace(SECTION, parent_id=SECTION.id)),
]


@pytest.mark.parametrize(("field", "make"), INVALID)
def test_a_value_that_cannot_exist_is_refused_by_field(field: str, make: Callable[[], object]) -> None:
    with pytest.raises(InvalidValue) as refused:
        make()

    assert refused.value.field == field
    assert refused.value.reason


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "America", "../UTC"])
def test_a_term_or_institution_is_refused_a_time_zone_that_no_clock_shows(zone: str) -> None:
    with pytest.raises(InvalidValue, match="time_zone"):
        a_term(time_zone=zone)
    with pytest.raises(InvalidValue, match="time_zone"):
        Institution(InstitutionId(identifier("institution", "x")), "main", "Name", zone)


def test_a_registration_window_without_offset_is_refused_since_nobody_knows_when_it_is() -> None:
    naive_opening, naive_closing = datetime(2027, 1, 10, 8), datetime(2027, 3, 1)  # noqa: DTZ001 - the point

    with pytest.raises(InvalidValue, match="registration_opens_at"):
        a_term(opens_at=naive_opening, closes_at=naive_closing)
    with pytest.raises(InvalidValue, match="registration_closes_at"):
        a_term(closes_at=naive_closing)


def test_nothing_at_all_is_a_fine_lower_limit() -> None:
    assert replace(COURSE, credits=Decimal(0)).credits == 0
    assert replace(SECTION, capacity=0).capacity == 0
    assert a_term(credit_maximum=Decimal(0)).credit_maximum == 0


def test_a_term_may_last_one_day() -> None:
    day = date(2027, 2, 1)

    assert a_term(starts_on=day, ends_on=day).calendar == TermCalendar(day, day)


def test_a_course_is_known_by_subject_and_number_or_by_number_alone() -> None:
    assert COURSE.code == "CS-101"
    assert replace(COURSE, subject="").code == "101"


def test_a_student_may_have_one_name_only() -> None:
    assert replace(STUDENT, family_name="").given_name == "Given"


def test_a_hold_blocks_registration_until_it_is_released() -> None:
    hold = a_hold("S1")
    released = hold.release(NOON)

    assert hold.blocks_registration()
    assert not released.blocks_registration()
    assert released.released_at == NOON


def test_releasing_a_hold_again_leaves_it_as_it_ended() -> None:
    released = a_hold("S1").release(NOON)

    assert released.release(datetime(2027, 5, 1, tzinfo=UTC)) == released


def test_a_hold_on_transcripts_does_not_block_registration() -> None:
    hold: Hold = a_hold("S1", blocks=HoldBlock.TRANSCRIPTS)

    assert hold.is_active()
    assert not hold.blocks_registration()
    assert hold.id == HoldId(identifier("hold", "S1/fees"))


def test_an_offering_knows_its_components_and_their_configuration() -> None:
    stranger = ComponentId(identifier("component", "stranger"))

    assert OFFERING.component(COMPONENT.id) == COMPONENT
    assert OFFERING.configuration_of(COMPONENT.id) == CONFIGURATION
    assert OFFERING.component(stranger) is None
    assert OFFERING.configuration_of(stranger) is None
