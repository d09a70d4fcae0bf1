"""Pages of what is one student's own: the student may read them, and staff may."""

from typing import TypeVar

from application.shared.caller import STAFF, Caller
from application.shared.dto import Dto
from application.shared.errors import NotFound
from application.shared.paging import Page, PageQuery
from application.shared.records import Entity, RecordKind, Views
from domain.people.student import Student
from domain.shared.identifiers import StudentId
from domain.shared.reference import Reference

E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Dto)
V = TypeVar("V", bound=Dto)


async def page_of_student(
    views: Views, caller: Caller, kind: RecordKind[E, F, V], student: Reference, query: PageQuery
) -> Page[V]:
    """Read a page of what is a student's own of a kind. Raises `NotFound`, `InvalidRequest`, `AccessDenied`."""
    identifier = await views.identify(Student, student)
    if identifier is None:
        caller.require_role(STAFF)
        name = "student"
        raise NotFound(name, str(student))
    caller.require_access_to_student(StudentId(identifier), STAFF)
    filters = {**query.filters, "student": str(identifier)}
    return await views.views(kind).page(PageQuery(query.limit, query.cursor, query.sort, filters, query.search))
