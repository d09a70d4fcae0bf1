"""The clock and identifier ports: time and ids come into the domain from here."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class IdGenerator(Protocol):
    """Where new identifiers come from."""

    def new(self) -> UUID:
        """A new UUIDv7: unique, and ordered by the time of its making."""
        ...
