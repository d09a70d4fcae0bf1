"""A university whose sections are soon full, as the contracts of queues and permissions use it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from application.shared.records import Entity
from domain.registration.codes import RejectionCode
from domain.registration.commands import (
    Add,
    ChangeSections,
    Command,
    GivePermission,
    IfFull,
    RegistrationRequest,
    Swap,
)
from domain.registration.decide import decide
from domain.registration.outcomes import Consequence
from domain.registration.permission import Permission
from domain.scheduling.calendar import Weekday
from domain.scheduling.section import Section
from domain.shared.identifiers import EnrollmentId, OfferingId
from tests.contracts.arranging import TERM_ID, Stored
from tests.contracts.registering import apply
from tests.support.builders import a_course, a_section, a_student, a_term, an_offering
from tests.support.domain_builders import (
    NOON,
    a_meeting,
    a_request,
    adding,
    by_code,
    enrollment_id,
    permission_id,
    section_id,
    student_id,
)

COURSES = ("X-1", "Y-1", "Z-1")
OFFERINGS = {course: an_offering(course) for course in COURSES}


def offering(course: str) -> OfferingId:
    """The offering of one of the courses."""
    return OFFERINGS[course].id


def a_crowded_university(students: int = 6, credit_maximum: str | None = None) -> Sequence[Entity]:
    """Courses `X-1`, `Y-1` and `Z-1` of 3 credits, in sections `X1`, `X2`... of one seat for which people may wait.

    They never clash. Whoever leaves between the drop deadline and March 20 withdraws.
    """
    days = iter(Weekday)
    sections = []
    for course, taught in OFFERINGS.items():
        meeting = a_meeting(next(days))
        sections += [
            replace(a_section(taught, f"{course[0]}{number}", meeting, capacity=1), waitlist_capacity=9)
            for number in (1, 2)
        ]
    return (
        replace(a_term(credit_maximum=credit_maximum), withdrawal_deadline=date(2027, 3, 20)),
        *(a_course(*course.split("-"), title=course) for course in COURSES),
        *OFFERINGS.values(),
        *sections,
        *(a_student(f"s{number}", f"Family {number}") for number in range(1, students + 1)),
    )


def two_labs(capacity: int = 1) -> Section:
    """A second lab `C-LAB` of the lecture `A` of the small university."""
    cs = an_offering("CS-101", "LEC", "LAB")
    lecture = a_section(cs, "A", capacity=capacity)
    return a_section(cs, "C-LAB", a_meeting(Weekday.THURSDAY), component="LAB", capacity=capacity, parent=lecture)


def taking(student: str, section: str, name: str | None = None) -> RegistrationRequest:
    """A request for a section such as `X1`; the enrollment is called `STUDENT-SECTION` unless it has a `name`."""
    return a_request(student, _add(student, section, name))


def waiting(student: str, section: str, *, for_: str | None = None, at: datetime = NOON) -> RegistrationRequest:
    """The same, but the student waits if need be; with `for_`, to give that enrollment up."""
    add = replace(_add(student, section), if_full=IfFull.WAITLIST)
    if for_ is None:
        return a_request(student, add, at=at)
    return a_request(student, Swap(enrollment_id(for_), add), at=at)


def _add(student: str, section: str, name: str | None = None) -> Add:
    return adding(f"{section[0]}-1", section, as_name=name or f"{student}-{section}")


def moving(student: str, name: str, *sections: str, at: datetime = NOON) -> RegistrationRequest:
    """A request to go on with the enrollment of that name through other sections."""
    action = ChangeSections(enrollment_id(name), tuple(by_code(code) for code in sections))
    return a_request(student, action, at=at)


def a_permission(
    student: str,
    *codes: RejectionCode,
    course: str = "X-1",
    section: str | None = None,
    name: str = "waiver",
) -> Permission:
    """A permission for an offering, or one section of it."""
    return Permission(
        id=permission_id(name),
        student_id=student_id(student),
        term_id=TERM_ID,
        offering_id=an_offering(course).id,
        codes=frozenset(codes),
        issuer="dean",
        reason="Because of «reasons»",
        given_at=NOON,
        section_id=None if section is None else section_id(section),
    )


def giving(permission: Permission) -> GivePermission:
    """The command that gives it."""
    return GivePermission(permission, NOON)


async def consequences_of(stored: Stored, *commands: Command) -> list[Consequence]:
    """Decide commands and store what follows; answers what happened without being asked for."""
    _, effects = decide(await stored.facts(*commands), commands)
    await apply(stored, effects)
    return [consequence for recorded in effects.recorded for consequence in recorded.consequences]


async def credits_taken(stored: Stored, student: str) -> Mapping[EnrollmentId, Decimal]:
    """The standing enrollments of a student, with their credits."""
    facts = await stored.facts(a_request(student))
    return {made.id: made.credits for made in facts.students[student_id(student)].enrollments}
