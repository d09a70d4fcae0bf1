"""A tap on the wire to PostgreSQL: it passes everything on, and keeps the statements that clients send.

Whatever a client is, and however it sends: statements of the simple protocol and those that are prepared, COPY among
them. Nothing is encrypted here: the tap says that the server can't.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, make_url

_ENCRYPTION = (80877103, 80877104)
_CANCEL = 80877102


class Wiretap:
    """What was sent so far, a call of the client each: `statements` may hold several statements in one text."""

    def __init__(self, url: str) -> None:
        self._target = make_url(url)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.statements: list[str] = []

    @property
    def url(self) -> str:
        """The URL by which clients go through the tap."""
        port = self._listening.getsockname()[1]
        tapped = URL.create(
            "postgresql+asyncpg", self._target.username, self._target.password, "127.0.0.1", port, self._target.database
        )
        return tapped.render_as_string(hide_password=False)

    def serve(self) -> None:
        """Take clients until `close`."""
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Take no more clients."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _pass_on(self, client: socket.socket) -> None:
        with client, _connected(self._target) as server:
            threading.Thread(target=_pump, args=(server, client), daemon=True).start()
            try:
                self._greet(client, server)
                while True:
                    head = _exactly(client, 5)
                    body = _exactly(client, struct.unpack("!i", head[1:])[0] - 4)
                    self._note(head[:1], body)
                    server.sendall(head + body)
            except OSError:
                return

    def _greet(self, client: socket.socket, server: socket.socket) -> None:
        while True:
            head = _exactly(client, 8)
            length, code = struct.unpack("!ii", head)
            if code in _ENCRYPTION:
                client.sendall(b"N")
                continue
            server.sendall(head + _exactly(client, length - 8))
            if code == _CANCEL:
                raise ConnectionAbortedError
            return

    def _note(self, kind: bytes, body: bytes) -> None:
        if kind == b"Q":
            self.statements.append(body.rstrip(b"\0").decode())
        elif kind == b"P":
            self.statements.append(body.split(b"\0")[1].decode())


@contextmanager
def tapped(url: str) -> Iterator[Wiretap]:
    """A tap before the server of `url`, for a block."""
    tap = Wiretap(url)
    serving = threading.Thread(target=tap.serve, daemon=True)
    serving.start()
    try:
        yield tap
    finally:
        tap.close()
        serving.join()


def _connected(target: URL) -> socket.socket:
    host, port = str(target.query.get("host") or target.host), int(str(target.query.get("port") or target.port or 5432))
    if not host.startswith("/"):
        server = socket.create_connection((host, port))
        # A message goes out at once: waiting for the answer to the one before costs 40 ms each.
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return server
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{host}/.s.PGSQL.{port}")
    return server


def _pump(server: socket.socket, client: socket.socket) -> None:
    try:
        while data := server.recv(65536):
            client.sendall(data)
        client.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _exactly(source: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        piece = source.recv(length - len(data))
        if not piece:
            raise ConnectionResetError
        data += piece
    return bytes(data)
