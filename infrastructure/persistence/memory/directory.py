"""The directory of institutions in memory."""

from asyncio import Lock
from collections.abc import MutableMapping
from uuid import UUID

from application.shared.errors import AlreadyExists, StaleWrite, StillReferenced
from application.shared.idempotency import KeyedRequest, Told
from application.shared.institutions import INSTITUTION_LISTING, InstitutionView
from application.shared.paging import Page, PageQuery
from application.shared.records import Stored
from domain.shared.identifiers import InstitutionId
from domain.shared.institution import Institution
from domain.shared.reference import Reference
from infrastructure.persistence.memory.kept_answers import keep_answer, kept_answer
from infrastructure.persistence.memory.kinds import KINDS
from infrastructure.persistence.memory.readers import page_of
from infrastructure.persistence.memory.rows import Row
from infrastructure.persistence.memory.tables import Tables

_KIND = "institution"


class MemoryDirectory:
    """The `InstitutionDirectory` port; `tables` are those of each institution, `writing` the one lock of writers."""

    def __init__(self, tables: MutableMapping[InstitutionId, Tables], writing: Lock) -> None:
        self._tables = tables
        self._writing = writing
        self._institutions: dict[UUID, Stored[Institution]] = {}

    def knows(self, institution: InstitutionId) -> bool:
        """Whether the institution exists."""
        return institution in self._institutions

    async def find(self, reference: Reference | None) -> InstitutionView | None:
        """See `InstitutionDirectory.find`."""
        found = [row for row in self._rows() if reference is None or _is_named(row, reference)]
        return InstitutionView.model_validate(found[0]) if len(found) == 1 else None

    async def page(self, query: PageQuery) -> Page[InstitutionView]:
        """See `InstitutionDirectory.page`."""
        rows = [row for row in self._rows() if all(row.get(name) == text for name, text in query.filters.items())]
        found, cursor = page_of(rows, INSTITUTION_LISTING, query)
        return Page([InstitutionView.model_validate(row) for row in found], cursor)

    async def add(self, institution: Institution, told: Told | None = None) -> None:
        """See `InstitutionDirectory.add`."""
        async with self._writing:
            if institution.id in self._institutions:
                raise AlreadyExists(_KIND, "id")
            self._put(institution, 1)
            if told is not None:
                tables = self._tables[institution.id] = Tables()
                keep_answer(tables, told)

    async def told(self, identifier: InstitutionId, request: KeyedRequest) -> str | None:
        """See `InstitutionDirectory.told`."""
        tables = self._tables.get(identifier)
        return None if tables is None else kept_answer(tables, request)

    async def save(self, institution: Institution, expected_version: int | None) -> None:
        """See `InstitutionDirectory.save`."""
        async with self._writing:
            self._put(institution, self._version(institution.id, expected_version) + 1)

    async def remove(self, identifier: InstitutionId, expected_version: int | None) -> None:
        """See `InstitutionDirectory.remove`."""
        async with self._writing:
            self._version(identifier, expected_version)
            tables = self._tables.get(identifier)
            for kind in KINDS.values():
                if tables is not None and tables.records(kind.entity):
                    raise StillReferenced(_KIND, kind.table)
            del self._institutions[identifier]
            self._tables.pop(identifier, None)

    def _put(self, institution: Institution, version: int) -> None:
        for other in self._institutions.values():
            if other.entity.code == institution.code and other.entity.id != institution.id:
                raise AlreadyExists(_KIND, "code")
        self._institutions[institution.id] = Stored(institution, version)

    def _version(self, identifier: InstitutionId, expected_version: int | None) -> int:
        stored = self._institutions.get(identifier)
        if stored is None or expected_version not in (None, stored.version):
            raise StaleWrite(_KIND)
        return stored.version

    def _rows(self) -> list[Row]:
        return [
            {
                "id": stored.entity.id,
                "code": stored.entity.code,
                "name": stored.entity.name,
                "time_zone": stored.entity.time_zone,
                "version": stored.version,
            }
            for stored in self._institutions.values()
        ]


def _is_named(row: Row, reference: Reference) -> bool:
    """Whether the reference names the institution; a code within a term never does."""
    if reference.id is not None:
        return bool(row["id"] == reference.id)
    return reference.scope is None and bool(row["code"] == reference.code)
