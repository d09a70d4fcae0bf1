"""What is stored in memory, remembered: whether any transaction was committed since, and back to it."""

from infrastructure.bootstrap.container import Container
from infrastructure.persistence.memory.persistence import MemoryPersistence


class Stored:
    """The state of the container's memory at the moment when this is made."""

    def __init__(self, container: Container) -> None:
        persistence: MemoryPersistence = container.persistence()
        self._tables = persistence._committed
        self._institutions = persistence.directory._institutions
        self._tables_then = dict(self._tables)
        self._institutions_then = dict(self._institutions)

    def has_changed(self) -> bool:
        """Whether anything was committed: a transaction that ends well puts new tables in the place of the old."""
        same = all(self._tables.get(key) is tables for key, tables in self._tables_then.items())
        return not same or self._institutions != self._institutions_then

    def restore(self) -> None:
        """Go back. The tables of then were never written again, only replaced by branches of theirs."""
        self._tables.clear()
        self._tables.update(self._tables_then)
        self._institutions.clear()
        self._institutions.update(self._institutions_then)
