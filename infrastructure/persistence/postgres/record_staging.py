"""The staging of new records of one kind: a table for their rows, and one for the rows of each kind of their parts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Generic, TypeVar

import asyncpg
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from application.shared.records import Entity
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.failures import storing
from infrastructure.persistence.postgres.mapping.mapper import Mapper, parts_of
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
        to_row, institution = self._mapper.to_row, self._institution
        for shape, rows in self._shape.unfolded([to_row(institution, entity) for entity in entities]):
            if rows:
                await (await self._table_for(shape)).take(map(shape.cells, rows))

    async def merge(self) -> None:
        """See `RecordStaging.merge`."""
        with storing(self._mapper.kind, self._mapper.tables):
            for shape, _ in self._shape.unfolded(()):
                if shape.table in self._staged:
                    columns = ", ".join(shape.columns)
                    source = f"SELECT {columns} FROM {self._staged[shape.table].name}"  # noqa: S608 - names of ours
                    await self._driver.execute(f"INSERT INTO {shape.table} ({columns}) {source}")
            if self._shape.table in self._staged:
                for statement in self._mapper.following(f"TABLE {self._staged[self._shape.table].name}"):
                    await self._driver.execute(statement)
        while self._staged:
            _, table = self._staged.popitem()
            await table.drop()

    async def _table_for(self, shape: "_Shape") -> StagingTable:
        if shape.table not in self._staged:
            table = StagingTable(self._driver, f"staged_{shape.table}", shape.columns)
            await table.make(f"LIKE {shape.table}")
            self._staged[shape.table] = table
        return self._staged[shape.table]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the rows of a table are read out of mapped objects, and by which attributes these own rows of others."""

    table: str
    columns: tuple[str, ...]
    cells: Callable[[Row], Sequence[object]]
    parts: Mapping[str, "_Shape"]

    def unfolded(self, rows: Sequence[Row]) -> Iterator[tuple["_Shape", Sequence[Row]]]:
        """The rows and all that they own, table by table, owners before what they own."""
        yield self, rows
        for attribute, part in self.parts.items():
            yield from part.unfolded(list(chain.from_iterable(map(attrgetter(attribute), rows))))


@cache
def _shape_of(row: type[Row]) -> _Shape:
    table = row.__mapper__.local_table
    assert isinstance(table, Table)  # noqa: S101 - rows are of tables
    return _Shape(
        table=table.name,
        columns=tuple(table.columns.keys()),
        cells=_cells_of(table),
        parts={attribute: _shape_of(part) for attribute, part in parts_of(row).items()},
    )


def _cells_of(table: Table) -> Callable[[Row], Sequence[object]]:
    """What reads the cells of a row as the driver takes them, in the order of the columns."""
    read = itemgetter(*table.columns.keys())
    encoders = [column.type.dialect_impl(_DIALECT).bind_processor(_DIALECT) for column in table.columns]
    if not any(encoders):
        return lambda row: read(vars(row))
    return lambda row: [
        cell if encode is None else encode(cell) for cell, encode in zip(read(vars(row)), encoders, strict=True)
    ]
