"""An answer leaves the server in one write, and nothing of it gets lost or piles up."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from interfaces.cli import serve
from interfaces.cli.whole_answers import GatheringTransport

CHUNK = b"x" * 50_000


class Wire:
    """The transport underneath."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def gathering(wire: Wire) -> GatheringTransport:
    return GatheringTransport(wire, asyncio.get_running_loop())  # type: ignore[arg-type]  # a fake


async def test_what_is_written_in_one_turn_is_sent_at_the_next_at_once(
    wire: Wire, gathering: GatheringTransport
) -> None:
    gathering.write(memoryview(b"head "))
    gathering.write(b"body")
    gathering.write(b"")

    assert wire.sent == []
    await asyncio.sleep(0)
    gathering.write(b"more")
    await asyncio.sleep(0)
    assert wire.sent == [b"head body", b"more"]


async def test_much_is_sent_without_delay(wire: Wire, gathering: GatheringTransport) -> None:
    gathering.write(CHUNK)
    gathering.write(CHUNK)

    assert wire.sent == [CHUNK + CHUNK]


async def test_what_waits_is_sent_before_the_end(wire: Wire, gathering: GatheringTransport) -> None:
    gathering.write(b"last words")
    gathering.close()

    assert (wire.sent, wire.is_closed) == ([b"last words"], True)
    assert gathering.is_closing()


async def test_nothing_is_sent_to_a_client_that_has_gone(wire: Wire, gathering: GatheringTransport) -> None:
    gathering.write(b"answer")
    wire.close()
    await asyncio.sleep(0)

    assert wire.sent == []


@asynccontextmanager
async def server() -> AsyncIterator[int]:
    """A server of an application that says hello, and in pieces what is asked for in pieces; answers its port."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        pieces = [b"hello"] if scope["path"] == "/" else [CHUNK] * 40
        length = str(sum(map(len, pieces))).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    running = uvicorn.Server(uvicorn.Config(application, http=serve.PROTOCOL, lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(running.serve([listening]))
        yield listening.getsockname()[1]
        running.should_exit = True
        await task


async def test_head_and_body_of_an_answer_arrive_together() -> None:
    async with server() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            arrived = await reader.read(65_536)
            assert arrived.startswith(b"HTTP/1.1 200 OK\r\n")
            assert arrived.endswith(b"\r\n\r\nhello")
        writer.close()


async def test_a_long_answer_is_whole_although_the_client_reads_late() -> None:
    async with server() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        await asyncio.sleep(0.1)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        assert b"connection: close" in head
        assert body == CHUNK * 40
        writer.close()
