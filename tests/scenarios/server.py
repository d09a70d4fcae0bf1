"""Server processes of a test: the real command, on a database of the run; they can be killed and started again."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgres import PostgresDatabase

_STOP_SECONDS = 20
_ORDERLY_ENDS = (0, -15)


class Server:
    """A server at a port of its own, which it keeps when it is started again."""

    def __init__(
        self,
        database: PostgresDatabase,
        log: Path | None = None,
        workers: int = 1,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing runs yet. Its errors may go to `log`; `settings` are further variables of its environment."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        url = {**database.environment, "MATRICULA_LOG_LEVEL": "error"}
        self._environment = {**os.environ, **url, **(settings or {})}
        self._workers = workers
        self._log = log
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        """Start it, and return at once."""
        command = [sys.executable, "-m", "interfaces.main.cli", "serve", "--port", str(self.port)]
        with (self._log or Path(os.devnull)).open("ab") as errors:
            self.process = subprocess.Popen(
                [*command, "--workers", str(self._workers)],
                env=self._environment,
                stdout=subprocess.DEVNULL,
                stderr=None if self._log is None else errors,
            )

    def wait_until_ready(self) -> None:
        """Block until it can serve."""
        for _ in range(300):
            assert self.process.poll() is None, "the server ended by itself"
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("the server was not ready after 30 seconds")

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Stop it as an operator would."""
        self.process.terminate()
        assert self.process.wait(_STOP_SECONDS) in _ORDERLY_ENDS


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Start a server, and have it end with the block: in an orderly way, unless something went wrong."""
    server.start()
    try:
        server.wait_until_ready()
        yield server
        if server.process.poll() is None:
            server.stop()
    finally:
        server.kill()


@contextmanager
def serving(database: PostgresDatabase, log: Path | None = None, workers: int = 1) -> Iterator[str]:
    """Serve the database for the block, answer the server's URL; its errors may go to `log`."""
    with running(Server(database, log, workers)) as server:
        yield server.url
