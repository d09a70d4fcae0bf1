"""PostgreSQL's own programs, run beside us: how they reach a database, what they say, and what their failure means."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import IO, Self

from application.shared.errors import Conflict
from infrastructure.persistence.postgres.connecting import driver_arguments
from infrastructure.persistence.postgres.embedded.account import clean_environment

_PIECE = 1 << 18
_LONGEST_COMPLAINT = 20
_SECONDS_TO_END = 10
# What the driver, too, reads from the environment; the rest of PG* would lead a program to somewhere else.
_OF_THE_DRIVER = ("PGSSL", "PGPASS", "PGUSER")
_NAMES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "database": "PGDATABASE",
    "ssl": "PGSSLMODE",
}


def environment_for(url: str) -> dict[str, str]:
    """The environment in which a program finds the database of `url`: everybody may read arguments, passwords too."""
    found = driver_arguments(url)
    kept = {name: value for name, value in os.environ.items() if name.startswith(_OF_THE_DRIVER)}
    named = {_NAMES[key]: _listed(value) for key, value in found.items() if key in _NAMES}
    return clean_environment(**(kept | named), PGAPPNAME="matricula", PGCONNECT_TIMEOUT="10")


def _listed(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class Program:
    """A program that runs for a block, and not longer; what it says is heard in a thread of its own."""

    def __init__(
        self,
        path: Path,
        *arguments: str,
        environment: Mapping[str, str],
        hear: Callable[[str], None] = lambda _line: None,
        prints: bool = True,
    ) -> None:
        """Start it; `hear` gets every line of its standard error, and `prints` says whether its output is wanted.

        Raises `Conflict` when it cannot be started.
        """
        self._name = path.name
        self._complaint: list[str] = []
        try:
            self._process = subprocess.Popen(
                [path, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if prints else subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=dict(environment),
            )
        except OSError as error:
            raise Conflict(f"{path} cannot be run: {error.strerror}") from error
        self._listener = Thread(target=self._listen, args=(_there(self._process.stderr), hear), daemon=True)
        self._listener.start()

    def read(self, size: int) -> bytes:
        """As many bytes of its output, fewer only at the end."""
        return _there(self._process.stdout).read(size)

    def pieces(self) -> Iterator[bytes]:
        """What it prints from now on, as it comes."""
        return iter(lambda: os.read(_there(self._process.stdout).fileno(), _PIECE), b"")

    def write(self, piece: bytes) -> None:
        """Give it input. Raises `BrokenPipeError` when it has ended."""
        stream = _there(self._process.stdin)
        if stream.closed:
            raise BrokenPipeError
        stream.write(piece)
        stream.flush()

    def end_input(self) -> None:
        """Tell it that this was all."""
        _there(self._process.stdin).close()

    def succeed(self) -> None:
        """Wait until it has ended. Raises `Conflict`, with its own words, when it failed."""
        code = self._process.wait()
        self._listener.join()
        if code != 0:
            raise Conflict("\n".join(self._complaint) or f"{self._name} ended with {code}")

    def _listen(self, stream: IO[bytes], hear: Callable[[str], None]) -> None:
        for raw in stream:
            line = raw.decode(errors="replace").rstrip()
            hear(line)
            # It ends with its first error; what follows explains it.
            is_of_it = bool(self._complaint) or "error:" in line.lower()
            if is_of_it and len(self._complaint) < _LONGEST_COMPLAINT:
                self._complaint.append(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        # A process that it left behind could write to us for ever, and the listener would wait for its end.
        self._close(self._process.stdin, self._process.stdout)
        self._listener.join()
        self._close(self._process.stderr)

    def _close(self, *streams: IO[bytes] | None) -> None:
        for stream in streams:
            if stream is not None:
                with suppress(BrokenPipeError):  # what it no longer wanted to read
                    stream.close()


def _there(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("the program was started without this pipe")
    return stream
