"""Pages over views in memory: the same order, filters, search and cursors as in SQL."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from application.shared.cursor import check, decode_cursor, encode_cursor, order_of
from application.shared.dto import Dto
from application.shared.paging import Listing, Page, PageQuery

V = TypeVar("V", bound=Dto)


def page_of(views: Iterable[V], listing: Listing, query: PageQuery) -> Page[V]:
    """The page of `views` that the query asks for; its reference filters are ids by now. Raises `InvalidRequest`."""
    check(query, listing)
    order = order_of(query, listing)

    def key(view: V) -> tuple[Any, UUID]:
        return getattr(view, order.field), UUID(str(getattr(view, "id")))  # noqa: B009 - views have ids

    found = [view for view in views if _matches(view, listing, query)]
    found.sort(key=key, reverse=order.descending)
    if query.cursor is not None:
        kind = type(key(found[0])[0]) if found else str
        after = decode_cursor(order, query.cursor, kind)
        found = [view for view in found if (key(view) < after if order.descending else key(view) > after)]
    if len(found) <= query.limit:
        return Page(found)
    page = found[: query.limit]
    return Page(page, encode_cursor(order, *key(page[-1])))


def _matches(view: Dto, listing: Listing, query: PageQuery) -> bool:
    if any(str(getattr(view, name)) != value for name, value in query.filters.items()):
        return False
    if not query.search:
        return True
    wanted = query.search.casefold()
    return any(wanted in str(getattr(view, name) or "").casefold() for name in listing.searches)
