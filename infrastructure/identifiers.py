"""New identifiers: UUIDv7, which databases like because they come in the order of their making."""

from uuid import UUID

from uuid_utils.compat import uuid7


class TimeOrderedIds:
    """Makes UUIDv7; implements `application.shared.clock.IdGenerator`."""

    def new(self) -> UUID:
        return uuid7()
