"""A server in a process of its own, for as long as a command needs it."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from application.shared.errors import Unavailable

_POLL_SECONDS = 0.05
_ANSWER_SECONDS = 5.0
_STOP_SECONDS = 30.0
_TAIL_LINES = 15
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks this machine, whatever proxy the environment has for others."""


class ServerProcess:
    """A started server at `url`."""

    def __init__(self, process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
        self._process = process
        self._log = log
        self.url = url

    def wait_until_ready(self, seconds: float) -> None:
        """Block until the server is ready. Raises `Unavailable` with the end of its log when it is not in time."""
        deadline = time.monotonic() + seconds
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable(f"the server did not start:\n{self.last_words()}")
            time.sleep(_POLL_SECONDS)

    def last_words(self) -> str:
        """The last lines of what the server printed."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:])

    def wait(self) -> int:
        """Block until the server ends; answers its exit code."""
        return self._process.wait()

    def _is_ready(self) -> bool:
        try:
            with _DIRECT.open(f"{self.url}/readyz", timeout=_ANSWER_SECONDS) as answer:
                return answer.status == 200  # type: ignore[no-any-return]  # the answer is untyped
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def server_process(port: int, environment: Mapping[str, str], log: Path) -> Iterator[ServerProcess]:
    """Start `matricula serve` on a port of this machine, what it prints going to `log`; stop it after the block."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "interfaces.main.cli", "serve", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=dict(environment),
        )
    try:
        yield ServerProcess(process, f"http://127.0.0.1:{port}", log)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
