"""Servers that are measured: `matricula serve` itself, or a benchmark's application started by the same command."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from tests.performance.cluster import BenchmarkError

PRODUCT = ("interfaces.main.cli",)
WITH_NO_OP = ("tests.performance.serve_application", "no_op")
HELLO = ("tests.performance.serve_application", "hello")
_START_SECONDS = 30.0
_STOP_SECONDS = 30.0


class Server:
    """A server that was started: on `port`, in the process `pid`."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
        self._process = process
        self._log = log
        self._started = time.perf_counter()
        self.port = port
        self.pid = process.pid

    def wait_until_ready(self) -> float:
        """Block until it is ready; answers how many seconds after its start. Raises `BenchmarkError`."""
        latest = time.perf_counter() + _START_SECONDS
        while self._process.poll() is None and time.perf_counter() < latest:
            with suppress(OSError):
                if fetch(self.port, "/readyz")[0] == 200:
                    return time.perf_counter() - self._started
            time.sleep(0.01)
        said = self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise BenchmarkError(f"the server did not start:\n{said}")


@contextmanager
def serving(
    environment: Mapping[str, str], log: Path, module: tuple[str, ...] = PRODUCT, *, tree: Path | None = None
) -> Iterator[Server]:
    """Start a server, and stop it after the block; what it prints goes to `log`. `tree` has its modules' files."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", *module, "serve", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=tree,
        )
    try:
        yield Server(process, port, log)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def fetch(port: int, path: str) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers (their names in lower case) and body of a GET."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()
