"""What the rules look at: loaded once for a list of commands, then only read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

from domain.catalog.course import Course
from domain.people.hold import Hold
from domain.people.student import Student, TestScore
from domain.registration.enrollment import Enrollment
from domain.registration.permission import Permission
from domain.registration.requisites import AttemptAtCourse
from domain.registration.seating import Seating
from domain.registration.waitlist import WaitlistEntry
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import (
    CourseId,
    OfferingId,
    ProgramId,
    SectionId,
    StudentId,
    TimeTicketId,
    WaitlistEntryId,
)
from domain.shared.reference import Reference
from domain.shared.value import value

_NOTHING: Mapping[str, int] = MappingProxyType({})


@value(frozen=True, slots=True)
class Profile:
    """What rules look at of a student's record: nothing that says who the student is."""

    program_id: ProgramId | None = None
    class_level: int | None = None
    test_scores: tuple[TestScore, ...] = ()
    credit_maximum: Decimal | None = None
    credit_minimum: Decimal | None = None

    @classmethod
    def of(cls, student: Student) -> "Profile":
        """The profile of a student."""
        return cls(
            student.program_id,
            student.class_level,
            student.test_scores,
            student.credit_maximum,
            student.credit_minimum,
        )


@value(frozen=True, slots=True)
class StudentFacts:
    """What is known of a student: the profile, active holds, permissions of the term that are in force, attempts at
    courses, and the enrollments of the term that stand (status enrolled).

    `program` and `department` are the codes of the primary program and of the department that leads it. `profile` is
    None for somebody who is not known any more. `tickets` are the time tickets that name the student.
    """

    profile: Profile | None = None
    program: str | None = None
    department: str | None = None
    tickets: frozenset[TimeTicketId] = frozenset()
    holds: tuple[Hold, ...] = ()
    permissions: tuple[Permission, ...] = ()
    attempts: tuple[AttemptAtCourse, ...] = ()
    enrollments: tuple[Enrollment, ...] = ()

    def with_enrollments(self, enrollments: tuple[Enrollment, ...]) -> "StudentFacts":
        """The same student with other enrollments; spelled out, for it is done for every decision."""
        return StudentFacts(
            self.profile,
            self.program,
            self.department,
            self.tickets,
            self.holds,
            self.permissions,
            self.attempts,
            enrollments,
        )


@dataclass(frozen=True)
class OfferingFacts:
    """An offering with its courses, in the order of `offering.course_ids`, and its sections, ordered by code."""

    offering: CourseOffering
    courses: tuple[Course, ...]
    sections: tuple[Section, ...]

    def course(self, identifier: CourseId) -> Course:
        """The course of the offering with that id. Raises `KeyError` for a course of another one."""
        return self.courses_by_id[identifier]

    @cached_property
    def course_ids(self) -> tuple[CourseId, ...]:
        """The courses as which the offering can be taken."""
        return self.offering.course_ids

    @cached_property
    def excludes(self) -> bool:
        """Whether one of the courses has an exclusion."""
        return any(course.exclusion is not None for course in self.courses)

    @cached_property
    def courses_by_id(self) -> Mapping[CourseId, Course]:
        """The courses by their ids."""
        return {course.id: course for course in self.courses}


@value(frozen=True, slots=True)
class Facts:
    """Everything that deciding a list of commands of one term needs.

    `next_number` is the next free number in the term's order of decisions. `offerings` are those that the commands
    name, those whose queue may move and those in which the students sit; `sections` holds at least all of theirs.
    `seating` is there for each section with a capacity in which a seat may be taken or freed, `pools` says how many
    seats of each reserved pool are taken there. `entries` are all waiting entries of the offerings whose queue may
    move. `tickets` name at most one of their students: whom they name is in `StudentFacts.tickets`. `offering_ids`,
    `course_ids` and `section_ids` resolve the references of the commands; what is unknown is absent.
    """

    term: Term
    next_number: int
    students: Mapping[StudentId, StudentFacts]
    offerings: Mapping[OfferingId, OfferingFacts]
    sections: Mapping[SectionId, Section]
    seating: Mapping[SectionId, Seating]
    offering_ids: Mapping[Reference, OfferingId]
    section_ids: Mapping[Reference, SectionId]
    course_ids: Mapping[Reference, CourseId] = field(default_factory=lambda: MappingProxyType({}))
    pools: Mapping[SectionId, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}))
    entries: Mapping[WaitlistEntryId, WaitlistEntry] = field(default_factory=lambda: MappingProxyType({}))
    tickets: tuple[TimeTicket, ...] = ()

    def offering_named(self, reference: Reference) -> OfferingFacts | None:
        """The offering that `reference` names, if the term has it."""
        identifier = self.offering_ids.get(reference)
        return None if identifier is None else self.offerings.get(identifier)

    def section_named(self, reference: Reference, within: OfferingFacts) -> Section | None:
        """The section that `reference` names, if the offering `within` has it."""
        identifier = self.section_ids.get(reference)
        section = None if identifier is None else self.sections.get(identifier)
        return section if section is not None and section.offering_id == within.offering.id else None

    def course_named(self, reference: Reference | None, within: OfferingFacts) -> Course | None:
        """The course that `reference` names, if it is one of the offering `within`; its main one for None."""
        if reference is None:
            return within.courses[0]
        identifier = self.course_ids.get(reference)
        return next((course for course in within.courses if course.id == identifier), None)

    def pools_taken(self, section: SectionId) -> Mapping[str, int]:
        """How many seats of each reserved pool of a section are taken."""
        return self.pools.get(section, _NOTHING)
