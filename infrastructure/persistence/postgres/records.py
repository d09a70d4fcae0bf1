"""The repository of any kind of record: the ORM session and a mapper."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, String, any_, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from application.shared.errors import StaleWrite
from application.shared.records import Entity, Stored
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.failures import storing
from infrastructure.persistence.postgres.mapping.mapper import Mapper
from infrastructure.persistence.postgres.rows.base import Row
from infrastructure.persistence.postgres.rows.terms import TermRow

E = TypeVar("E", bound=Entity)
R = TypeVar("R", bound=Row)

_AMONG = "institution_id = :institution AND id = ANY (CAST(:ids AS uuid[]))"


class TableRecords(Generic[E, R]):
    """The `Records` port over one table and those it owns."""

    def __init__(self, session: AsyncSession, institution: InstitutionId, mapper: Mapper[E, R]) -> None:
        self._session = session
        self._institution = institution
        self._mapper = mapper
        self._code: Any = mapper.code
        self._scope: Any = mapper.scope

    async def identify(self, reference: Reference) -> UUID | None:
        """See `Records.identify`."""
        columns = self._mapper.row.__table__.c
        query = select(columns.id).where(columns.institution_id == self._institution)
        if reference.id is not None:
            query = query.where(columns.id == reference.id)
        elif self._code is None or (self._scope is None) != (reference.scope is None):
            return None
        else:
            query = query.where(self._code == reference.code)
            if self._scope is not None:
                term = select(TermRow.id).where(
                    TermRow.institution_id == self._institution, TermRow.code == reference.scope
                )
                query = query.where(self._scope == term.scalar_subquery())
        identifier: UUID | None = await self._session.scalar(query)
        return identifier

    async def identify_all(self, codes: Sequence[str]) -> Mapping[str, UUID]:
        """See `Records.identify_all`."""
        if self._code is None or not codes:
            return {}
        columns = self._mapper.row.__table__.c
        # One parameter, however many codes: a statement takes no more than 32,767.
        among = any_(literal(list(codes), ARRAY(String)))
        query = select(self._code, columns.id).where(columns.institution_id == self._institution, self._code == among)
        found = await self._session.execute(query)
        return {code: identifier for code, identifier in found}  # noqa: C416 - rows, not pairs

    async def get(self, identifier: UUID) -> Stored[E] | None:
        """See `Records.get`."""
        row = await self._row(identifier)
        return None if row is None else Stored(self._mapper.to_entity(row), _version_of(row))

    async def add(self, entities: Sequence[E]) -> None:
        """See `Records.add`."""
        if not entities:
            return
        with storing(self._mapper.kind, self._mapper.tables):
            self._session.add_all([self._mapper.to_row(self._institution, entity) for entity in entities])
            await self._session.flush()
            new = f"SELECT * FROM {self._mapper.row.__tablename__} WHERE {_AMONG}"  # noqa: S608 - names of ours
            for statement in self._mapper.following(new):
                among = {"institution": self._institution, "ids": [entity.id for entity in entities]}
                await self._session.execute(text(statement), among)

    async def save(self, entity: E, expected_version: int | None) -> None:
        """See `Records.save`."""
        version = await self._check_version(entity.id, expected_version)
        with storing(self._mapper.kind, self._mapper.tables):
            row: Any = self._mapper.to_row(self._institution, entity)
            row.version = version
            merged = await self._session.merge(row)
            merged.version = version + 1
            await self._session.flush()

    async def remove(self, identifier: UUID, expected_version: int | None) -> None:
        """See `Records.remove`."""
        await self._check_version(identifier, expected_version)
        with storing(self._mapper.kind):
            await self._session.delete(await self._row(identifier))
            await self._session.flush()

    async def _row(self, identifier: UUID) -> R | None:
        return await self._session.get(self._mapper.row, (self._institution, identifier))

    async def _check_version(self, identifier: UUID, expected: int | None) -> int:
        """The stored version, which must be the expected one. Raises `StaleWrite`."""
        row = await self._row(identifier)
        if row is None or (expected is not None and _version_of(row) != expected):
            raise StaleWrite(self._mapper.kind)
        return _version_of(row)


def _version_of(row: Row) -> int:
    version = getattr(row, "version", None)
    if not isinstance(version, int):
        msg = f"rows of {row.__tablename__} have no version"
        raise TypeError(msg)
    return version
