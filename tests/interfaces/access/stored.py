"""What is stored in memory, remembered: whether any transaction was committed since, and back to it."""

from domain.shared.identifiers import InstitutionId
from infrastructure.bootstrap.container import Container
from infrastructure.persistence.memory.persistence import MemoryPersistence


class Stored:
    """The state of the container's memory at the moment when this is made."""

    def __init__(self, container: Container) -> None:
        persistence: MemoryPersistence = container.persistence()
        self._tables = persistence._committed
        self._access = persistence._access
        self._institutions = persistence.directory._institutions
        self._tables_then = dict(self._tables)
        self._access_then = dict(self._access)
        self._institutions_then = dict(self._institutions)

    def has_changed(self) -> bool:
        """Whether anything was committed: a transaction that ends well puts new tables in the place of the old."""
        same = all(self._tables.get(key) is tables for key, tables in self._tables_then.items())
        return not same or self._access != self._access_then or self._institutions != self._institutions_then

    def has_changed_at(self, institution: InstitutionId) -> bool:
        """Whether anything of one institution was changed."""
        then = (self._tables_then[institution], self._access_then[institution], self._institutions_then[institution])
        return then != (
            self._tables.get(institution),
            self._access.get(institution),
            self._institutions.get(institution),
        )

    def restore(self) -> None:
        """Go back. The tables of then were never written again, only replaced by branches of theirs."""
        for now, then in (
            (self._tables, self._tables_then),
            (self._access, self._access_then),
            (self._institutions, self._institutions_then),
        ):
            now.clear()
            now.update(then)  # type: ignore[arg-type]  # each of its own kind
