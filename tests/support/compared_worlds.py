"""One small university with every rule in it, written twice: as the product's entities, and for the naive one.

Moments are days: day 0 is the day before registration opens; everything happens at midnight UTC.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from application.shared.records import Entity
from domain.catalog.course import Course
from domain.catalog.grading import Grade, GradingScheme
from domain.catalog.requisite import ConsentBy, CourseTaken
from domain.people.cohort import Cohort
from domain.people.hold import Hold, HoldBlock
from domain.people.student import Student
from domain.registration.attempt import CourseAttempt
from domain.scheduling.calendar import Meeting, Weekday
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.section import ReservedSeats, Section
from domain.scheduling.term import Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import (
    AttemptId,
    ComponentId,
    ConfigurationId,
    GradingSchemeId,
    HoldId,
    TermId,
    TimeTicketId,
)
from tests.support.domain_builders import course_id, identifier, offering_id, section_id, student_id
from tests.support.naive_registration import NaiveRegistration
from tests.support.naive_terms import NaiveOffering, NaiveSection, NaiveTimes

DAY_ZERO = datetime(2027, 1, 9, tzinfo=UTC)
TERM = TermId(identifier("term", "compared"))
TIMES = NaiveTimes(opens=1, closes=30, add=12, drop=16, withdraw=22, waitlist=14, ticket={1: 3, 2: 1})
LAST_DAY = 24
MAXIMUM = 9
LEVELS = {"s1": 1, "s2": 1, "s3": 2, "s4": 2, "s5": 1}
PASSED = {"s1": (), "s2": ("P",), "s3": ("P",), "s4": (), "s5": ("A",)}

OFFERINGS = {
    "A": NaiveOffering(("LEC",), 3),
    "B": NaiveOffering(("LEC", "LAB"), 4, coreq="C"),
    "C": NaiveOffering(("LEC",), 3, excludes="D"),
    "D": NaiveOffering(("LEC",), 3, prereq="P", level=2),
    "E": NaiveOffering(("LEC",), 2, consent=True),
}
SECTIONS = {
    "A1": NaiveSection("A", "LEC", 1, frozenset({1}), waitlist=2),
    "A2": NaiveSection("A", "LEC", 1, frozenset({2}), waitlist=1),
    "B1": NaiveSection("B", "LEC", 2, frozenset({3}), waitlist=1),
    "B2": NaiveSection("B", "LAB", 1, frozenset({4}), waitlist=2),
    "B3": NaiveSection("B", "LAB", 1, frozenset({1}), waitlist=1),
    "C1": NaiveSection("C", "LEC", 2, frozenset({2}), waitlist=2, reserved_level=2, reserved=1, reserved_until=8),
    "D1": NaiveSection("D", "LEC", 1, frozenset({4}), waitlist=2),
    "E1": NaiveSection("E", "LEC", 1, frozenset({5}), waitlist=2),
}


def moment(day: int) -> datetime:
    """The moment that a day stands for."""
    return DAY_ZERO + timedelta(days=day)


def a_naive_world() -> NaiveRegistration:
    """The university for the naive registration."""
    return NaiveRegistration(
        TIMES,
        dict(OFFERINGS),
        {code: replace(section) for code, section in SECTIONS.items()},
        dict(LEVELS),
        {student: frozenset(courses) for student, courses in PASSED.items()},
        MAXIMUM,
    )


def entities() -> Sequence[Entity]:
    """The university as the product stores it, each record after those that it refers to."""
    courses = [_course(code) for code in (*OFFERINGS, "P")]
    scheme = GradingScheme(
        GradingSchemeId(identifier("scheme", "letters")), "letters", "Letters", (Grade("A", passes=True),)
    )
    students = [
        Student(student_id(code), code, "Some", f"Student {code}", class_level=level) for code, level in LEVELS.items()
    ]
    attempts = [
        CourseAttempt(
            id=AttemptId(identifier("attempt", f"{student}/{course}")),
            student_id=student_id(student),
            course_id=course_id(course),
            term="2026-2",
            credits=Decimal(3),
            grade="A",
            scheme_id=scheme.id,
            passed=True,
        )
        for student, passed in PASSED.items()
        for course in passed
    ]
    tickets = [
        TimeTicket(
            id=TimeTicketId(identifier("ticket", str(level))),
            term_id=TERM,
            name=f"Level {level}",
            cohort=Cohort(class_levels=frozenset({level})),
            opens_at=moment(day),
        )
        for level, day in TIMES.ticket.items()
    ]
    offerings = [_offering(code, known) for code, known in OFFERINGS.items()]
    sections = [_section(code, known) for code, known in SECTIONS.items()]
    return (*courses, scheme, *students, *attempts, a_term(), *tickets, *offerings, *sections)


def a_term() -> Term:
    """The term."""
    return Term(
        id=TERM,
        code="compared",
        name="The term",
        time_zone="UTC",
        starts_on=date(2027, 2, 1),
        ends_on=date(2027, 5, 30),
        registration_opens_at=moment(TIMES.opens),
        registration_closes_at=moment(TIMES.closes),
        add_deadline=moment(TIMES.add).date(),
        drop_deadline=moment(TIMES.drop).date(),
        withdrawal_deadline=moment(TIMES.withdraw).date(),
        credit_maximum=Decimal(MAXIMUM),
        waitlist_closes_at=moment(TIMES.waitlist),
    )


def a_hold(student: str, number: int, day: int) -> Hold:
    """A hold on a student."""
    return Hold(
        id=HoldId(identifier("hold", f"{student}/{number}")),
        student_id=student_id(student),
        blocks=frozenset({HoldBlock.REGISTRATION}),
        office="Bursar",
        reason="Open fees",
        placed_at=moment(day),
    )


def _course(code: str) -> Course:
    known = OFFERINGS.get(code, NaiveOffering((), 3))
    return Course(
        id=course_id(code),
        subject="",
        number=code,
        title=f"Course {code}",
        description="",
        credits=Decimal(known.credits),
        prerequisite=None if known.prereq is None else CourseTaken(known.prereq),
        corequisite=None if known.coreq is None else CourseTaken(known.coreq),
        exclusion=None if known.excludes is None else CourseTaken(known.excludes),
    )


def _offering(code: str, known: NaiveOffering) -> CourseOffering:
    components = tuple(Component(_component_id(code, name), name, ComponentKind.LECTURE) for name in known.components)
    configuration = Configuration(ConfigurationId(identifier("configuration", f"compared/{code}")), "1", components)
    return CourseOffering(
        id=offering_id(f"compared/{code}"),
        term_id=TERM,
        course_id=course_id(code),
        code=code,
        configurations=(configuration,),
        class_levels=frozenset() if known.level is None else frozenset({known.level}),
        consent=ConsentBy.INSTRUCTOR if known.consent else None,
    )


def _section(code: str, known: NaiveSection) -> Section:
    reserved: tuple[ReservedSeats, ...] = ()
    if known.reserved_level is not None:
        cohort = Cohort(class_levels=frozenset({known.reserved_level}))
        reserved = (ReservedSeats("advanced", cohort, known.reserved, moment(known.reserved_until)),)
    return Section(
        id=section_id(f"compared/{code}"),
        term_id=TERM,
        offering_id=offering_id(f"compared/{known.offering}"),
        component_id=_component_id(known.offering, known.component),
        code=code,
        capacity=known.capacity,
        meetings=tuple(_meeting(slot) for slot in sorted(known.slots)),
        waitlist_capacity=known.waitlist,
        reserved=reserved,
    )


def _meeting(slot: int) -> Meeting:
    return Meeting(weekdays=frozenset({Weekday(slot)}), starts_at=time(10), ends_at=time(12))


def _component_id(offering: str, name: str) -> ComponentId:
    return ComponentId(identifier("component", f"compared/{offering}/{name}"))
