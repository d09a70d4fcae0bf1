"""How busy a pool of connections is; every pool of an adapter tells it in the same words."""

from typing import NamedTuple


class PoolUse(NamedTuple):
    """A pool at a moment: how many connections it may have, how many work, how many callers wait for one.

    Whoever waits for a connection that is being opened waits, too.
    """

    name: str
    size: int
    in_use: int
    waiting: int
