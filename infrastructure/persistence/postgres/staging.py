"""Temporary tables that COPY fills, and in which rows of whatever number wait until all of them are known to be good.

They have no row-level security, under which PostgreSQL refuses COPY; only their transaction sees them, and they go with
it. What they are merged into, and compared with, is under row-level security as ever.
"""

from collections.abc import Iterable, Sequence

import asyncpg


class StagingTable:
    """The temporary table `name`, which takes rows of `columns` in their order."""

    def __init__(self, driver: asyncpg.Connection, name: str, columns: Sequence[str]) -> None:
        self._driver = driver
        self.name = name
        self._columns = columns

    async def make(self, definition: str) -> None:
        """Make the table; `definition` is what stands between the parentheses of CREATE TABLE."""
        await self._driver.execute(f"CREATE TEMPORARY TABLE {self.name} ({definition}) ON COMMIT DROP")

    async def take(self, rows: Iterable[Sequence[object]]) -> None:
        """Copy rows into it."""
        await self._driver.copy_records_to_table(self.name, records=rows, columns=self._columns)

    async def count(self) -> None:
        """Count its rows: nothing else tells the planner whether it joins ten of them or a million."""
        await self._driver.execute(f"ANALYZE {self.name}")

    async def insert_into(self, table: str) -> None:
        """Insert its rows into `table`, whose columns have the same names."""
        columns = ", ".join(self._columns)
        rows = f"SELECT {columns} FROM {self.name}"  # noqa: S608 - names of ours
        await self._driver.execute(f"INSERT INTO {table} ({columns}) {rows}")

    async def drop(self) -> None:
        """Make room for another of its name."""
        await self._driver.execute(f"DROP TABLE {self.name}")
