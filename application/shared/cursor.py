"""What every adapter must agree on about pages: valid queries, their order, and what stands in a cursor.

A cursor holds its order and where the page before ended: the value sorted by, and the id, which breaks ties in
the same direction. It is opaque to callers, and whatever they send instead of one is an `InvalidRequest`.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from application.shared.errors import InvalidRequest
from application.shared.paging import MAXIMUM_LIMIT, Listing, PageQuery

SortValue = str | int | Decimal | date | datetime
T = TypeVar("T", str, int, Decimal, date, datetime)

_LARGEST_INTEGER = 2**31 - 1
"""The most that the narrowest stored integer holds."""

_DECIMAL = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a collection: by `field`, ties by id, both `descending` or neither."""

    field: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.field}" if self.descending else self.field


def check(query: PageQuery, listing: Listing) -> None:
    """Raise `InvalidRequest` unless the collection can be asked for that limit, filters and search."""
    if not 1 <= query.limit <= MAXIMUM_LIMIT:
        detail = f"The limit must be from 1 to {MAXIMUM_LIMIT}."
        raise InvalidRequest(detail, limit=query.limit)
    for name in query.filters:
        if name not in listing.filters:
            detail = f"There is no filter {name}; there are: {', '.join(listing.filters) or 'none'}."
            raise InvalidRequest(detail, filter=name)
    if query.search is not None and not listing.searches:
        detail = "This collection cannot be searched."
        raise InvalidRequest(detail)
    for text in (*query.filters.values(), query.search or ""):
        if _UNSTORABLE.search(text):
            detail = "Filters and searches must be valid Unicode without the NUL character."
            raise InvalidRequest(detail)


def order_of(query: PageQuery, listing: Listing) -> Order:
    """The order that the query asks for. Raises `InvalidRequest`."""
    asked = listing.sorts[0] if query.sort is None else query.sort
    order = Order(asked.removeprefix("-"), descending=asked.startswith("-"))
    if order.field not in listing.sorts:
        detail = f"There is no order {asked}; there are: {', '.join(listing.sorts)}."
        raise InvalidRequest(detail, sort=asked)
    return order


def encode_cursor(order: Order, value: SortValue, identifier: UUID) -> str:
    """The cursor of a page whose last record is `identifier`, with that value in the field of the order."""
    text = json.dumps([str(order), _plain(value), str(identifier)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(order: Order, cursor: str, value_type: type[T]) -> tuple[T, UUID]:
    """The value, of `value_type`, and the id with which the page before ended. Raises `InvalidRequest`."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        asked, plain, identifier = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if asked == str(order) and isinstance(identifier, str):
            value = _value(plain, value_type)
            if isinstance(value, value_type):
                return value, UUID(identifier)
    except (ValueError, TypeError, OverflowError, RecursionError):
        pass
    detail = "The cursor does not belong to this collection and order."
    raise InvalidRequest(detail)


def _plain(value: SortValue) -> str | int:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def _value(plain: object, value_type: type[SortValue]) -> SortValue | None:
    """Read a value of a cursor; None, `ValueError` or `OverflowError` for what is not one."""
    if type(plain) is int:
        return plain if value_type is int and abs(plain) <= _LARGEST_INTEGER else None
    if not isinstance(plain, str) or _UNSTORABLE.search(plain):
        return None
    if value_type is Decimal:
        return Decimal(plain) if _DECIMAL.fullmatch(plain) else None
    if value_type is datetime:
        moment = datetime.fromisoformat(plain)
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    return date.fromisoformat(plain) if value_type is date else plain
