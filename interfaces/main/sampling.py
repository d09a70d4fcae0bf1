"""Keeps the figures of the moment current where several processes share theirs: any of them may be asked for all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

_SECONDS = 1.0


class Sampled(Protocol):
    """The figures of this process."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes show them, too."""
        ...

    def sample(self) -> None:
        """Look how things stand."""
        ...


@asynccontextmanager
async def sampling(figures: Sampled) -> AsyncIterator[None]:
    """While the block lasts, sample figures that are shared every second; others are when somebody asks."""
    if not figures.is_shared:
        yield
        return
    task = asyncio.create_task(_sample_for_ever(figures))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _sample_for_ever(figures: Sampled) -> None:
    while True:
        figures.sample()
        await asyncio.sleep(_SECONDS)
