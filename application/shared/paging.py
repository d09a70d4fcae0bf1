"""Pages of a collection: keyset cursors, filters, sorting and search, the same for every collection and adapter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

V = TypeVar("V")

MAXIMUM_LIMIT = 500
DEFAULT_LIMIT = 50


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which part of a collection is wanted.

    `sort` is a field name, with `-` before it for descending order; ties are broken by id. `cursor` comes from the
    page before. `filters` are fields and the values they must have; `search` is a text to find.
    """

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    sort: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    search: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[V]):
    """A page of a collection; `next_cursor` is None on the last one."""

    items: Sequence[V]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a collection can be asked for: the names of its fields for filters, sorting and search.

    The first of `sorts` is the default order.
    """

    sorts: tuple[str, ...]
    filters: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
