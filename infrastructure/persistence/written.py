"""Written views of any adapter: its views, read in a transaction and written by pydantic."""

from application.shared.dto import Dto
from application.shared.paging import Page, PageQuery
from application.shared.records import ReadUnitOfWork
from application.shared.written import Kind, WrittenPage, page_written
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference


class ViewsWritten:
    """The `WrittenViews` port over the views of a transaction."""

    def __init__(self, reading: ReadUnitOfWork) -> None:
        self._reading = reading

    async def one(
        self, institution: InstitutionId, kind: Kind, reference: Reference, *, in_part: bool = False
    ) -> str | None:
        """See `WrittenViews.one`."""
        async with self._reading(institution) as work:
            identifier = reference.id or await work.identify(kind.entity, reference)
            view = None if identifier is None else await work.views(kind).one(identifier)
        return None if view is None else _shown(kind, view, in_part=in_part).model_dump_json()

    async def page(
        self, institution: InstitutionId, kind: Kind, query: PageQuery, *, in_part: bool = False
    ) -> WrittenPage:
        """See `WrittenViews.page`."""
        async with self._reading(institution) as work:
            page = await work.views(kind).page(query)
        return page_written(Page([_shown(kind, view, in_part=in_part) for view in page.items], page.next_cursor))


def _shown(kind: Kind, view: Dto, *, in_part: bool) -> Dto:
    shown: Dto = view if not in_part or kind.in_part is None else kind.in_part(view)
    return shown
