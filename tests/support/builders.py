"""Builders of records as they are stored: valid entities with defaults, whose ids follow from their codes.

The term is that of `domain_builders`, so requests built there are about the sections built here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from uuid import UUID

from application.shared.records import Entity
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.program import Program
from domain.people.cohort import Cohort
from domain.people.hold import Hold, HoldBlock
from domain.people.instructor import Instructor
from domain.people.student import Student
from domain.scheduling.calendar import Meeting, Weekday
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.room import Room
from domain.scheduling.section import Section
from domain.scheduling.term import Deadlines, Session, Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import (
    ComponentId,
    ConfigurationId,
    CourseId,
    DepartmentId,
    InstitutionId,
    InstructorId,
    OfferingId,
    ProgramId,
    RoomId,
    TermId,
    TimeTicketId,
)
from domain.shared.institution import Institution
from tests.support import domain_builders
from tests.support.domain_builders import NOON, a_meeting, identifier, section_id, student_id

TERM = "2027-1"


class FixedClock:
    """A clock that shows `moment`."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self.moment


class SequentialIds:
    """Identifiers that count up."""

    def __init__(self, start: int = 1) -> None:
        self._numbers: Iterator[int] = count(start)

    def new(self) -> UUID:
        """See `IdGenerator.new`."""
        return UUID(int=next(self._numbers))


def an_institution(code: str = "main", name: str = "Main University") -> Institution:
    """An institution in Bogota."""
    return Institution(InstitutionId(identifier("institution", code)), code, name, "America/Bogota")


def a_department(code: str = "MATH", name: str = "Mathematics") -> Department:
    """A department."""
    return Department(DepartmentId(identifier("department", code)), code, name)


def a_course(subject: str = "CS", number: str = "101", *, title: str = "Programming", credits_: str = "3") -> Course:
    """A course without department."""
    code = f"{subject}-{number}" if subject else number
    return Course(CourseId(identifier("course", code)), subject, number, title, "", Decimal(credits_))


def a_program(code: str = "ENG", name: str = "Engineering") -> Program:
    """A program of which only the name is known."""
    return Program(ProgramId(identifier("program", code)), code, name)


def a_student(code: str = "s1", family_name: str = "Student", given_name: str = "Some") -> Student:
    """A student without program."""
    return Student(student_id(code), code, given_name, family_name)


def an_instructor(code: str = "i1", name: str = "Some Instructor") -> Instructor:
    """An instructor without department."""
    return Instructor(InstructorId(identifier("instructor", code)), code, name)


def a_hold(student: str = "s1", name: str = "fees", blocks: HoldBlock = HoldBlock.REGISTRATION) -> Hold:
    """A hold of the bursar."""
    return domain_builders.a_hold(student, name=name, blocks=blocks)


def a_room(code: str = "R1", name: str = "Room", capacity: int = 30) -> Room:
    """A room."""
    return Room(RoomId(identifier("room", code)), code, name, capacity)


def a_term(code: str = TERM, credit_maximum: str | None = None) -> Term:
    """The term of `domain_builders`, under any code."""
    maximum = None if credit_maximum is None else Decimal(credit_maximum)
    return replace(domain_builders.a_term(credit_maximum=maximum), id=TermId(identifier("term", code)), code=code)


def a_session(code: str = "A") -> Session:
    """A session of the term's first eight weeks."""
    return Session(
        code=code,
        name=f"Session {code}",
        starts_on=date(2027, 2, 1),
        ends_on=date(2027, 3, 28),
        deadlines=Deadlines(date(2027, 2, 5), date(2027, 2, 12)),
    )


def a_time_ticket(name: str = "Beginners", cohort: Cohort | None = None, term: str = TERM) -> TimeTicket:
    """A ticket from noon on, for those of the first class level if no other cohort is given."""
    return TimeTicket(
        id=TimeTicketId(identifier("time ticket", f"{term}/{name}")),
        term_id=TermId(identifier("term", term)),
        name=name,
        cohort=cohort or Cohort(class_levels=frozenset({1})),
        opens_at=NOON,
    )


def an_offering(course: str = "CS-101", *components: str, term: str = TERM, configuration: str = "1") -> CourseOffering:
    """A course as the term offers it, in one configuration (default: of one lecture)."""
    key = f"{term}/{course}/{configuration}"
    return CourseOffering(
        id=OfferingId(identifier("offering", f"{term}/{course}")),
        term_id=TermId(identifier("term", term)),
        course_id=CourseId(identifier("course", course)),
        code=course,
        configurations=(
            Configuration(
                ConfigurationId(identifier("configuration", key)),
                configuration,
                tuple(
                    Component(ComponentId(identifier("component", f"{key}/{name}")), name, ComponentKind.LECTURE)
                    for name in components or ("LEC",)
                ),
            ),
        ),
    )


def a_section(
    offering: CourseOffering,
    code: str = "A",
    *meetings: Meeting,
    component: str = "LEC",
    capacity: int | None = 2,
    parent: Section | None = None,
) -> Section:
    """A section of a component of the offering's first configuration."""
    parts = {part.name: part.id for part in offering.configurations[0].components}
    return Section(
        id=section_id(code),
        term_id=offering.term_id,
        offering_id=offering.id,
        component_id=parts[component],
        code=code,
        capacity=capacity,
        parent_id=None if parent is None else parent.id,
        meetings=meetings,
    )


def a_small_university(capacity: int = 2, students: int = 4) -> Sequence[Entity]:
    """A term: `CS-101` with lectures `A`, `B` and the lab `A-LAB` of `A`; `MA-1` without limit; students `s1`..."""
    cs, math = an_offering("CS-101", "LEC", "LAB"), an_offering("MA-1")
    lecture = a_section(cs, "A", a_meeting(Weekday.MONDAY), capacity=capacity)
    return (
        a_term(),
        a_course(),
        a_course("MA", "1", title="Algebra", credits_="4.5"),
        cs,
        math,
        lecture,
        a_section(cs, "B", a_meeting(Weekday.TUESDAY), capacity=capacity),
        a_section(cs, "A-LAB", a_meeting(Weekday.FRIDAY), component="LAB", capacity=capacity, parent=lecture),
        a_section(math, "M", a_meeting(Weekday.WEDNESDAY), capacity=None),
        *(a_student(f"s{number}", f"Family {number}") for number in range(1, students + 1)),
    )
