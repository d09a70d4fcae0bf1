"""What a signal to stop sets in motion, and in which order."""

import asyncio
import signal

import pytest

from interfaces.main import stopping
from interfaces.main.stopping import finishing_first, last_orders
from interfaces.rest.stopping import Stopping


class Desk:
    """Closes when it is let."""

    def __init__(self) -> None:
        self.let = asyncio.Event()

    async def close(self) -> None:
        await self.let.wait()


async def test_requests_are_refused_at_once_and_the_desk_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_REFUSING_SECONDS", 0)
    state, desk = Stopping(), Desk()
    task = asyncio.create_task(last_orders(state, desk))  # type: ignore[arg-type]  # a fake
    await asyncio.sleep(0.01)

    assert (state.has_begun, task.done()) == (True, False)
    desk.let.set()
    await task


async def test_a_desk_that_does_not_come_to_an_end_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_DECIDING_SECONDS", 0.01)

    await last_orders(Stopping(), Desk())  # type: ignore[arg-type]  # a fake


async def test_who_handled_the_signal_before_hears_of_it_when_all_is_finished() -> None:
    happened: list[str] = []
    ended = asyncio.Event()

    def end(number: int, _frame: object) -> None:
        happened.append(f"signal {number}")
        ended.set()

    async def finish() -> None:
        await asyncio.sleep(0.01)
        happened.append("finished")

    before = signal.signal(signal.SIGTERM, end)
    try:
        with finishing_first(finish):
            signal.raise_signal(signal.SIGTERM)
            await ended.wait()
        assert signal.getsignal(signal.SIGTERM) is end
    finally:
        signal.signal(signal.SIGTERM, before)

    assert happened == ["finished", f"signal {signal.SIGTERM:d}"]
