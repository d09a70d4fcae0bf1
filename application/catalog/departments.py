"""Departments as callers give and see them."""

from uuid import UUID

from application.shared.dto import Code, Dto, Name
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work
from domain.catalog.department import Department
from domain.shared.identifiers import DepartmentId


class DepartmentFields(Dto):
    """What is given to create or replace a department."""

    code: Code
    name: Name


class DepartmentView(DepartmentFields):
    """A department as it is stored."""

    id: UUID
    version: int


async def _assemble(identifier: UUID, fields: DepartmentFields, _before: Department | None, _work: Work) -> Department:
    return Department(DepartmentId(identifier), fields.code, fields.name)


DEPARTMENTS = RecordKind(
    name="department",
    entity=Department,
    fields=DepartmentFields,
    view=DepartmentView,
    listing=Listing(sorts=("code", "name"), filters=("code",), searches=("code", "name")),
    assemble=_assemble,
)
