"""Identifiers in the driver's own type, which is a `UUID` that is hashed, compared and written by C.

Ids that the driver reads are of it anyway; what is read from JSON is to be no slower for the rules, which look up ids
all the time.
"""

from uuid import UUID

from asyncpg.pgproto import pgproto


def id_of(text: str) -> UUID:
    """The id in a text."""
    identifier: UUID = pgproto.UUID(text)
    return identifier
