"""Keyset pages in SQL: a page costs the same at the first row and at the millionth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from application.shared.cursor import check, decode_cursor, encode_cursor, order_of
from application.shared.paging import Listing, PageQuery

WITH_CASE = "default"
"""The collation in which letters of every script have a case; in that of codes and addresses only ASCII has."""

Column = ColumnElement[Any] | QueryableAttribute[Any]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a collection, by the names of the view's fields, and that of its id."""

    identifier: Column
    by_name: Mapping[str, Column]


async def fetch_page(
    session: AsyncSession,
    selected: Select[*tuple[Any, ...]],
    columns: Columns,
    listing: Listing,
    query: PageQuery,
    references: Mapping[str, UUID | None] | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """The rows of a page, as dicts that hold the field `id`, and the cursor of the next page.

    `references` are the filters that name a record, resolved to its id (None: there is no such record). Raises
    `InvalidRequest`.
    """
    check(query, listing)
    order = order_of(query, listing)
    resolved = references or {}
    if None in resolved.values():
        return [], None
    sorted_by = columns.by_name[order.field]
    for name, value in query.filters.items():
        selected = selected.where(columns.by_name[name] == resolved.get(name, value))
    if query.search:
        searched = [columns.by_name[name].collate(WITH_CASE) for name in listing.searches]
        selected = selected.where(or_(*(column.icontains(query.search, autoescape=True) for column in searched)))
    if query.cursor is not None:
        value, identifier = decode_cursor(order, query.cursor, sorted_by.type.python_type)
        here = tuple_(sorted_by, columns.identifier)
        there = tuple_(value, identifier)
        selected = selected.where(here < there if order.descending else here > there)
    by = [sorted_by, columns.identifier]
    selected = selected.order_by(*(column.desc() if order.descending else column.asc() for column in by))
    found = await session.execute(selected.add_columns(sorted_by.label("sort_value")).limit(query.limit + 1))
    rows = [dict(row) for row in found.mappings()]
    values = [row.pop("sort_value") for row in rows]
    if len(rows) <= query.limit:
        return rows, None
    last = query.limit - 1
    return rows[: query.limit], encode_cursor(order, values[last], rows[last]["id"])
