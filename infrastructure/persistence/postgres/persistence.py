"""The Postgres adapter of every persistence port: transactions of one institution, and the directory of all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from application.access.ports import AccessWork
from application.registration.ports import RegistrationViews
from application.scheduling.ports import RecordStaging
from application.shared.dto import Dto
from application.shared.errors import Unavailable
from application.shared.institutions import InstitutionDirectory
from application.shared.records import Entity, Reader, RecordKind, Records
from application.shared.written import WrittenViews
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference
from infrastructure.persistence.pools import PoolUse
from infrastructure.persistence.postgres.access import PostgresAccessWork
from infrastructure.persistence.postgres.attempt_staging import PostgresAttemptStaging
from infrastructure.persistence.postgres.directory import PostgresDirectory
from infrastructure.persistence.postgres.engine import use_of
from infrastructure.persistence.postgres.failures import reaching_the_database
from infrastructure.persistence.postgres.import_runs import PostgresImportRuns
from infrastructure.persistence.postgres.kept_answers import PostgresKeptAnswers
from infrastructure.persistence.postgres.mapping.entities import mapper_for
from infrastructure.persistence.postgres.readers.lines import Lines
from infrastructure.persistence.postgres.readers.records import TableReader
from infrastructure.persistence.postgres.readers.registration import RegistrationReader
from infrastructure.persistence.postgres.readers.selections import selection_for
from infrastructure.persistence.postgres.record_staging import PostgresRecordStaging
from infrastructure.persistence.postgres.records import TableRecords
from infrastructure.persistence.postgres.registration.book import PostgresRegistrationBook
from infrastructure.persistence.postgres.registration.snapshots import Snapshots
from infrastructure.persistence.postgres.revision import head_revision
from infrastructure.persistence.postgres.tenancy import reading_of, transaction_of
from infrastructure.persistence.postgres.written import PostgresWrittenViews
from infrastructure.persistence.written import ViewsWritten

E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Dto)
V = TypeVar("V", bound=Dto)


class PostgresPersistence:
    """Opens units of work on a pool of connections."""

    def __init__(self, engine: AsyncEngine, lines: Lines | None = None) -> None:
        self._engine = engine
        self._lines = lines
        self._snapshots = Snapshots()
        # Units of work begin and end their transactions themselves, in fewer round trips.
        self._bare_engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.directory: InstitutionDirectory = PostgresDirectory(engine)
        views = ViewsWritten(self.reading)
        self.written: WrittenViews = views if lines is None else PostgresWrittenViews(lines, views)

    @asynccontextmanager
    async def work(self, institution: InstitutionId) -> AsyncIterator["_Transaction"]:
        """A transaction on the records of `institution`. Raises `Unavailable` when the database is away."""
        with reaching_the_database(self._engine.url):
            async with self._bare_engine.connect() as connection, transaction_of(connection, institution) as driver:
                session = AsyncSession(connection, expire_on_commit=False)
                yield _Transaction(session, driver, institution, self._snapshots)
                # Whoever calls functions only, as the desk does, has no use for the session: one that began nothing
                # has nothing to close.
                if session.in_transaction():
                    await session.commit()

    @asynccontextmanager
    async def reading(self, institution: InstitutionId) -> AsyncIterator[RegistrationViews]:
        """A read-only transaction on the records of `institution`. Raises `Unavailable`.

        It has one snapshot for all that it reads: a log and a state, facts and what they name, hang together.
        """
        with reaching_the_database(self._engine.url):
            async with self._bare_engine.connect() as connection, reading_of(connection, institution):
                session = AsyncSession(connection, expire_on_commit=False)
                yield _ReadTransaction(session, institution, self._snapshots)
                if session.in_transaction():
                    await session.commit()

    @asynccontextmanager
    async def access(self, institution: InstitutionId) -> AsyncIterator[AccessWork]:
        """A transaction on who may come in at `institution`. Raises `Unavailable`."""
        with reaching_the_database(self._engine.url):
            async with self._bare_engine.connect() as connection, transaction_of(connection, institution) as driver:
                session = AsyncSession(connection, expire_on_commit=False)
                yield PostgresAccessWork(session, driver, institution)
                if session.in_transaction():
                    await session.commit()

    async def has_accounts(self) -> bool:
        """Whether there is an account, anywhere, that lets somebody in. Raises `Unavailable`."""
        with reaching_the_database(self._engine.url):
            async with self._engine.connect() as connection:
                return bool(await connection.scalar(text("SELECT has_accounts()")))

    async def check(self) -> None:
        """Raise `Unavailable` unless the database answers and its schema is the one that this version needs."""
        with reaching_the_database(self._engine.url):
            async with self._engine.connect() as connection:
                known = await connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
                revision = await connection.scalar(text("SELECT version_num FROM alembic_version")) if known else None
        if revision != head_revision():
            detail = (
                f"The database is at revision {revision or 'none'}, not {head_revision()}: run matricula db upgrade."
            )
            raise Unavailable(detail)

    def pools(self) -> list[PoolUse]:
        """How busy the connections of transactions and those of reads in one statement are."""
        transactions = use_of(self._engine)
        return [transactions] if self._lines is None else [transactions, self._lines.use]

    async def close(self) -> None:
        """Close every connection."""
        if self._lines is not None:
            await self._lines.close()
        await self._engine.dispose()


class _ReadTransaction(RegistrationReader):
    """The `RegistrationViews` port in one transaction."""

    def views(self, kind: RecordKind[E, F, V]) -> Reader[V]:
        """See `Views.views`."""
        return TableReader(self._session, self._institution, kind, selection_for(kind))

    async def identify(self, entity: type[Entity], reference: Reference) -> UUID | None:
        """See `Views.identify`."""
        records: TableRecords[Any, Any] = TableRecords(self._session, self._institution, mapper_for(entity))
        return await records.identify(reference)


class _Transaction(_ReadTransaction):
    """The `RegistrationWork` port in one transaction."""

    def __init__(
        self, session: AsyncSession, driver: asyncpg.Connection, institution: InstitutionId, snapshots: Snapshots
    ) -> None:
        super().__init__(session, institution, snapshots)
        self._driver = driver
        self.kept_answers = PostgresKeptAnswers(driver, institution)
        self.import_runs = PostgresImportRuns(session, institution)
        self.book = PostgresRegistrationBook(session, driver, institution, snapshots)

    def records(self, entity: type[E]) -> Records[E]:
        """See `Work.records`."""
        return TableRecords(self._session, self._institution, mapper_for(entity))

    async def refresh_statistics(self) -> None:
        """See `ImportWork.refresh_statistics`."""
        await self._session.execute(text("SELECT refresh_statistics()"))

    async def stage_records(self, entity: type[E]) -> RecordStaging[E]:
        """See `ImportWork.stage_records`."""
        return PostgresRecordStaging(self._driver, self._institution, mapper_for(entity))

    async def stage_attempts(self) -> PostgresAttemptStaging:
        """See `AttemptImportWork.stage_attempts`."""
        staging = PostgresAttemptStaging(self._driver, self._institution)
        await staging.open()
        return staging
