"""The REST application behind a real socket, and exchanges with it byte by byte."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httptools
import uvicorn
from pydantic_core import from_json
from sqlalchemy import make_url
from starlette.types import ASGIApp

from interfaces.cli import serve

_PATIENCE = 20


@dataclass(slots=True)
class Reply:
    """A response as it came, with the statuses that came before it."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    interim: list[int] = field(default_factory=list)
    is_complete: bool = False

    @property
    def json(self) -> Any:
        return from_json(self.body)


class _Reading:
    """The callbacks of the parser."""

    def __init__(self) -> None:
        self.reply = Reply()
        self.parser = httptools.HttpResponseParser(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.reply.headers[name.decode().lower()] = value.decode()

    def on_body(self, body: bytes) -> None:
        self.reply.body += body

    def on_message_complete(self) -> None:
        status = self.parser.get_status_code()
        if status < 200:
            self.reply.interim.append(status)
            self.reply.headers.clear()
        else:
            self.reply.status = status
            self.reply.is_complete = True


@dataclass(frozen=True, slots=True)
class Line:
    """An open connection to the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> None:
        """Send a request, or its head alone when its headers promise a body."""
        promised = {} if body is None else {"Content-Length": str(len(body))}
        lines = [f"{method} {path} HTTP/1.1", "Host: matricula.test"]
        lines += [f"{name}: {value}" for name, value in {**promised, **headers}.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + (body or b""))

    async def reply(self) -> Reply:
        """The next response."""
        reading = _Reading()
        async with asyncio.timeout(_PATIENCE):
            while not reading.reply.is_complete:
                received = await self.reader.read(65_536)
                assert received, "the server hung up"
                reading.parser.feed_data(received)
        return reading.reply

    async def interim(self) -> bytes:
        """What comes before the response."""
        async with asyncio.timeout(_PATIENCE):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def is_closed(self) -> bool:
        """Whether the server has hung up, as it said that it would."""
        async with asyncio.timeout(_PATIENCE):
            return await self.reader.read() == b""


@dataclass(frozen=True, slots=True)
class Server:
    """A server at a port of this machine."""

    port: int

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """A connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Line(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """The response to one request."""
        async with self.line() as line:
            line.send(method, path, headers or {}, body)
            return await line.reply()


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[Server]:
    """Serve `app` as `matricula serve` does, lifespan included."""
    running = uvicorn.Server(uvicorn.Config(app, http=serve.PROTOCOL, lifespan="on", log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(running.serve([listening]))
        # The server has no event for it. Whoever connects before it has started waits in the queue of the socket.
        while not running.started and not task.done():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        try:
            yield Server(listening.getsockname()[1])
        finally:
            running.should_exit = True
            await task


class Relay:
    """What stands between the application and its database, and can be cut."""

    def __init__(self, url: str) -> None:
        self._target = make_url(url)
        self._listening: asyncio.Server | None = None
        self._passing: set[asyncio.StreamWriter] = set()
        self._port = 0

    @property
    def url(self) -> str:
        """The database's URL through the relay."""
        through = self._target.set(host="127.0.0.1", port=self._port, query={})
        return through.render_as_string(hide_password=False)

    async def open(self) -> None:
        """Let everything pass, at the same port as before."""
        self._listening = await asyncio.start_server(self._pass, "127.0.0.1", self._port)
        self._port = self._listening.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Let nothing pass, and break off what passes."""
        assert self._listening is not None
        self._listening.close()
        for writer in self._passing:
            writer.transport.abort()
        self._passing.clear()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        database_reader, database_writer = await self._connect()
        self._passing |= {writer, database_writer}
        await asyncio.gather(_copy(reader, database_writer), _copy(database_reader, writer))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        query = self._target.query
        folder = query.get("host")
        if isinstance(folder, str):
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{query.get('port', 5432)}")
        return await asyncio.open_connection(self._target.host, self._target.port or 5432)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
    writer.close()
