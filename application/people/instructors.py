"""Instructors as callers give and see them."""

from uuid import UUID

from application.shared.dto import Code, Dto, Email, Name, ReferenceText
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work, resolve_optional
from domain.catalog.department import Department
from domain.people.instructor import Instructor
from domain.shared.identifiers import DepartmentId, InstructorId


class InstructorFields(Dto):
    """What is given to create or replace an instructor."""

    code: Code
    name: Name
    email: Email | None = None
    department: ReferenceText | None = None


class InstructorView(InstructorFields):
    """An instructor as stored; `department` is an id."""

    id: UUID
    version: int


async def _assemble(identifier: UUID, fields: InstructorFields, _before: Instructor | None, work: Work) -> Instructor:
    department = await resolve_optional(work, Department, "department", fields.department)
    return Instructor(
        id=InstructorId(identifier),
        code=fields.code,
        name=fields.name,
        email=fields.email,
        department_id=None if department is None else DepartmentId(department),
    )


INSTRUCTORS = RecordKind(
    name="instructor",
    entity=Instructor,
    fields=InstructorFields,
    view=InstructorView,
    listing=Listing(sorts=("code", "name"), filters=("code", "department"), searches=("code", "name", "email")),
    assemble=_assemble,
)
