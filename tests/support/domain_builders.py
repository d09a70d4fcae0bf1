"""Builders of domain objects with sensible defaults: a term of spring 2027, and a university that offers courses in it.

Identifiers follow from names, so that tests can speak of `section_id("CS-101-A")`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.people.hold import Hold, HoldBlock
from domain.registration.commands import Action, Add, Drop, RegistrationRequest
from domain.registration.enrollment import Enrollment, SeatTaken
from domain.registration.facts import Facts, OfferingFacts, StudentFacts
from domain.registration.seating import Seating
from domain.scheduling.calendar import Meeting, Weekday
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.section import Section, SectionStatus
from domain.scheduling.term import Term
from domain.shared.identifiers import (
    ComponentId,
    ConfigurationId,
    CourseId,
    EnrollmentId,
    HoldId,
    OfferingId,
    RequestId,
    SectionId,
    StudentId,
    TermId,
)
from domain.shared.reference import Reference

NOON = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
"""A moment within the registration window of `a_term`."""

ONE_LECTURE: Mapping[str, Sequence[str]] = {"1": ("LEC",)}
LECTURE_AND_LAB: Mapping[str, Sequence[str]] = {"1": ("LEC", "LAB")}


def identifier(kind: str, name: str) -> UUID:
    """The identifier of what has that name, always the same."""
    return uuid5(NAMESPACE_URL, f"{kind}/{name}")


def student_id(name: str) -> StudentId:
    """The student of that name."""
    return StudentId(identifier("student", name))


def section_id(code: str) -> SectionId:
    """The section with that code."""
    return SectionId(identifier("section", code))


def enrollment_id(name: str) -> EnrollmentId:
    """The enrollment of that name."""
    return EnrollmentId(identifier("enrollment", name))


def a_term(
    *,
    time_zone: str = "UTC",
    starts_on: date = date(2027, 2, 1),
    ends_on: date = date(2027, 5, 30),
    opens_at: datetime = datetime(2027, 1, 10, 8, 0, tzinfo=UTC),
    closes_at: datetime = datetime(2027, 3, 1, 0, 0, tzinfo=UTC),
    add_deadline: date = date(2027, 2, 10),
    drop_deadline: date = date(2027, 2, 20),
    holidays: frozenset[date] = frozenset(),
    credit_maximum: Decimal | None = None,
) -> Term:
    """The term `2027-1`: February 1 (a Monday) to May 30, registration from January 10 to the end of February."""
    return Term(
        id=TermId(identifier("term", "2027-1")),
        code="2027-1",
        name="Spring 2027",
        time_zone=time_zone,
        starts_on=starts_on,
        ends_on=ends_on,
        registration_opens_at=opens_at,
        registration_closes_at=closes_at,
        add_deadline=add_deadline,
        drop_deadline=drop_deadline,
        holidays=holidays,
        credit_maximum=credit_maximum,
    )


def a_meeting(
    *weekdays: Weekday,
    at: str = "10:00",
    until: str = "12:00",
    weeks: frozenset[int] | None = None,
    first_date: date | None = None,
    last_date: date | None = None,
) -> Meeting:
    """A weekly slot, on Mondays if nothing else is said."""
    return Meeting(
        weekdays=frozenset(weekdays or (Weekday.MONDAY,)),
        starts_at=time.fromisoformat(at),
        ends_at=time.fromisoformat(until),
        weeks=weeks,
        first_date=first_date,
        last_date=last_date,
    )


def by_code(code: str) -> Reference:
    """The record with that natural code."""
    return Reference(code=code)


def adding(offering: str, *sections: str, as_name: str | None = None) -> Add:
    """An add of an offering by code, through the sections with these codes; its enrollment is called `as_name`."""
    return Add(enrollment_id(as_name or offering), by_code(offering), tuple(by_code(code) for code in sections))


def dropping(name: str) -> Drop:
    """A drop of the enrollment of that name."""
    return Drop(enrollment_id(name))


def a_request(student: str, *actions: Action, at: datetime = NOON) -> RegistrationRequest:
    """A request of the student of that name."""
    return RegistrationRequest(RequestId(identifier("request", student)), student_id(student), actions, at)


def a_hold(student: str, *, name: str = "fees", blocks: HoldBlock = HoldBlock.REGISTRATION) -> Hold:
    """A hold of the bursar."""
    return Hold(
        id=HoldId(identifier("hold", f"{student}/{name}")),
        student_id=student_id(student),
        blocks=frozenset({blocks}),
        office="Bursar",
        reason=f"Open {name}",
        placed_at=NOON,
    )


class University:
    """Offerings, sections and students of one term, arranged step by step; `facts()` is what deciding looks at."""

    def __init__(self, term: Term | None = None, next_number: int = 1) -> None:
        self.term = term or a_term()
        self._next_number = next_number
        self._offerings: dict[OfferingId, CourseOffering] = {}
        self._credits: dict[OfferingId, Decimal] = {}
        self._sections: dict[SectionId, Section] = {}
        self._seating: dict[SectionId, Seating] = {}
        self._enrollments: dict[StudentId, list[Enrollment]] = {}
        self._holds: dict[StudentId, list[Hold]] = {}

    def offer(
        self,
        code: str,
        configurations: Mapping[str, Sequence[str]] = ONE_LECTURE,
        *,
        course: str | None = None,
        credits_: str = "3",
    ) -> CourseOffering:
        """Offer a course; `configurations` are names with the names of their components."""
        offering = CourseOffering(
            id=OfferingId(identifier("offering", code)),
            term_id=self.term.id,
            course_id=CourseId(identifier("course", course or code)),
            code=code,
            configurations=tuple(
                Configuration(
                    ConfigurationId(identifier("configuration", f"{code}/{name}")),
                    name,
                    tuple(
                        Component(
                            ComponentId(identifier("component", f"{code}/{name}/{component}")),
                            component,
                            ComponentKind.OTHER,
                        )
                        for component in components
                    ),
                )
                for name, components in configurations.items()
            ),
        )
        self._offerings[offering.id] = offering
        self._credits[offering.id] = Decimal(credits_)
        return offering

    def section(
        self,
        offering: CourseOffering,
        code: str,
        *meetings: Meeting,
        component: str = "1/LEC",
        capacity: int | None = 30,
        status: SectionStatus = SectionStatus.OPEN,
        parent: str | None = None,
    ) -> Section:
        """Open a section of the component `CONFIGURATION/COMPONENT`."""
        section = Section(
            id=section_id(code),
            term_id=self.term.id,
            offering_id=offering.id,
            component_id=ComponentId(identifier("component", f"{offering.code}/{component}")),
            code=code,
            capacity=capacity,
            status=status,
            parent_id=None if parent is None else section_id(parent),
            meetings=meetings,
        )
        self._sections[section.id] = section
        if capacity is not None:
            self._seating[section.id] = Seating.new(capacity)
        return section

    def lecture(self, code: str, *meetings: Meeting, capacity: int | None = 30) -> Section:
        """Offer a course of one lecture with one section, `CODE-A`."""
        return self.section(self.offer(code), f"{code}-A", *meetings, capacity=capacity)

    def seat(self, student: str, offering: str, *sections: str, as_name: str | None = None) -> Enrollment:
        """Let a student sit in the sections with these codes."""
        known = self._offerings[OfferingId(identifier("offering", offering))]
        seats = []
        for code in sections:
            section = self._sections[section_id(code)]
            seat_no = None
            if section.capacity is not None:
                seat_no, self._seating[section.id] = self._seating[section.id].take()
            seats.append(SeatTaken(section.id, section.component_id, seat_no))
        enrollment = Enrollment(
            id=enrollment_id(as_name or f"{student}/{offering}"),
            student_id=student_id(student),
            term_id=self.term.id,
            offering_id=known.id,
            course_id=known.course_id,
            credits=self._credits[known.id],
            seats=tuple(seats),
            number=self._next_number,
            enrolled_at=NOON,
        )
        self._next_number += 1
        self._enrollments.setdefault(enrollment.student_id, []).append(enrollment)
        return enrollment

    def fill(self, offering: str, section: str) -> None:
        """Let other students take every free seat of a section."""
        while self._seating[section_id(section)].free:
            self.seat(f"other {self._next_number}", offering, section)

    def hold(self, hold: Hold) -> None:
        """Put a hold on its student."""
        self._holds.setdefault(hold.student_id, []).append(hold)

    def facts(self) -> Facts:
        """The facts as a registration book loads them: everything there is."""
        sections = sorted(self._sections.values(), key=lambda section: section.code)
        return Facts(
            term=self.term,
            next_number=self._next_number,
            students={
                student: StudentFacts(tuple(self._holds.get(student, ())), tuple(self._enrollments.get(student, ())))
                for student in {*self._holds, *self._enrollments}
            },
            offerings={
                offering.id: OfferingFacts(
                    offering,
                    self._credits[offering.id],
                    tuple(section for section in sections if section.offering_id == offering.id),
                )
                for offering in self._offerings.values()
            },
            sections=dict(self._sections),
            seating=dict(self._seating),
            offering_ids={
                reference: offering.id
                for offering in self._offerings.values()
                for reference in (by_code(offering.code), Reference.of(offering.id))
            },
            section_ids={
                reference: section.id
                for section in sections
                for reference in (by_code(section.code), Reference.of(section.id))
            },
        )
