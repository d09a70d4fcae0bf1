"""Clients that do not come to the point are given up, and nobody else is."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from interfaces.cli import patience, serve

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n"
HEAD_SECONDS = 0.3


@asynccontextmanager
async def server(**options: Any) -> AsyncIterator[int]:
    """A server of an application that answers after twice the time that a head may take; answers its port."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(2 * HEAD_SECONDS)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})

    configured = uvicorn.Config(application, http=serve.PROTOCOL, lifespan="off", log_config=None, **options)
    running = uvicorn.Server(configured)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(running.serve([listening]))
        yield listening.getsockname()[1]
        running.should_exit = True
        await task


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_SECONDS", HEAD_SECONDS)


@pytest.mark.parametrize("sent", [b"", b"G", REQUEST], ids=["nothing", "a letter", "half a head"])
async def test_a_client_whose_first_head_does_not_end_is_given_up(sent: bytes) -> None:
    async with server() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)

        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


async def test_a_client_that_sends_its_head_by_drops_is_given_up() -> None:
    async with server() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def drip() -> None:
            writer.write(REQUEST)
            while True:
                writer.write(b"X-Drop: 1\r\n")
                await asyncio.sleep(HEAD_SECONDS / 10)

        dripping = asyncio.create_task(drip())
        assert await asyncio.wait_for(reader.read(), 10) == b""
        dripping.cancel()
        writer.close()


async def test_a_client_is_given_up_within_its_second_request_too() -> None:
    async with server() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST + b"\r\n")
        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        writer.write(REQUEST)

        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


async def test_a_request_that_is_whole_may_take_its_time() -> None:
    async with server() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(REQUEST + b"\r\n")
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_more_connections_than_the_limit_are_answered_503() -> None:
    async with server(limit_concurrency=2) as port:
        waiting = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST + b"\r\n")

        assert (await asyncio.wait_for(reader.readline(), 10)).startswith(b"HTTP/1.1 503")
        for _, other in (*waiting, (reader, writer)):
            other.close()
