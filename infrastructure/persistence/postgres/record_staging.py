"""The staging of new records of one kind: a table for their rows, and one for the rows of each kind of their parts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, Generic, TypeVar

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.types import TypeEngine

from application.shared.records import Entity
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.failures import storing
from infrastructure.persistence.postgres.mapping.mapper import Mapper, Values, parts_of
from infrastructure.persistence.postgres.rows.base import Row
from infrastructure.persistence.postgres.staging import StagingTable

E = TypeVar("E", bound=Entity)
R = TypeVar("R", bound=Row)

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # the library's


class PostgresRecordStaging(Generic[E, R]):
    """The `RecordStaging` port on the connection of a transaction. A table is made when there is a row for it."""

    def __init__(self, driver: asyncpg.Connection, institution: InstitutionId, mapper: Mapper[E, R]) -> None:
        self._driver = driver
        self._institution = institution
        self._mapper = mapper
        self._shape = _shape_of(mapper.row)
        self._staged: dict[str, StagingTable] = {}

    async def stage(self, entities: Sequence[E]) -> None:
        """See `RecordStaging.stage`."""
        to_values, institution = self._mapper.to_values, self._institution
        for shape, rows in self._shape.unfolded([to_values(institution, entity) for entity in entities]):
            if rows:
                await (await self._table_for(shape)).take(map(shape.cells, rows))

    async def merge(self) -> None:
        """See `RecordStaging.merge`."""
        with storing(self._mapper.kind, self._mapper.tables):
            for table, staged in self._staged.items():  # in the order of their making: owners before their parts
                await staged.insert_into(table)
            if self._staged:
                for statement in self._mapper.following(f"TABLE {self._staged[self._shape.table].name}"):
                    await self._driver.execute(statement)
        for staged in self._staged.values():
            await staged.drop()
        self._staged.clear()

    async def _table_for(self, shape: "_Shape") -> StagingTable:
        if shape.table not in self._staged:
            table = StagingTable(self._driver, f"staged_{shape.table}", shape.columns)
            await table.make(f"LIKE {shape.table}")
            self._staged[shape.table] = table
        return self._staged[shape.table]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the values of a row become cells in the order of `columns`, and the names under which its parts stand."""

    table: str
    columns: tuple[str, ...]
    cells: Callable[[Values], Sequence[object]]
    parts: Mapping[str, "_Shape"]

    def unfolded(self, rows: Sequence[Values]) -> Iterator[tuple["_Shape", Sequence[Values]]]:
        """The rows and all that they own, table by table, owners before what they own."""
        yield self, rows
        for name, part in self.parts.items():
            yield from part.unfolded(list(chain.from_iterable(map(itemgetter(name), rows))))


@cache
def _shape_of(row: type[Row]) -> _Shape:
    columns = row.__table__.columns
    return _Shape(
        table=row.__tablename__,
        columns=tuple(columns.keys()),
        cells=_cells_of([(column.name, column.type.dialect_impl(_DIALECT)) for column in columns]),
        parts={name: _shape_of(part) for name, part in parts_of(row).items()},
    )


def _cells_of(columns: Sequence[tuple[str, TypeEngine[Any]]]) -> Callable[[Values], Sequence[object]]:
    """What makes values the cells that the driver takes for columns of these names and types."""
    read = itemgetter(*(name for name, _ in columns))
    encoders = [type_.bind_processor(_DIALECT) for _, type_ in columns]
    if not any(encoders):
        return read
    return lambda values: [
        cell if encode is None else encode(cell) for cell, encode in zip(read(values), encoders, strict=True)
    ]
