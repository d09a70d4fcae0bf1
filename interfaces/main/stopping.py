"""Stopping when a signal says so: what was accepted is finished before the server underneath hears of the signal."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from application.registration.desk import RegistrationDesk
from interfaces.rest.stopping import Stopping

_SIGNALS = (signal.SIGTERM, signal.SIGINT)

_REFUSING_SECONDS = 0.5
"""How long, at least, a server refuses before it goes: connections that are in use close with an answer."""

_DECIDING_SECONDS = 20.0
"""How long, at most, it decides what was handed in; after that, clients ask again with their keys."""


async def last_orders(stopping: Stopping, desk: RegistrationDesk) -> None:
    """Refuse what comes from now on, and return when the desk has decided what came before."""
    stopping.has_begun = True
    with suppress(TimeoutError):
        async with asyncio.timeout(_DECIDING_SECONDS):
            await asyncio.gather(desk.close(), asyncio.sleep(_REFUSING_SECONDS))


@contextmanager
def finishing_first(finish: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """While the block lasts, a signal to stop calls `finish`, and then what handled the signal before.

    The same signal again ends the process at once. Nothing is harmed: what was not committed is not stored, and who got
    no answer finds it by the key. (After a terminal's Ctrl-C a worker gets two signals: this, and its parent's.)
    """
    loop = asyncio.get_running_loop()
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    tasks: set[asyncio.Task[None]] = set()
    received: set[signal.Signals] = set()

    async def finish_and_go(number: signal.Signals) -> None:
        try:
            await finish()
        finally:
            handler = handlers[number]
            if callable(handler):
                handler(number, None)

    def begin(number: signal.Signals) -> None:
        tasks.add(loop.create_task(finish_and_go(number)))

    def on_signal(code: int, _frame: FrameType | None) -> None:
        number = signal.Signals(code)
        if number in received:
            os._exit(128 + number)
        if not received:
            loop.call_soon_threadsafe(begin, number)
        received.add(number)

    for number in _SIGNALS:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
