"""How long the server waits for a client that does not come to the point: uvicorn itself would wait for ever."""

import asyncio

from interfaces.cli.whole_answers import WholeAnswers

HEAD_SECONDS = 10.0
"""How long the head of a request may take to arrive."""


class Patience(WholeAnswers):
    """The server's protocol; a connection whose next head is begun and not ended in time is closed.

    Between requests, uvicorn's own limit for idle connections applies.
    """

    _given_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        """Wait for the rest of the head, unless that is done already."""
        super().on_message_begin()
        if self._given_up is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """Wait no more: the application bounds what follows."""
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there to be waited for."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._given_up = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._given_up is not None:
            self._given_up.cancel()
            self._given_up = None

    def _give_up(self) -> None:
        self._given_up = None
        self.transport.close()
