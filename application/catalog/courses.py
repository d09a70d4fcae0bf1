"""Courses as callers give and see them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from application.shared.caller import EVERYONE
from application.shared.dto import Code, Credits, Dto, Name, ReferenceText, Text
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work, resolve_optional
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.shared.identifiers import CourseId, DepartmentId

Subject = Annotated[str, StringConstraints(pattern=r"^([\w][\w.+&'-]{0,30})?$"), Field(examples=["CS"])]
Number = Annotated[str, StringConstraints(pattern=r"^[\w][\w.+&'-]{0,30}$"), Field(examples=["101"])]


class CourseFields(Dto):
    """What is given to create or replace a course; subject and number together are its code (`CS-101`)."""

    subject: Subject = ""
    number: Number
    title: Name
    description: Text = ""
    credits: Credits
    department: ReferenceText | None = None


class CourseView(CourseFields):
    """A course as it is stored; `department` is an id."""

    id: UUID
    code: Code
    version: int


async def _assemble(identifier: UUID, fields: CourseFields, _before: Course | None, work: Work) -> Course:
    department = await resolve_optional(work, Department, "department", fields.department)
    return Course(
        id=CourseId(identifier),
        subject=fields.subject,
        number=fields.number,
        title=fields.title,
        description=fields.description,
        credits=fields.credits,
        department_id=None if department is None else DepartmentId(department),
    )


COURSES = RecordKind(
    name="course",
    entity=Course,
    fields=CourseFields,
    view=CourseView,
    listing=Listing(
        sorts=("code", "title", "subject", "credits"),
        filters=("code", "subject", "number", "department"),
        searches=("code", "title", "description"),
    ),
    assemble=_assemble,
    readers=EVERYONE,
)
