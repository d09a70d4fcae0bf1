"""The memory adapter of every persistence port: honest and small, with no claim of durability or speed.

One lock for whoever writes; a transaction works on a branch of the institution's tables, and its commit is a swap.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from application.registration.ports import RegistrationViews, RegistrationWork
from application.shared.cursor import check
from application.shared.dto import Dto
from application.shared.errors import AlreadyExists, InvalidRequest, StaleWrite, StillReferenced
from application.shared.institutions import INSTITUTION_LISTING, InstitutionDirectory, InstitutionView
from application.shared.paging import Page, PageQuery
from application.shared.records import Entity, Reader, RecordKind, Records, Stored
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.program import Program
from domain.people.student import Student
from domain.scheduling.offering import CourseOffering
from domain.scheduling.term import Term
from domain.shared.identifiers import InstitutionId
from domain.shared.institution import Institution
from domain.shared.invalid import InvalidValue
from domain.shared.reference import Reference
from infrastructure.persistence.memory.paging import page_of
from infrastructure.persistence.memory.records import MemoryRecords, identify
from infrastructure.persistence.memory.registration import MemoryRegistrationBook, MemoryRegistrationReader
from infrastructure.persistence.memory.tables import KEPT, Tables
from infrastructure.persistence.memory.views import view_of

E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Dto)
V = TypeVar("V", bound=Dto)

_REFERENCES: dict[str, type[Entity]] = {
    "department": Department,
    "program": Program,
    "student": Student,
    "term": Term,
    "course": Course,
    "offering": CourseOffering,
}
"""The filters that name a record."""


class MemoryPersistence:
    """Opens units of work on tables in memory."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._tables: dict[InstitutionId, Tables] = {}
        self._institutions: dict[InstitutionId, Stored[Institution]] = {}
        self.directory: InstitutionDirectory = _Directory(self._institutions, self._tables)

    @asynccontextmanager
    async def work(self, institution: InstitutionId) -> AsyncIterator[RegistrationWork]:
        """A transaction on the records of `institution`, one at a time."""
        async with self._lock:
            tables = self._tables.get(institution, Tables()).branch()
            yield _Transaction(tables, institution, founded=institution in self._institutions)
            self._tables[institution] = tables

    @asynccontextmanager
    async def reading(self, institution: InstitutionId) -> AsyncIterator[RegistrationViews]:
        """The records of `institution` as they were committed last."""
        yield _ReadTransaction(self._tables.get(institution, Tables()))

    async def check(self) -> None:
        """Memory always answers."""

    async def close(self) -> None:
        """There is nothing to let go of."""


class _ReadTransaction(MemoryRegistrationReader):
    """The `RegistrationViews` port."""

    def views(self, kind: RecordKind[E, F, V]) -> Reader[V]:
        """See `Views.views`."""
        return _Reader(self._tables, kind)

    async def identify(self, entity: type[Entity], reference: Reference) -> UUID | None:
        """See `Views.identify`."""
        return identify(self._tables, entity, reference)


class _Transaction(_ReadTransaction):
    """The `RegistrationWork` port."""

    def __init__(self, tables: Tables, institution: InstitutionId, *, founded: bool) -> None:
        super().__init__(tables)
        self._institution = institution
        self._founded = founded
        self.book = MemoryRegistrationBook(tables, institution)

    def records(self, entity: type[E]) -> Records[E]:
        """See `Work.records`."""
        return MemoryRecords(self._tables, entity, self._institution, founded=self._founded)


class _Reader(Reader[V]):
    """The `Reader` port over one table."""

    def __init__(self, tables: Tables, kind: RecordKind[E, F, V]) -> None:
        self._tables = tables
        self._kind: RecordKind[E, F, V] = kind

    async def one(self, identifier: UUID) -> V | None:
        """See `Reader.one`."""
        stored = self._stored().get(identifier)
        return None if stored is None else self._view(stored)

    async def page(self, query: PageQuery) -> Page[V]:
        """See `Reader.page`."""
        listing = self._kind.listing
        check(query, listing)
        filters = dict(query.filters)
        for name in filters.keys() & _REFERENCES.keys():
            identifier = self._identify(name, filters[name])
            if identifier is None:
                return Page([])
            filters[name] = str(identifier)
        views = (self._view(stored) for stored in self._stored().values())
        return page_of(views, listing, replace(query, filters=filters))

    def _stored(self) -> dict[UUID, Stored[Entity]]:
        if self._kind.entity in KEPT:
            return dict(self._tables.records(self._kind.entity))
        return {identifier: Stored(enrollment, 1) for identifier, enrollment in self._tables.enrollments.items()}

    def _identify(self, name: str, text: str) -> UUID | None:
        try:
            return identify(self._tables, _REFERENCES[name], Reference.parse(text))
        except InvalidValue as error:
            raise InvalidRequest(f"The filter {name} {error.reason}.", filter=name) from error

    def _view(self, stored: Stored[Entity]) -> V:
        view = view_of(self._tables, self._kind.view, stored)
        assert isinstance(view, self._kind.view)  # noqa: S101 - for the type checker: view_of makes what it is asked for
        return view


class _Directory:
    """The `InstitutionDirectory` port."""

    def __init__(
        self, institutions: dict[InstitutionId, Stored[Institution]], tables: dict[InstitutionId, Tables]
    ) -> None:
        self._institutions = institutions
        self._tables = tables

    async def find(self, reference: Reference | None) -> InstitutionView | None:
        """See `InstitutionDirectory.find`."""
        found = [view for view in self._views() if reference is None or _names(reference, view)]
        return found[0] if len(found) == 1 else None

    async def page(self, query: PageQuery) -> Page[InstitutionView]:
        """See `InstitutionDirectory.page`."""
        return page_of(self._views(), INSTITUTION_LISTING, query)

    async def add(self, institution: Institution) -> None:
        """See `InstitutionDirectory.add`."""
        self._require_new_code(institution)
        self._institutions[institution.id] = Stored(institution, 1)

    async def save(self, institution: Institution, expected_version: int | None) -> None:
        """See `InstitutionDirectory.save`."""
        version = self._check_version(institution.id, expected_version)
        self._require_new_code(institution)
        self._institutions[institution.id] = Stored(institution, version + 1)

    async def remove(self, identifier: InstitutionId, expected_version: int | None) -> None:
        """See `InstitutionDirectory.remove`."""
        self._check_version(identifier, expected_version)
        tables = self._tables.get(identifier, Tables())
        used = next((entity for entity in KEPT if tables.records(entity)), None)
        if used is not None:
            kind = "institution"
            raise StillReferenced(kind, used.__name__.lower())
        del self._institutions[identifier]

    def _views(self) -> list[InstitutionView]:
        return [
            InstitutionView(
                id=stored.entity.id,
                code=stored.entity.code,
                name=stored.entity.name,
                time_zone=stored.entity.time_zone,
                version=stored.version,
            )
            for stored in self._institutions.values()
        ]

    def _check_version(self, identifier: InstitutionId, expected: int | None) -> int:
        stored = self._institutions.get(identifier)
        if stored is None or expected not in (None, stored.version):
            kind = "institution"
            raise StaleWrite(kind)
        return stored.version

    def _require_new_code(self, institution: Institution) -> None:
        if any(
            stored.entity.code == institution.code and stored.entity.id != institution.id
            for stored in self._institutions.values()
        ):
            kind, key = "institution", "code"
            raise AlreadyExists(kind, key)


def _names(reference: Reference, view: InstitutionView) -> bool:
    return view.id == reference.id if reference.id is not None else view.code == reference.code
