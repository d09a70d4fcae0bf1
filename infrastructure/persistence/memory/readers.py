"""The reader of any kind of record over the memory tables: one view, or a page of them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from application.shared.cursor import check, decode_cursor, encode_cursor, order_of
from application.shared.dto import Dto
from application.shared.errors import InvalidRequest
from application.shared.paging import Listing, Page, PageQuery
from application.shared.records import Entity, RecordKind
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.program import Program
from domain.people.instructor import Instructor
from domain.people.student import Student
from domain.registration.attempt import CourseAttempt
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.invalid import InvalidValue
from domain.shared.reference import Reference
from infrastructure.persistence.memory.records import identify
from infrastructure.persistence.memory.rows import Row, view_row, view_rows
from infrastructure.persistence.memory.tables import Tables

V = TypeVar("V", bound=Dto)

_REFERENCES: Mapping[str, type[Entity]] = {
    "advisor": Instructor,
    "department": Department,
    "program": Program,
    "student": Student,
    "term": Term,
    "course": Course,
    "offering": CourseOffering,
    "section": Section,
}
"""The filters that name a record."""

_TEXTS: frozenset[tuple[type[Entity], str]] = frozenset({(CourseAttempt, "term")})
"""Filters of those names that are plain texts: an attempt may have been made in a term from before our time."""

_ABOUT = "about"
"""The filter of audit events that no field of the view answers."""

_LISTS: Mapping[str, str] = {"advisor": "advisors"}
"""The filters that ask for one of those in a field."""

_TYPES: Mapping[str, type[Any]] = {
    "capacity": int,
    "created_at": datetime,
    "credits": Decimal,
    "enrolled_at": datetime,
    "given_at": datetime,
    "number": int,
    "occurred_at": datetime,
    "opens_at": datetime,
    "placed_at": datetime,
    "starts_on": date,
}
"""The types of the fields that collections are sorted by, where they are not texts."""


class MemoryReader(Generic[V]):
    """The `Reader` port over the tables."""

    def __init__(self, tables: Tables, kind: RecordKind[Any, Any, V]) -> None:
        self._tables = tables
        self._kind = kind

    async def one(self, identifier: UUID) -> V | None:
        """See `Reader.one`."""
        row = view_row(self._tables, self._kind.entity, identifier)
        return None if row is None else self._kind.view.model_validate(row)

    async def page(self, query: PageQuery) -> Page[V]:
        """See `Reader.page`."""
        check(query, self._kind.listing)
        wanted = {name: self._wanted(name, text) for name, text in query.filters.items() if name != _ABOUT}
        rows = [
            row
            for row in view_rows(self._tables, self._kind.entity)
            if all(text is not None and _has(row, name, text) for name, text in wanted.items())
        ]
        if _ABOUT in query.filters:
            about = _id(_ABOUT, query.filters[_ABOUT])
            rows = [row for row in rows if about in self._tables.audit[row["id"]].about]
        found, cursor = page_of(rows, self._kind.listing, query)
        return Page([self._kind.view.model_validate(row) for row in found], cursor)

    def _wanted(self, name: str, text: str) -> str | None:
        """The text that the view's field must have; None, which no field has, when it names no record."""
        entity = _REFERENCES.get(name)
        if entity is None or (self._kind.entity, name) in _TEXTS:
            return text
        try:
            identifier = identify(self._tables, entity, Reference.parse(text))
        except InvalidValue as error:
            detail = f"The filter {name} {error.reason}."
            raise InvalidRequest(detail, filter=name) from error
        return None if identifier is None else str(identifier)


def _has(row: Row, name: str, text: str) -> bool:
    if name in _LISTS:
        return text in row[_LISTS[name]]
    return row[name] is not None and str(row[name]) == text


def _id(name: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        detail = f"The filter {name} must be an id (UUID)."
        raise InvalidRequest(detail, filter=name) from error


def page_of(rows: Iterable[Row], listing: Listing, query: PageQuery) -> tuple[list[Row], str | None]:
    """The rows of a page and the cursor of the next one. Raises `InvalidRequest`."""
    check(query, listing)
    order = order_of(query, listing)
    found = [row for row in rows if _is_found(row, listing, query.search)]
    found.sort(key=lambda row: (row[order.field], row["id"]), reverse=order.descending)
    if query.cursor is not None:
        here = decode_cursor(order, query.cursor, _TYPES.get(order.field, str))
        found = [row for row in found if _lies_after(here, (row[order.field], row["id"]), descending=order.descending)]
    if len(found) <= query.limit:
        return found, None
    page = found[: query.limit]
    return page, encode_cursor(order, page[-1][order.field], page[-1]["id"])


def _is_found(row: Row, listing: Listing, search: str | None) -> bool:
    if not search:
        return True
    return any(search.lower() in str(row[name] or "").lower() for name in listing.searches)


def _lies_after(here: tuple[Any, UUID], there: tuple[Any, UUID], *, descending: bool) -> bool:
    return there < here if descending else there > here
