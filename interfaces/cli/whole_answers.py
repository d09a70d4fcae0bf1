"""How answers leave the server: head and body in one write, where uvicorn alone makes two."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_ENOUGH = 64 * 1024


class WholeAnswers(HttpToolsProtocol):
    """uvicorn's protocol on a transport that gathers."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        gathering = GatheringTransport(cast("asyncio.Transport", transport), self.loop)
        super().connection_made(cast("asyncio.Transport", gathering))


class GatheringTransport:
    """A transport that hands on at the loop's next turn, at once, what it is given in this one.

    What is much goes out without delay, so that whoever writes more than the client takes is told to wait. What is left
    for a client that has gone is dropped.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._gathered = b""

    def write(self, data: bytes | memoryview) -> None:
        """Send `data` soon."""
        if self._gathered:
            self._gathered += data
        elif data:
            self._gathered = bytes(data)
            self._loop.call_soon(self._hand_on)
        if len(self._gathered) > _ENOUGH:
            self._hand_on()

    def close(self) -> None:
        """Send what was given, then close."""
        self._hand_on()
        self._transport.close()

    def _hand_on(self) -> None:
        if self._gathered and not self._transport.is_closing():
            self._transport.write(self._gathered)
        self._gathered = b""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all else is the transport's own
        return getattr(self._transport, name)
