"""Servers that are measured: `matricula serve` itself, or a benchmark's application started by the same command."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.performance.cluster import BenchmarkError

PRODUCT = ("interfaces.main.cli",)
WITH_NO_OP = ("tests.performance.serve_application", "no_op")
HELLO = ("tests.performance.serve_application", "hello")
_START_SECONDS = 30.0
_STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is ready: its port, its process, and how long it took from start to ready."""

    port: int
    pid: int
    ready_after: float


@contextmanager
def serving(environment: Mapping[str, str], log: Path, module: tuple[str, ...] = PRODUCT) -> Iterator[Served]:
    """Start a server, wait until it is ready, and stop it after the block; what it prints goes to `log`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.perf_counter()
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", *module, "serve", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=dict(environment),
        )
    try:
        _wait_until_ready(process, port, started, log)
        yield Served(port, process.pid, time.perf_counter() - started)
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


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, started: float, log: Path) -> None:
    while process.poll() is None and time.perf_counter() < started + _START_SECONDS:
        try:
            if fetch(port, "/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.01)
    raise BenchmarkError(f"the server did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
