"""What stands between a process and its database."""

from enum import StrEnum


class Pooler(StrEnum):
    """Whether connections of a process are the server's own, or lent by a pooler for one transaction at a time."""

    NONE = "none"
    TRANSACTION = "transaction"
