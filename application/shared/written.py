"""Reading records as text: views that storage itself writes as JSON, for whoever would only pass them on."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Protocol

from application.shared.access import may_be_related
from application.shared.caller import Caller
from application.shared.dto import Dto
from application.shared.errors import NotFound
from application.shared.paging import Page, PageQuery
from application.shared.records import ReadUnitOfWork, RecordKind
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference

Kind = RecordKind[Any, Any, Any]


@dataclass(frozen=True)
class WrittenPage:
    """A page of a collection; `next_cursor` is None on the last one.

    `items` are JSON as in `WrittenViews`, with a comma between each two.
    """

    items: str
    next_cursor: str | None = None

    @cached_property
    def digest(self) -> str:
        """What tells this page from every other; a page that is shown often is digested once."""
        return sha256(f"{self.next_cursor}\n{self.items}".encode()).hexdigest()


class WrittenViews(Protocol):
    """The views of records as JSON: letter for letter what `model_dump_json` of the view writes.

    Each question is answered from one moment, and every commit before the question is in it.
    """

    async def one(
        self, institution: InstitutionId, kind: Kind, reference: Reference, *, in_part: bool = False
    ) -> str | None:
        """The record of that kind which `reference` names, or None; `in_part`, as `RecordKind.in_part` makes it."""
        ...

    async def page(
        self, institution: InstitutionId, kind: Kind, query: PageQuery, *, in_part: bool = False
    ) -> WrittenPage:
        """A page of the collection, of records as `one` shows them.

        Raises `InvalidRequest` for unknown filters, sorts and cursors.
        """
        ...


class ReadWritten:
    """The use cases that read records as JSON; who may is who may read them otherwise."""

    def __init__(self, views: WrittenViews, reading: ReadUnitOfWork) -> None:
        self._views = views
        self._reading = reading

    async def get(self, caller: Caller, kind: Kind, reference: Reference) -> str:
        """Read a record. Raises `NotFound`, `AccessDenied`."""
        is_in_part = may_be_related(caller, kind.operation("get"))
        if is_in_part and _depends_on(caller, kind):
            async with self._reading(caller.institution) as views:
                related: Dto = await kind.read_related(caller, reference, views)
            return related.model_dump_json()
        written = await self._views.one(caller.institution, kind, reference, in_part=is_in_part)
        if written is None:
            raise NotFound(kind.name, str(reference))
        return written

    async def list(self, caller: Caller, kind: Kind, query: PageQuery) -> WrittenPage:
        """Read a page of the collection. Raises `InvalidRequest`, `AccessDenied`."""
        is_in_part = may_be_related(caller, kind.list_operation)
        if is_in_part and _depends_on(caller, kind):
            async with self._reading(caller.institution) as views:
                return page_written(await kind.page_in_part(caller, query, views))
        return await self._views.page(caller.institution, kind, query, in_part=is_in_part)


def _depends_on(caller: Caller, kind: Kind) -> bool:
    """Whether it takes a look at each record to know what the caller, who is not allowed all, sees of it."""
    return kind.in_part is None or caller.instructor_id is not None


def page_written(page: Page[Any]) -> WrittenPage:
    """A page of views as JSON."""
    return WrittenPage(",".join(view.model_dump_json() for view in page.items), page.next_cursor)
