"""The memory adapter: transactions on tables in memory, one writer at a time, committed by a swap."""

from asyncio import Lock
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

from application.access.ports import AccessWork
from application.registration.ports import RegistrationViews
from application.shared.dto import Dto
from application.shared.records import Entity, Reader, RecordKind
from domain.people.hold import Hold
from domain.registration.attempt import CourseAttempt
from domain.registration.permission import Permission
from domain.scheduling.section import Section
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference
from infrastructure.persistence.memory.access import AccessTables, MemoryAccessWork
from infrastructure.persistence.memory.attempt_staging import MemoryAttemptStaging
from infrastructure.persistence.memory.book import MemoryRegistrationBook
from infrastructure.persistence.memory.directory import MemoryDirectory
from infrastructure.persistence.memory.import_runs import MemoryImportRuns
from infrastructure.persistence.memory.kept_answers import MemoryKeptAnswers
from infrastructure.persistence.memory.readers import MemoryReader
from infrastructure.persistence.memory.record_staging import MemoryRecordStaging
from infrastructure.persistence.memory.records import MemoryRecords, identify
from infrastructure.persistence.memory.registration import MemoryRegistrationReader
from infrastructure.persistence.memory.tables import Tables
from infrastructure.persistence.pools import PoolUse
from infrastructure.persistence.written import ViewsWritten

E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Dto)
V = TypeVar("V", bound=Dto)


class MemoryPersistence:
    """Opens units of work; everything is gone with the object."""

    def __init__(self) -> None:
        self._committed: dict[InstitutionId, Tables] = {}
        self._access: dict[InstitutionId, AccessTables] = {}
        self._writing = Lock()
        self.directory = MemoryDirectory(self._committed, self._writing)
        self.written = ViewsWritten(self.reading)

    @asynccontextmanager
    async def work(self, institution: InstitutionId) -> AsyncIterator["_Transaction"]:
        """A transaction on the records of `institution`: others see it when its block has ended well."""
        async with self._writing:
            tables = self._committed.get(institution, Tables()).branch()
            yield _Transaction(tables, institution, founded=self.directory.knows(institution))
            self._committed[institution] = tables

    @asynccontextmanager
    async def reading(self, institution: InstitutionId) -> AsyncIterator[RegistrationViews]:
        """A look at the records of `institution` as they are committed now."""
        yield _ReadTransaction(self._committed.get(institution, Tables()))

    @asynccontextmanager
    async def access(self, institution: InstitutionId) -> AsyncIterator[AccessWork]:
        """A transaction on who may come in at `institution`."""
        async with self._writing:
            tables = self._access.get(institution, AccessTables()).branch()
            committed = self._committed.get(institution, Tables())
            records = committed.branch()
            yield MemoryAccessWork(tables, records)
            self._access[institution] = tables
            if records.told != committed.told:
                self._committed[institution] = records

    async def has_accounts(self) -> bool:
        """Whether there is an account, anywhere, that lets somebody in."""
        return any(account.is_open() for tables in self._access.values() for account in tables.accounts.values())

    async def check(self) -> None:
        """Memory is never away."""

    def pools(self) -> tuple[PoolUse, ...]:
        """Memory needs no connection."""
        return ()

    async def close(self) -> None:
        """There is nothing to let go of."""


class _ReadTransaction(MemoryRegistrationReader):
    """The `RegistrationViews` port on one state of the tables."""

    def views(self, kind: RecordKind[E, F, V]) -> Reader[V]:
        """See `Views.views`."""
        return MemoryReader(self._tables, kind)

    async def identify(self, entity: type[Entity], reference: Reference) -> UUID | None:
        """See `Views.identify`."""
        return identify(self._tables, entity, reference)


class _Transaction(_ReadTransaction):
    """The `RegistrationWork` port on a branch of the tables."""

    def __init__(self, tables: Tables, institution: InstitutionId, *, founded: bool) -> None:
        super().__init__(tables)
        self._institution = institution
        self._founded = founded
        self.kept_answers = MemoryKeptAnswers(tables)
        self.import_runs = MemoryImportRuns(tables)
        self.book = MemoryRegistrationBook(tables, self.records(Section), self.records(Permission), self.records(Hold))

    def records(self, entity: type[E]) -> MemoryRecords[E]:
        """See `Work.records`."""
        return MemoryRecords(self._tables, entity, self._institution, founded=self._founded)

    async def refresh_statistics(self) -> None:
        """Memory plans nothing."""

    async def stage_records(self, entity: type[E]) -> MemoryRecordStaging[E]:
        """See `ImportWork.stage_records`."""
        return MemoryRecordStaging(self.records(entity))

    async def stage_attempts(self) -> MemoryAttemptStaging:
        """See `AttemptImportWork.stage_attempts`."""
        return MemoryAttemptStaging(self._tables, self.records(CourseAttempt))
