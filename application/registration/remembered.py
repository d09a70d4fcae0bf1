"""What was made of objects that never change, known by their identity: to compare them costs more than to make it."""

from collections.abc import Callable
from typing import Generic, TypeVar

Source = TypeVar("Source")
Made = TypeVar("Made")


class Remembered(Generic[Source, Made]):
    """Makes something of an object once, for as long as it is remembered; beyond `limit` objects all are forgotten.

    An object is held with what was made of it, so that no other comes to have its identity.
    """

    def __init__(self, make: Callable[[Source], Made], limit: int) -> None:
        self._make = make
        self._limit = limit
        self._known: dict[int, tuple[Made, Source]] = {}

    def of(self, source: Source) -> Made:
        """What is made of `source`."""
        known = self._known.get(id(source))
        if known is None:
            if len(self._known) >= self._limit:
                self._known.clear()
            known = self._known[id(source)] = (self._make(source), source)
        return known[0]
