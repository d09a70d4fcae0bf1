"""Spares the collector of garbage what lives as long as the process: modules, models, routes."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (50_000, 50, 50)
"""Requests leave almost no cycles: looking for them as often as Python does costs more than they do."""


def collect_seldom() -> None:
    """Look for garbage seldom from now on: the thousand modules that a program loads are none, and much to look at."""
    gc.set_threshold(*_THRESHOLDS)


@contextmanager
def settled_garbage() -> Iterator[None]:
    """While the block lasts, leave alone what is there at its start, and collect seldom."""
    before = gc.get_threshold()
    gc.freeze()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
