"""Builders of domain objects with sensible defaults: the term of spring 2027, and what is asked of it.

Identifiers follow from names, so that tests can speak of `section_id("CS-101-A")`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.catalog.grading import GradingBasis
from domain.people.hold import Hold, HoldBlock
from domain.registration.commands import Action, Add, Choice, Drop, IfFull, RegistrationRequest
from domain.scheduling.calendar import Meeting, Weekday
from domain.scheduling.term import Term
from domain.shared.identifiers import (
    CourseId,
    EnrollmentId,
    HoldId,
    OfferingId,
    PermissionId,
    ProgramId,
    RequestId,
    SectionId,
    StudentId,
    TermId,
    WaitlistEntryId,
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


def entry_id(name: str) -> WaitlistEntryId:
    """The waitlist entry of that name."""
    return WaitlistEntryId(identifier("entry", name))


def course_id(code: str) -> CourseId:
    """The course with that code."""
    return CourseId(identifier("course", code))


def offering_id(code: str) -> OfferingId:
    """The offering with that code."""
    return OfferingId(identifier("offering", code))


def program_id(code: str) -> ProgramId:
    """The program with that code."""
    return ProgramId(identifier("program", code))


def permission_id(name: str) -> PermissionId:
    """The permission of that name."""
    return PermissionId(identifier("permission", name))


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
    **rules: Any,
) -> Term:
    """The term `2027-1`: February 1 (a Monday) to May 30, registration from January 10 to the end of February.

    `rules` are further fields of the term.
    """
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
        **rules,
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


def adding(
    offering: str,
    *sections: str,
    as_name: str | None = None,
    course: str | None = None,
    basis: GradingBasis | None = None,
    if_full: IfFull = IfFull.REJECT,
) -> Add:
    """An add of an offering by code, through the sections with these codes, taken as `course`.

    The enrollment, or the waitlist entry, is called `as_name`.
    """
    name = as_name or offering
    choice = Choice(
        by_code(offering), tuple(by_code(code) for code in sections), None if course is None else by_code(course)
    )
    return Add(enrollment_id(name), entry_id(name), (choice,), basis, if_full)


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
