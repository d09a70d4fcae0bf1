"""The reader of any kind of record: its selection, one record or a page at a time."""

from dataclasses import replace
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from application.shared.dto import Dto
from application.shared.errors import InvalidRequest
from application.shared.paging import Page, PageQuery
from application.shared.records import RecordKind
from domain.shared.identifiers import InstitutionId
from domain.shared.invalid import InvalidValue
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.mapping.entities import mapper_for
from infrastructure.persistence.postgres.readers.paging import Columns, fetch_page
from infrastructure.persistence.postgres.readers.selection import Selection
from infrastructure.persistence.postgres.records import TableRecords

V = TypeVar("V", bound=Dto)


class TableReader(Generic[V]):
    """The `Reader` port over a selection."""

    def __init__(
        self,
        session: AsyncSession,
        institution: InstitutionId,
        kind: RecordKind[Any, Any, V],
        selection: Selection,
    ) -> None:
        self._session = session
        self._institution = institution
        self._kind = kind
        self._selection = selection

    async def one(self, identifier: UUID) -> V | None:
        """See `Reader.one`."""
        query = self._selection.query.where(
            self._selection.institution == self._institution, self._selection.identifier == identifier
        )
        row = (await self._session.execute(query)).mappings().one_or_none()
        return None if row is None else self._view(dict(row))

    async def page(self, query: PageQuery) -> Page[V]:
        """See `Reader.page`."""
        selected = self._selection.query.where(self._selection.institution == self._institution)
        columns = Columns(self._selection.identifier, self._selection.columns)
        references = {}
        for name in query.filters.keys() & self._selection.references.keys() & set(self._kind.listing.filters):
            references[name] = await self._identify(name, query.filters[name])
        others = query.filters.keys() & self._selection.conditions.keys() & set(self._kind.listing.filters)
        for name in others:
            identifier = references[name] if name in references else _id(name, query.filters[name])
            if identifier is not None:
                selected = selected.where(self._selection.conditions[name](identifier))
        asked = replace(query, filters={name: text for name, text in query.filters.items() if name not in others})
        rows, cursor = await fetch_page(self._session, selected, columns, self._kind.listing, asked, references)
        return Page([self._view(row) for row in rows], cursor)

    async def _identify(self, name: str, text: str) -> UUID | None:
        try:
            reference = Reference.parse(text)
        except InvalidValue as error:
            detail = f"The filter {name} {error.reason}."
            raise InvalidRequest(detail, filter=name) from error
        mapper = mapper_for(self._selection.references[name])
        records: TableRecords[Any, Any] = TableRecords(self._session, self._institution, mapper)
        return await records.identify(reference)

    def _view(self, row: dict[str, Any]) -> V:
        return self._kind.view.model_validate(self._selection.finish(row))


def _id(name: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        detail = f"The filter {name} must be an id (UUID)."
        raise InvalidRequest(detail, filter=name) from error
