"""Identifiers in the driver's own type, which is a `UUID` that is hashed, compared and written by C.

To hash a fresh one takes longer than anything else that is done with it. So what rows name again and again are the same
objects, and rows are grouped by the bytes of their ids.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto


def id_of(text: str) -> UUID:
    """The id in a text."""
    identifier: UUID = pgproto.UUID(text)
    return identifier


class _Known(dict[bytes, UUID]):
    """Ids by their bytes, each made when it is first asked for; beyond a limit all are forgotten."""

    def __missing__(self, data: bytes) -> UUID:
        if len(self) >= _LIMIT:
            self.clear()
        identifier: UUID = pgproto.UUID(data)
        self[data] = identifier
        return identifier


_LIMIT = 262_144

known_id = _Known().__getitem__
"""The id with these bytes: the same object as long as it is remembered."""


def bytes_of(column: Iterable[UUID] | None) -> Iterable[bytes]:
    """The bytes of the ids in a column, which may not be there."""
    return map(_bytes, column or ())


def known_ids(column: Iterable[UUID] | None) -> Iterable[Any]:
    """The ids in a column, which may not be there, for one kind or another of records that many rows name."""
    return map(known_id, bytes_of(column))


_bytes = attrgetter("bytes")
