"""Starting, finding and killing processes: only those that belong to the data directory at hand."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres

SOURCE_ROOT = Path(__file__).resolve().parents[3]
_CLIENT = "tests.integration.embedded_postgres.client"
FAST = {"fsync": "off"}


class Client:
    """A separate process with a lease on the server of *data_dir*."""

    def __init__(self, data_dir: Path, child: str = "") -> None:
        argv = [sys.executable, "-m", _CLIENT, str(data_dir)]
        self._process = subprocess.Popen(
            [*argv, *([child] if child else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=SOURCE_ROOT,
            text=True,
        )
        self.child_pid = 0

    def await_lease(self) -> Self:
        """Return once the client holds its lease."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the client ended without a lease"
        self.child_pid = json.loads(line)["child"]
        return self

    def leave(self) -> None:
        """Let the client close its lease and end."""
        self._process.communicate(timeout=30)
        assert self._process.returncode == 0

    def kill(self) -> None:
        """End the client as `kill -9` does."""
        self._process.kill()
        self._process.wait(timeout=30)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()  # without reading to its end, which a child of the client may keep away

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self.kill()
        if self.child_pid:
            kill(self.child_pid)


def postmaster_pid(data_dir: Path) -> int:
    return int((data_dir / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def keeper_pids(data_dir: Path) -> list[int]:
    return [pid for pid, argv in _command_lines() if str(data_dir) in argv and "-m" in argv]


def server_pids(data_dir: Path) -> list[int]:
    """The postmaster and its children."""
    postmasters = [pid for pid, argv in _command_lines() if str(data_dir / "cluster") in argv]
    children = [child.pid for pid in postmasters for child in psutil.Process(pid).children(recursive=True)]
    return postmasters + children


def kill(*pids: int) -> None:
    """`kill -9`, and wait until they are gone; those already gone are none of its business."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    eventually(lambda: not any(_is_alive(pid) for pid in pids))


def kill_everything(data_dir: Path) -> None:
    kill(*keeper_pids(data_dir))
    kill(*server_pids(data_dir))


def eventually(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.02)


def stops(data_dir: Path) -> bool:
    """Whether the server, its children and its keeper end by themselves."""
    stopped = EmbeddedPostgres(data_dir).wait_until_stopped(20)
    return stopped and not server_pids(data_dir)


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _command_lines() -> list[tuple[int, list[str]]]:
    """All processes but the test's clients."""
    found = [(process.pid, process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    return [(pid, argv) for pid, argv in found if _CLIENT not in argv]
