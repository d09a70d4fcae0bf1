"""What a signal to stop sets in motion, and in which order."""

import asyncio
import signal

import pytest
from starlette.types import Message, Receive, Scope, Send

from interfaces.main import stopping
from interfaces.main.stopping import finishing_first, last_orders
from interfaces.rest.middleware.request_context import RequestContext
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


@pytest.mark.parametrize("stops", [True, False])
async def test_what_a_server_that_stops_waits_no_longer_for_is_refused_with_a_problem(stops: bool) -> None:
    state, began = Stopping(), asyncio.Event()
    measured: list[int] = []
    sent: list[Message] = []

    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        began.set()
        await asyncio.Event().wait()

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    context = RequestContext(silent, lambda *measures: measured.append(measures[2]), state, str)
    scope = {"type": "http", "method": "POST", "path": "/v1/registration-requests", "headers": []}
    task = asyncio.create_task(context(scope, receive, send))
    await began.wait()
    state.has_begun = stops
    task.cancel()

    (ended,) = await asyncio.gather(task, return_exceptions=True)

    if stops:
        start, body = sent
        assert (start["status"], measured) == (503, [503])
        assert {(b"content-type", b"application/problem+json"), (b"connection", b"close")} <= set(start["headers"])
        assert b'"unavailable"' in body["body"]
    else:
        assert isinstance(ended, asyncio.CancelledError)
        assert sent == []


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
