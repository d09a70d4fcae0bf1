"""Ids of what does not change, each one object: the driver's UUIDs work out their hash and text once, but at some cost.

A fresh one costs more to hash than all else that is done with it; so what is only grouped is grouped by its bytes.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any
from uuid import UUID

from asyncpg.pgproto.pgproto import UUID as DriverUUID  # noqa: N811 - both have the same name


class _Known(dict[bytes, UUID]):
    """Ids by their bytes, each made when it is first asked for; beyond a limit all are forgotten."""

    def __missing__(self, data: bytes) -> UUID:
        if len(self) >= _LIMIT:
            self.clear()
        identifier: UUID = DriverUUID(data)
        self[data] = identifier
        return identifier


_LIMIT = 262_144

known_id = _Known().__getitem__
"""The id with these bytes, the same object as long as it is remembered."""


def id_in(text: str) -> UUID:
    """The id with this text."""
    return known_id(DriverUUID(text).bytes)


def bytes_of(column: Iterable[UUID] | None) -> Iterable[bytes]:
    """The bytes of the ids in a column, which may not be there."""
    return map(_bytes, column or ())


def known_ids(column: Iterable[UUID] | None) -> Iterable[Any]:
    """The ids in a column, which may not be there."""
    return map(known_id, map(_bytes, column or ()))


_bytes = attrgetter("bytes")
