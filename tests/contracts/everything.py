"""Records of every kind with every field filled, in an order in which they can be added."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from application.shared.records import Entity
from domain.catalog.grading import GradingBasis
from domain.catalog.requisite import ConsentBy
from domain.catalog.requisite_grammar import parse_requisite
from domain.people.cohort import Cohort
from domain.people.hold import HoldBlock
from domain.people.student import TestScore
from domain.registration.attempt import CourseAttempt
from domain.scheduling.calendar import Weekday
from domain.scheduling.offering import Component, ComponentKind, Configuration
from domain.scheduling.section import ReservedSeats, SectionStatus
from domain.scheduling.term import CreditLimits, Deadlines
from domain.shared.identifiers import AttemptId, ComponentId, ConfigurationId
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
    a_time_ticket,
    an_instructor,
    an_offering,
)
from tests.support.domain_builders import NOON, a_meeting, identifier
from tests.support.grading import LETTERS, NUMBERS

DEPARTMENT = a_department("Ñ-ÁLG", "Álgebra, 代数 & Ω «%_\\»")
COURSE = replace(
    a_course("CS", "101+", title="Programación 🎓", credits_="4.25"),
    description="Line one\nline two\t'quoted' \"twice\"",
    department_id=DEPARTMENT.id,
    prerequisite=parse_requisite(
        '(MATH-101 >= C and "or" >= "not \\"so\\" good") or placement:MATH >= 70.5 or program:ÁLG'
    ),
    corequisite=parse_requisite("2 of (CS-99, consent:department, department:CS)"),
    exclusion=parse_requisite("level >= 9"),
    grading_bases=frozenset(GradingBasis),
    attempts_maximum=3,
    repeatable=False,
)
PROGRAM = replace(
    a_program(),
    registry_code="SNIES 1024",
    degree="Ingeniera",
    required_credits=Decimal("160.5"),
    department_id=DEPARTMENT.id,
)
CROSS_LISTED = a_course("XL", "101")
INSTRUCTORS = (
    replace(an_instructor("i1"), email="one@example.org", department_id=DEPARTMENT.id),
    an_instructor("i2"),
    an_instructor("i3"),
)
STUDENT = replace(
    a_student("s1", "Nuñez", "Zoë"),
    birthday=date(2008, 2, 29),
    email="zoe@example.org",
    program_id=PROGRAM.id,
    class_level=3,
    test_scores=(TestScore("MATH", Decimal("70.5")), TestScore("ENGLISH", Decimal(8))),
    credit_maximum=Decimal("21.5"),
    credit_minimum=Decimal(6),
    advisor_ids=frozenset(instructor.id for instructor in INSTRUCTORS[::2]),
)
ATTEMPT = CourseAttempt(
    id=AttemptId(identifier("attempt", "s1")),
    student_id=STUDENT.id,
    course_id=COURSE.id,
    term="Otoño 2019",
    credits=Decimal("4.25"),
    grade="A",
    scheme_id=LETTERS.id,
    passed=True,
    transfer=True,
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
    withdrawal_deadline=date(2027, 4, 30),
    credit_minimum=Decimal("3.5"),
    credit_limits={1: CreditLimits(Decimal(15), Decimal(9)), 2: CreditLimits(), 9: CreditLimits(Decimal("30.25"))},
    sessions=(
        a_session("B"),
        replace(a_session("A"), deadlines=Deadlines(date(2027, 2, 3), date(2027, 2, 4), date(2027, 3, 1))),
    ),
    waitlist_closes_at=NOON,
    in_progress_counts=False,
)
TICKET = replace(
    a_time_ticket("Álgebra", Cohort(frozenset({STUDENT.id}), frozenset({PROGRAM.id}), frozenset({4, 2}))),
    closes_at=datetime(2027, 1, 20, 1, 2, 3, 4, tzinfo=UTC),
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
    cross_listed=(CROSS_LISTED.id,),
    session="A",
    class_levels=frozenset({3, 1}),
    program_ids=frozenset({PROGRAM.id}),
    consent=ConsentBy.DEPARTMENT,
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
    waitlist_capacity=5,
    reserved=(
        ReservedSeats("Z first", Cohort(frozenset({STUDENT.id}), frozenset({PROGRAM.id}), frozenset({1, 2})), 1, NOON),
        ReservedSeats("A second", Cohort(class_levels=frozenset({3})), 0),
    ),
)
LAB = replace(a_section(OFFERING, "A", component="LAB", capacity=None, parent=LECTURE), status=SectionStatus.CANCELLED)
EVERYTHING: Sequence[Entity] = (
    DEPARTMENT,
    COURSE,
    CROSS_LISTED,
    PROGRAM,
    LETTERS,
    NUMBERS,
    *INSTRUCTORS,
    STUDENT,
    HOLD,
    ATTEMPT,
    *ROOMS,
    TERM,
    TICKET,
    OFFERING,
    LECTURE,
    LAB,
)
