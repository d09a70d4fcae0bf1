"""A university for tests: courses, offerings, sections and students of one term, arranged step by step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from domain.catalog.course import Course
from domain.catalog.grading import GradingBasis
from domain.people.hold import Hold
from domain.people.student import Student
from domain.registration.enrollment import Enrollment, SeatTaken
from domain.registration.facts import Facts, OfferingFacts, Profile, StudentFacts
from domain.registration.permission import Permission
from domain.registration.requisites import AttemptAtCourse
from domain.registration.seating import Seating
from domain.registration.waitlist import WaitlistEntry
from domain.scheduling.calendar import Meeting
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.section import ReservedSeats, Section, SectionStatus
from domain.scheduling.term import Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import (
    ComponentId,
    ConfigurationId,
    CourseId,
    OfferingId,
    SectionId,
    StudentId,
    WaitlistEntryId,
)
from domain.shared.reference import Reference
from tests.support.domain_builders import (
    NOON,
    ONE_LECTURE,
    a_term,
    by_code,
    course_id,
    enrollment_id,
    entry_id,
    identifier,
    offering_id,
    program_id,
    section_id,
    student_id,
)

_SOMEBODY = StudentFacts(profile=Profile())


class University:
    """Offerings, sections and students of one term, arranged step by step; `facts()` is what deciding looks at."""

    def __init__(self, term: Term | None = None, next_number: int = 1) -> None:
        self.term = term or a_term()
        self._next_number = next_number
        self._courses: dict[CourseId, Course] = {}
        self._offerings: dict[OfferingId, CourseOffering] = {}
        self._sections: dict[SectionId, Section] = {}
        self._seating: dict[SectionId, Seating] = {}
        self._students: dict[StudentId, StudentFacts] = {}
        self._tickets: list[TimeTicket] = []
        self._entries: dict[WaitlistEntryId, WaitlistEntry] = {}

    def course(self, code: str, *, credits_: str = "3", **rules: Any) -> Course:
        """List a course in the catalog; `rules` are further fields of it."""
        subject, _, number = code.rpartition("-")
        course = Course(course_id(code), subject, number, code, "", Decimal(credits_), **rules)
        self._courses[course.id] = course
        return course

    def offer(
        self,
        code: str,
        configurations: Mapping[str, Sequence[str]] = ONE_LECTURE,
        *,
        course: str | None = None,
        credits_: str | None = None,
        cross_listed: Sequence[str] = (),
        **rules: Any,
    ) -> CourseOffering:
        """Offer a course; `configurations` are names with the names of their components.

        Courses that are not in the catalog yet are listed there; `rules` are further fields of the offering.
        """
        for listed in (course or code, *cross_listed):
            if course_id(listed) not in self._courses:
                self.course(listed, credits_=credits_ or "3")
        offering = CourseOffering(
            id=offering_id(code),
            term_id=self.term.id,
            course_id=course_id(course or code),
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
            cross_listed=tuple(course_id(listed) for listed in cross_listed),
            **rules,
        )
        self._offerings[offering.id] = offering
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
        waitlist: int = 0,
        reserved: Sequence[ReservedSeats] = (),
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
            waitlist_capacity=waitlist,
            reserved=tuple(reserved),
        )
        self._sections[section.id] = section
        if capacity is not None:
            self._seating[section.id] = Seating.new(capacity)
        return section

    def lecture(
        self,
        code: str,
        *meetings: Meeting,
        capacity: int | None = 30,
        waitlist: int = 0,
        reserved: Sequence[ReservedSeats] = (),
    ) -> Section:
        """Offer a course of one lecture with one section, `CODE-A`."""
        offering = self._offerings.get(offering_id(code)) or self.offer(code)
        return self.section(offering, f"{code}-A", *meetings, capacity=capacity, waitlist=waitlist, reserved=reserved)

    def student(self, name: str, *, program: str | None = None, department: str | None = None, **record: Any) -> None:
        """Keep a record of a student; `record` are further fields of it."""
        known = Student(
            student_id(name), name, name, "", program_id=None if program is None else program_id(program), **record
        )
        self._know(known.id, profile=Profile.of(known), program=program, department=department)

    def seat(
        self, student: str, offering: str, *sections: str, as_name: str | None = None, pool: str | None = None
    ) -> Enrollment:
        """Let a student sit in the sections with these codes, against a reserved `pool` of each."""
        known = self._offerings[offering_id(offering)]
        seats = []
        for code in sections:
            section = self._sections[section_id(code)]
            seat_no = None
            if section.capacity is not None:
                seat_no, self._seating[section.id] = self._seating[section.id].take()
            seats.append(SeatTaken(section.id, section.component_id, seat_no, pool))
        enrollment = Enrollment(
            id=enrollment_id(as_name or f"{student}/{offering}"),
            student_id=student_id(student),
            term_id=self.term.id,
            offering_id=known.id,
            course_id=known.course_id,
            credits=self._courses[known.course_id].credits,
            seats=tuple(seats),
            number=self._take_number(),
            enrolled_at=NOON,
        )
        self._know(enrollment.student_id, enrollments=(*self._known(student).enrollments, enrollment))
        return enrollment

    def fill(self, offering: str, section: str) -> None:
        """Let other students take every free seat of a section."""
        while self._seating[section_id(section)].free:
            self.seat(f"other {self._next_number}", offering, section)

    def wait(
        self, student: str, offering: str, *sections: str, instead_of: str | None = None, priority: int = 0
    ) -> WaitlistEntry:
        """Let a student wait for sections; the entry, and the enrollment to come, are called `STUDENT/OFFERING`."""
        known = self._offerings[offering_id(offering)]
        name = f"{student}/{offering}"
        entry = WaitlistEntry(
            id=entry_id(name),
            enrollment_id=enrollment_id(name),
            student_id=student_id(student),
            term_id=self.term.id,
            offering_id=known.id,
            course_id=known.course_id,
            section_ids=tuple(section_id(code) for code in sections),
            grading_basis=GradingBasis.GRADED,
            number=self._take_number(),
            joined_at=NOON,
            priority=priority,
            drop_if_enrolled=None if instead_of is None else enrollment_id(instead_of),
        )
        self._entries[entry.id] = entry
        return entry

    def hold(self, hold: Hold) -> None:
        """Put a hold on its student."""
        known = self._students.get(hold.student_id, StudentFacts())
        self._know(hold.student_id, holds=(*known.holds, hold))

    def permit(self, permission: Permission) -> None:
        """Give a permission."""
        known = self._students.get(permission.student_id, StudentFacts())
        self._know(permission.student_id, permissions=(*known.permissions, permission))

    def attempt(self, student: str, course: str, term: str = "2026-2", **result: Any) -> None:
        """Put a try at a course on a student's record, passed if nothing else is said."""
        attempt = AttemptAtCourse(course, term, **{"passed": not result.get("in_progress"), **result})
        self._know(student_id(student), attempts=(*self._known(student).attempts, attempt))

    def ticket(self, *tickets: TimeTicket) -> None:
        """Give out time tickets."""
        self._tickets += tickets

    def facts(self) -> Facts:
        """The facts as a registration book loads them: everything there is."""
        sections = sorted(self._sections.values(), key=lambda section: section.code)
        return Facts(
            term=self.term,
            next_number=self._next_number,
            students=dict(self._students),
            offerings={
                offering.id: OfferingFacts(
                    offering,
                    tuple(self._courses[course] for course in offering.course_ids),
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
            course_ids={
                reference: course.id
                for course in self._courses.values()
                for reference in (by_code(course.code), Reference.of(course.id))
            },
            pools=pools_of(e for known in self._students.values() for e in known.enrollments),
            entries=dict(self._entries),
            tickets=tuple(self._tickets),
        )

    def _known(self, student: str) -> StudentFacts:
        return self._students.get(student_id(student), _SOMEBODY)

    def _know(self, who: StudentId, /, **changes: Any) -> None:
        self._students[who] = replace(self._students.get(who, _SOMEBODY), **changes)

    def _take_number(self) -> int:
        self._next_number += 1
        return self._next_number - 1


def pools_of(enrollments: Iterable[Enrollment]) -> dict[SectionId, dict[str, int]]:
    """How many seats of each reserved pool the enrollments take."""
    taken: dict[SectionId, dict[str, int]] = {}
    for seat in (seat for enrollment in enrollments for seat in enrollment.seats):
        if seat.pool is not None:
            counts = taken.setdefault(seat.section_id, {})
            counts[seat.pool] = counts.get(seat.pool, 0) + 1
    return taken
