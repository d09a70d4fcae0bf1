"""The directory of institutions: the one place that looks across tenants, through a function that shows only this."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, column, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from application.shared.errors import StaleWrite
from application.shared.idempotency import KeyedRequest, Told
from application.shared.institutions import INSTITUTION_LISTING, InstitutionView
from application.shared.paging import Page, PageQuery
from domain.shared.identifiers import InstitutionId
from domain.shared.institution import Institution
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.driver import driver_of
from infrastructure.persistence.postgres.failures import reaching_the_database, storing
from infrastructure.persistence.postgres.kept_answers import PostgresKeptAnswers
from infrastructure.persistence.postgres.readers.paging import Columns, fetch_page
from infrastructure.persistence.postgres.rows.catalog import InstitutionRow
from infrastructure.persistence.postgres.tenancy import enter_institution

_KIND = "institution"
_DIRECTORY = func.institution_directory().table_valued(
    *(
        column(name, type_=InstitutionRow.__table__.c[name].type)
        for name in ("institution_id", "code", "name", "time_zone", "version")
    )
)


class PostgresDirectory:
    """The `InstitutionDirectory` port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, reference: Reference | None) -> InstitutionView | None:
        """See `InstitutionDirectory.find`."""
        query = _select().limit(2)
        if reference is not None and reference.id is not None:
            query = query.where(_DIRECTORY.c.institution_id == reference.id)
        elif reference is not None:
            if reference.scope is not None:  # a code within a term names no institution
                return None
            query = query.where(_DIRECTORY.c.code == reference.code)
        with reaching_the_database(self._engine.url):
            async with self._engine.connect() as connection:
                found = (await connection.execute(query)).mappings().all()
        return InstitutionView.model_validate(found[0]) if len(found) == 1 else None

    async def page(self, query: PageQuery) -> Page[InstitutionView]:
        """See `InstitutionDirectory.page`."""
        columns = Columns(
            identifier=_DIRECTORY.c.institution_id,
            by_name={name: _DIRECTORY.c[name] for name in ("code", "name")},
        )
        with reaching_the_database(self._engine.url):
            async with AsyncSession(self._engine) as session:
                rows, cursor = await fetch_page(session, _select(), columns, INSTITUTION_LISTING, query)
        return Page([InstitutionView.model_validate(row) for row in rows], cursor)

    async def add(self, institution: Institution, told: Told | None = None) -> None:
        """See `InstitutionDirectory.add`."""
        with reaching_the_database(self._engine.url), storing(_KIND):
            async with AsyncSession(self._engine) as session, session.begin():
                await enter_institution(session, institution.id)
                session.add(_row(institution, 1))
                if told is not None:
                    await session.flush()
                    answers = await _kept_answers(session, institution.id)
                    await answers.claim(told.request)
                    await answers.keep(told)

    async def told(self, identifier: InstitutionId, request: KeyedRequest) -> str | None:
        """See `InstitutionDirectory.told`."""
        with reaching_the_database(self._engine.url):
            async with AsyncSession(self._engine) as session, session.begin():
                await enter_institution(session, identifier)
                return await (await _kept_answers(session, identifier)).find(request)

    async def save(self, institution: Institution, expected_version: int | None) -> None:
        """See `InstitutionDirectory.save`."""
        with reaching_the_database(self._engine.url), storing(_KIND):
            async with AsyncSession(self._engine) as session, session.begin():
                stored = await self._stored(session, institution.id, expected_version)
                stored.code = institution.code
                stored.name = institution.name
                stored.time_zone = institution.time_zone
                stored.version += 1

    async def remove(self, identifier: InstitutionId, expected_version: int | None) -> None:
        """See `InstitutionDirectory.remove`."""
        with reaching_the_database(self._engine.url), storing(_KIND):
            async with AsyncSession(self._engine) as session, session.begin():
                await session.delete(await self._stored(session, identifier, expected_version))

    async def _stored(self, session: AsyncSession, identifier: UUID, expected: int | None) -> InstitutionRow:
        await enter_institution(session, InstitutionId(identifier))
        row = await session.get(InstitutionRow, identifier)
        if row is None or (expected is not None and row.version != expected):
            raise StaleWrite(_KIND)
        return row


async def _kept_answers(session: AsyncSession, identifier: InstitutionId) -> PostgresKeptAnswers:
    return PostgresKeptAnswers(await driver_of(await session.connection()), identifier)


def _select() -> Select[*tuple[Any, ...]]:
    return select(
        _DIRECTORY.c.institution_id.label("id"),
        _DIRECTORY.c.code,
        _DIRECTORY.c.name,
        _DIRECTORY.c.time_zone,
        _DIRECTORY.c.version,
    )


def _row(institution: Institution, version: int) -> InstitutionRow:
    return InstitutionRow(
        institution_id=institution.id,
        code=institution.code,
        name=institution.name,
        time_zone=institution.time_zone,
        version=version,
    )
