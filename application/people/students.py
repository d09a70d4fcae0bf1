"""Students as callers give and see them."""

from uuid import UUID

from application.shared.caller import STAFF
from application.shared.dto import Code, Day, Dto, Email, Name, ReferenceText
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work, resolve_optional
from domain.catalog.program import Program
from domain.people.student import Student
from domain.shared.identifiers import ProgramId, StudentId


class StudentFields(Dto):
    """What is given to create or replace a student; `program` is the primary one, null while undeclared."""

    code: Code
    given_name: Name
    family_name: Name
    birthday: Day | None = None
    email: Email | None = None
    program: ReferenceText | None = None


class StudentView(StudentFields):
    """A student as stored; `program` is an id."""

    id: UUID
    version: int


async def _assemble(identifier: UUID, fields: StudentFields, _before: Student | None, work: Work) -> Student:
    program = await resolve_optional(work, Program, "program", fields.program)
    return Student(
        id=StudentId(identifier),
        code=fields.code,
        given_name=fields.given_name,
        family_name=fields.family_name,
        birthday=fields.birthday,
        email=fields.email,
        program_id=None if program is None else ProgramId(program),
    )


STUDENTS = RecordKind(
    name="student",
    entity=Student,
    fields=StudentFields,
    view=StudentView,
    listing=Listing(
        sorts=("code", "family_name", "given_name"),
        filters=("code", "program", "email"),
        searches=("code", "given_name", "family_name", "email"),
    ),
    assemble=_assemble,
    readers=STAFF,
)
