"""The staging of new records in memory: a list."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from application.shared.records import Entity
from infrastructure.persistence.memory.records import MemoryRecords

E = TypeVar("E", bound=Entity)


class MemoryRecordStaging(Generic[E]):
    """The `RecordStaging` port on a branch of the tables."""

    def __init__(self, records: MemoryRecords[E]) -> None:
        self._records = records
        self._staged: list[E] = []

    async def stage(self, entities: Sequence[E]) -> None:
        """See `RecordStaging.stage`."""
        self._staged.extend(entities)

    async def merge(self) -> None:
        """See `RecordStaging.merge`."""
        await self._records.add(self._staged)
        self._staged = []
