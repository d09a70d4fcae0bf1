"""A server process of a test: the real command, on a database of the run."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.postgres import PostgresDatabase


@contextmanager
def serving(database: PostgresDatabase, log: Path | None = None, workers: int = 1) -> Iterator[str]:
    """Serve the database, answer the server's URL, and stop it as an operator would; its errors may go to `log`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, **database.environment, "MATRICULA_LOG_LEVEL": "error"}
    with ExitStack() as files:
        process = subprocess.Popen(
            [sys.executable, "-m", "interfaces.main.cli", "serve", "--port", str(port), "--workers", str(workers)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=None if log is None else files.enter_context(log.open("wb")),
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, process)
        yield url
    finally:
        process.terminate()
        assert process.wait(timeout=20) in (0, -15)


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended by itself"
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server was not ready after 30 seconds")
