"""Programs as callers give and see them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from application.shared.dto import Code, Credits, Dto, Name, ReferenceText
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work, resolve_optional
from domain.catalog.department import Department
from domain.catalog.program import Program
from domain.shared.identifiers import DepartmentId, ProgramId

RegistryCode = Annotated[Name, Field(description="The code in the official registry of programs, such as SNIES.")]


class ProgramFields(Dto):
    """What is given to create or replace a program."""

    code: Code
    name: Name
    registry_code: RegistryCode | None = None
    degree: Name | None = None
    required_credits: Credits | None = None
    department: ReferenceText | None = None


class ProgramView(ProgramFields):
    """A program as it is stored; `department` is an id."""

    id: UUID
    version: int


async def _assemble(identifier: UUID, fields: ProgramFields, _before: Program | None, work: Work) -> Program:
    department = await resolve_optional(work, Department, "department", fields.department)
    return Program(
        id=ProgramId(identifier),
        code=fields.code,
        name=fields.name,
        registry_code=fields.registry_code,
        degree=fields.degree,
        required_credits=fields.required_credits,
        department_id=None if department is None else DepartmentId(department),
    )


PROGRAMS = RecordKind(
    name="program",
    entity=Program,
    fields=ProgramFields,
    view=ProgramView,
    listing=Listing(
        sorts=("code", "name"),
        filters=("code", "registry_code", "department"),
        searches=("code", "name", "registry_code", "degree"),
    ),
    assemble=_assemble,
)
