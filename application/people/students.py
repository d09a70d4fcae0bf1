"""Students as callers give and see them."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from application.people.cohorts import ClassLevel
from application.shared.access_table import Right
from application.shared.caller import Caller
from application.shared.dto import IN_ORDER, Code, Credits, Day, Dto, Email, Name, ReferenceText
from application.shared.paging import Listing
from application.shared.records import RecordKind, Views, Work, resolve, resolve_optional
from domain.catalog.program import Program
from domain.people.instructor import Instructor
from domain.people.student import Student, TestScore
from domain.shared.identifiers import InstructorId, ProgramId, StudentId

Advisors = Annotated[frozenset[ReferenceText], Field(max_length=20, examples=[["code:I-0001"]]), IN_ORDER]


class TestScoreFields(Dto):
    """What a student scored in a placement test, known by its code."""

    test: Annotated[Code, Field(examples=["MATH"])]
    score: Annotated[Decimal, Field(ge=0, lt=1_000_000, max_digits=8, decimal_places=2, examples=["72.5"])]


class StudentFields(Dto):
    """What is given to create or replace a student; `program` is the primary one, null while undeclared.

    `class_level` counts from 1. `credit_maximum` and `credit_minimum` go before those of the term. `advisors` are the
    instructors who advise the student, and may read what is about them.
    """

    code: Code
    given_name: Name
    family_name: Name
    birthday: Day | None = None
    email: Email | None = None
    program: ReferenceText | None = None
    class_level: ClassLevel | None = None
    test_scores: Annotated[tuple[TestScoreFields, ...], Field(max_length=100)] = ()
    credit_maximum: Credits | None = None
    credit_minimum: Credits | None = None
    advisors: Annotated[frozenset[ReferenceText], Field(max_length=20, examples=[["code:I-0001"]]), IN_ORDER] = (
        frozenset()
    )


class StudentView(StudentFields):
    """A student as stored; `program` and `advisors` are ids."""

    id: UUID
    version: int


async def _assemble(identifier: UUID, fields: StudentFields, _before: Student | None, work: Work) -> Student:
    program = await resolve_optional(work, Program, "program", fields.program)
    advisors = [await resolve(work, Instructor, "advisors", text) for text in sorted(fields.advisors)]
    return Student(
        id=StudentId(identifier),
        code=fields.code,
        given_name=fields.given_name,
        family_name=fields.family_name,
        birthday=fields.birthday,
        email=fields.email,
        program_id=None if program is None else ProgramId(program),
        class_level=fields.class_level,
        test_scores=tuple(TestScore(given.test, given.score) for given in fields.test_scores),
        credit_maximum=fields.credit_maximum,
        credit_minimum=fields.credit_minimum,
        advisor_ids=frozenset(InstructorId(advisor) for advisor in advisors),
    )


async def _related(caller: Caller, view: StudentView, _views: Views) -> frozenset[Right]:
    rights = {Right.SELF} if caller.student_id == view.id else set()
    if caller.instructor_id is not None and str(caller.instructor_id) in view.advisors:
        rights.add(Right.ADVISEE)
    return frozenset(rights)


STUDENTS = RecordKind(
    name="student",
    entity=Student,
    fields=StudentFields,
    view=StudentView,
    listing=Listing(
        sorts=("code", "family_name", "given_name"),
        filters=("code", "program", "email", "advisor"),
        searches=("code", "given_name", "family_name", "email"),
    ),
    assemble=_assemble,
    related=_related,
)
