"""Course attempts as callers give and see them, and how a student reads their own."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from application.people.relations import rights_about
from application.shared.access_table import Right
from application.shared.caller import Caller
from application.shared.dto import Code, Credits, Dto, Label, ReferenceText
from application.shared.errors import InvalidField
from application.shared.paging import Listing
from application.shared.records import RecordKind, Views, Work, resolve, resolve_optional
from domain.catalog.course import Course
from domain.catalog.grading import GradingScheme
from domain.people.student import Student
from domain.registration.attempt import CourseAttempt
from domain.shared.identifiers import AttemptId, CourseId, GradingSchemeId, StudentId

PeriodCode = Annotated[Label, Field(examples=["2025-2"])]


class _Attempt(Dto):
    student: ReferenceText
    course: Annotated[ReferenceText, Field(examples=["code:CS-101"])]
    term: PeriodCode
    credits: Credits
    grade: Annotated[Label, Field(examples=["4.2"])] | None = None
    scheme: Annotated[ReferenceText, Field(examples=["code:0-5"])] | None = None
    in_progress: bool = False
    transfer: bool = False


class CourseAttemptFields(_Attempt):
    """What is given to create or replace a course attempt.

    `term` is the code of a period, known here or not. `grade` is a grade of the grading scheme `scheme`; there is none
    while the attempt goes on. `passed` may differ from what the scheme says of the grade; null asks the scheme, as a
    change of the grade should. `transfer` marks credit earned elsewhere, which is no try of the course.
    """

    passed: bool | None = None


class CourseAttemptView(_Attempt):
    """A course attempt as stored; `student`, `course` and `scheme` are ids."""

    id: UUID
    student_code: Code
    course_code: Code
    passed: bool
    version: int


def has_passed(grade: str | None, scheme: GradingScheme | None, *, given: bool | None, in_progress: bool) -> bool:
    """Whether an attempt earned the course: as `given`, else as the scheme says of the grade.

    Raises `InvalidField` for a grade that is none of the scheme, or that comes without one.
    """
    field = "grade"
    if (grade is None) != (scheme is None):
        reason = "a grade and its grading scheme are given together"
        raise InvalidField(field, reason)
    if grade is None or scheme is None:
        return bool(given)
    if not scheme.has(grade):
        reason = f"{grade} is no grade of the scheme {scheme.code}"
        raise InvalidField(field, reason)
    if given is not None:
        return given
    return scheme.passes(grade) and not in_progress


async def _assemble(
    identifier: UUID, fields: CourseAttemptFields, _before: CourseAttempt | None, work: Work
) -> CourseAttempt:
    scheme_id = await resolve_optional(work, GradingScheme, "scheme", fields.scheme)
    stored = None if scheme_id is None else await work.records(GradingScheme).get(scheme_id)
    return CourseAttempt(
        id=AttemptId(identifier),
        student_id=StudentId(await resolve(work, Student, "student", fields.student)),
        course_id=CourseId(await resolve(work, Course, "course", fields.course)),
        term=fields.term,
        credits=fields.credits,
        grade=fields.grade,
        scheme_id=None if scheme_id is None else GradingSchemeId(scheme_id),
        passed=has_passed(
            fields.grade,
            None if stored is None else stored.entity,
            given=fields.passed,
            in_progress=fields.in_progress,
        ),
        in_progress=fields.in_progress,
        transfer=fields.transfer,
    )


async def _related(caller: Caller, view: CourseAttemptView, views: Views) -> frozenset[Right]:
    return await rights_about(caller, UUID(view.student), views)


COURSE_ATTEMPTS = RecordKind(
    name="course attempt",
    entity=CourseAttempt,
    fields=CourseAttemptFields,
    view=CourseAttemptView,
    listing=Listing(
        sorts=("term", "student_code", "course_code"),
        filters=("student", "course", "term"),
        searches=("student_code", "course_code", "grade"),
    ),
    assemble=_assemble,
    related=_related,
)

OF_ONE_STUDENT = Listing(sorts=("term", "course_code"), filters=("course", "term"))
"""What the collection of one student's attempts can be asked for."""
