"""A bare connection to a server, over which one request after the other goes, and on which one can hang up."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from time import monotonic
from typing import Any

import orjson

REGISTRATIONS = "/v1/registration-requests"
JSON = {"Content-Type": "application/json"}

_NUMBERS = count(1)

_LONGEST_IDLE = 2.0
"""Seconds after which a connection is not trusted any more: a server closes those that nobody uses."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_replay(self) -> bool:
        """Whether the server says that it gave this answer before."""
        return self.headers.get("idempotency-replayed") == "true"

    def json(self) -> Any:
        """The body."""
        return orjson.loads(self.body)


def register(body: Mapping[str, Any], key: str | None = None) -> Request:
    """The request of a cart."""
    headers = JSON if key is None else {**JSON, "Idempotency-Key": key}
    return Request("POST", REGISTRATIONS, orjson.dumps(body), headers)


class Line:
    """A connection to the server at `port`, opened anew after hanging up."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._used = 0.0

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._used = monotonic()

    async def ask(self, request: Request) -> Answer:
        """Send a request and read its answer, which names it: no other came before."""
        number = await self._send(request)
        first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().splitlines()[:-1]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        assert headers["x-request-id"] == number
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        self._used = monotonic()
        return Answer(int(first.split()[1]), headers, body)

    async def ask_and_hang_up(self, request: Request, seconds: float) -> None:
        """Send a request, wait so long, and hang up without reading anything."""
        await self._send(request)
        await asyncio.sleep(seconds)
        await self._hang_up()

    async def hang_up_half_way(self, request: Request) -> None:
        """Hang up before the request is whole."""
        self._writer.write(_rendered(request, "half")[:-1])
        await self._hang_up()

    async def close(self) -> None:
        """Say goodbye; there is nothing left to be read."""
        self._writer.write_eof()
        assert await self._reader.read() == b""
        self._writer.close()

    def cut(self) -> None:
        """Let go of the connection, whatever state it is in."""
        self._writer.transport.abort()

    async def _send(self, request: Request) -> str:
        if monotonic() > self._used + _LONGEST_IDLE:
            await self._hang_up()
        number = f"request-{next(_NUMBERS)}"
        self._writer.write(_rendered(request, number))
        await self._writer.drain()
        return number

    async def _hang_up(self) -> None:
        await self._writer.drain()
        self._writer.close()
        await self.open()


def _rendered(request: Request, number: str) -> bytes:
    headers = {"Host": "127.0.0.1", "X-Request-ID": number, "Content-Length": len(request.body), **request.headers}
    lines = (f"{request.method} {request.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()))
    return "\r\n".join((*lines, "", "")).encode() + request.body
