"""Reading what is a student's own: keepers may, the student and their advisors; nobody learns of others' by asking."""

from typing import Generic, TypeVar
from uuid import UUID

from application.people.relations import authorise_about
from application.registration.dto import OwnView
from application.registration.ports import RegistrationReading
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.dto import Dto
from application.shared.errors import NotFound
from application.shared.paging import Page, PageQuery
from application.shared.records import Entity, RecordKind
from domain.people.student import Student
from domain.shared.reference import Reference

E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Dto)
V = TypeVar("V", bound=Dto)
W = TypeVar("W", bound=OwnView)


class OwnPages(Generic[E, F, V]):
    """The use case that reads the records of a kind that are one student's."""

    def __init__(self, kind: RecordKind[E, F, V], reading: RegistrationReading) -> None:
        self._kind = kind
        self._reading = reading

    async def of_student(self, caller: Caller, student: Reference, query: PageQuery) -> Page[V]:
        """Read a page of a student's records. Raises `NotFound`, `InvalidRequest`, `AccessDenied`."""
        operation = f"{self._kind.list_operation}_of_student"
        async with self._reading(caller.institution) as views:
            identifier = await views.identify(Student, student)
            if identifier is None:
                authorise(caller, operation)
                name = "student"
                raise NotFound(name, str(student))
            await authorise_about(caller, operation, identifier, views)
            filters = {**query.filters, "student": str(identifier)}
            own = PageQuery(query.limit, query.cursor, query.sort, filters, query.search)
            return await views.views(self._kind).page(own)


class OwnRecords(OwnPages[E, F, W]):
    """The use cases that read a kind of record which registration alone writes."""

    async def get(self, caller: Caller, identifier: UUID) -> W:
        """Read one of them. Raises `NotFound`, `AccessDenied`."""
        async with self._reading(caller.institution) as views:
            view = await views.views(self._kind).one(identifier)
            if view is None:
                authorise(caller, self._kind.operation("get"))
                raise NotFound(self._kind.name, str(identifier))
            await authorise_about(caller, self._kind.operation("get"), view.student, views)
            return view

    async def list(self, caller: Caller, query: PageQuery) -> Page[W]:
        """Read a page of the whole collection. Raises `InvalidRequest`, `AccessDenied`."""
        authorise(caller, self._kind.list_operation)
        async with self._reading(caller.institution) as views:
            return await views.views(self._kind).page(query)
