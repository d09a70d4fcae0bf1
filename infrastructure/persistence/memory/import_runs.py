"""Imports in memory."""

from datetime import datetime
from uuid import UUID

from application.shared.imports import ImportRun
from infrastructure.persistence.memory.tables import Tables


class MemoryImportRuns:
    """The `ImportRuns` port on a branch of the tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, run: ImportRun) -> None:
        """See `ImportRuns.add`."""
        self._tables.imports[run.id] = run

    async def get(self, identifier: UUID) -> ImportRun | None:
        """See `ImportRuns.get`."""
        return self._tables.imports.get(identifier)

    async def save(self, run: ImportRun, heard_since: datetime) -> bool:
        """See `ImportRuns.save`."""
        stored = self._tables.imports.get(run.id)
        if stored is None or stored.finished_at is not None or stored.alive_at < heard_since:
            return False
        self._tables.imports[run.id] = run
        return True
