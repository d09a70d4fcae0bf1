"""What the memory tables need to know of each entity type: its names, its natural code, and what it refers to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from application.shared.records import Entity
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.grading import GradingScheme
from domain.catalog.program import Program
from domain.people.cohort import Cohort
from domain.people.hold import Hold
from domain.people.instructor import Instructor
from domain.people.student import Student
from domain.registration.attempt import CourseAttempt
from domain.registration.permission import Permission
from domain.scheduling.offering import CourseOffering
from domain.scheduling.room import Room
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.scheduling.time_ticket import TimeTicket

E = TypeVar("E", bound=Entity)

Pointer = tuple[str, type[Entity], UUID | None]
"""A reference: the DTO field that gives it, the entity type it points to, and the id."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[E]):
    """An entity type: `name` and `table` are its singular and plural, `term` is there for records of a term."""

    entity: type[E]
    name: str
    table: str
    pointers: Callable[[E], Iterator[Pointer]]
    code: Callable[[E], str] | None = None
    term: Callable[[E], UUID] | None = None

    @property
    def unique_key(self) -> str:
        """The fields that no two records share."""
        return "code" if self.term is None else "term and code"


def _none(_entity: Entity) -> Iterator[Pointer]:
    return iter(())


def _department_of(entity: Course | Program | Instructor) -> Iterator[Pointer]:
    yield "department", Department, entity.department_id


def _of_student(student: Student) -> Iterator[Pointer]:
    yield "program", Program, student.program_id
    for advisor in student.advisor_ids:
        yield "advisors", Instructor, advisor


def _of_hold(hold: Hold) -> Iterator[Pointer]:
    yield "student", Student, hold.student_id


def _of_attempt(attempt: CourseAttempt) -> Iterator[Pointer]:
    yield "student", Student, attempt.student_id
    yield "course", Course, attempt.course_id
    yield "scheme", GradingScheme, attempt.scheme_id


def _of_cohort(cohort: Cohort) -> Iterator[Pointer]:
    for student in cohort.students:
        yield "students", Student, student
    for program in cohort.programs:
        yield "programs", Program, program


def _of_time_ticket(ticket: TimeTicket) -> Iterator[Pointer]:
    yield "term", Term, ticket.term_id
    yield from _of_cohort(ticket.cohort)


def _of_offering(offering: CourseOffering) -> Iterator[Pointer]:
    yield "term", Term, offering.term_id
    yield "course", Course, offering.course_id
    for course in offering.cross_listed:
        yield "cross_listed", Course, course
    for program in offering.program_ids:
        yield "programs", Program, program


def _of_section(section: Section) -> Iterator[Pointer]:
    yield "offering", CourseOffering, section.offering_id
    yield "parent", Section, section.parent_id
    for meeting in section.meetings:
        yield "room", Room, meeting.room_id
    for instructor in section.instructor_ids:
        yield "instructors", Instructor, instructor
    for reserved in section.reserved:
        yield from _of_cohort(reserved.cohort)


def _of_permission(permission: Permission) -> Iterator[Pointer]:
    yield "student", Student, permission.student_id
    yield "offering", CourseOffering, permission.offering_id
    yield "section", Section, permission.section_id


KINDS: dict[type[Entity], Kind[Any]] = {
    kind.entity: kind
    for kind in (
        Kind(Department, "department", "departments", _none, lambda department: department.code),
        Kind(Course, "course", "courses", _department_of, lambda course: course.code),
        Kind(Program, "program", "programs", _department_of, lambda program: program.code),
        Kind(GradingScheme, "grading scheme", "grading-schemes", _none, lambda scheme: scheme.code),
        Kind(Student, "student", "students", _of_student, lambda student: student.code),
        Kind(Instructor, "instructor", "instructors", _department_of, lambda instructor: instructor.code),
        Kind(Hold, "hold", "holds", _of_hold),
        Kind(Term, "term", "terms", _none, lambda term: term.code),
        Kind(Room, "room", "rooms", _none, lambda room: room.code),
        Kind(
            CourseOffering,
            "offering",
            "offerings",
            _of_offering,
            lambda offering: offering.code,
            lambda offering: offering.term_id,
        ),
        Kind(
            Section,
            "section",
            "sections",
            _of_section,
            lambda section: section.code,
            lambda section: section.term_id,
        ),
        Kind(TimeTicket, "time ticket", "time-tickets", _of_time_ticket),
        Kind(Permission, "permission", "permissions", _of_permission),
        Kind(CourseAttempt, "course attempt", "course-attempts", _of_attempt),
    )
}
"""All of them, in the order in which they are looked through for whoever still refers to a record."""


def kind_of(entity: type[E]) -> Kind[E]:
    """What is known of an entity type that is kept as records."""
    return KINDS[entity]
