"""Server processes that are lost are started again while another one serves; when none does, there is an end."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from interfaces.cli.serve import free_port

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 30

PROGRAM = """
import logging, os, pathlib, sys
from uvicorn import Config
from interfaces.cli.workers import Workers

FOLDER = pathlib.Path(__file__).parent

async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        if (FOLDER / "broken").exists():
            await send({"type": "lifespan.startup.failed", "message": "as planned"})
            return
        (FOLDER / f"served-by-{os.getpid()}").touch()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})

if (FOLDER / "deadly").exists() and __name__ != "__main__":
    os._exit(9)

if __name__ == "__main__":
    logging.basicConfig(level="ERROR")
    config = Config("program:application", port=int(sys.argv[1]), workers=2, lifespan="on", log_config=None)
    parent = Workers(config, [config.bind_socket()])
    parent.run()
    sys.exit(parent.exit_code)
"""


@contextmanager
def running(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The program, for a block; it finds in its folder how it is to behave."""
    program = folder / "program.py"
    program.write_text(PROGRAM)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(folder)))}
    process = subprocess.Popen(
        [sys.executable, program, str(port)], env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def eventually(condition: Callable[[], bool]) -> None:
    """Block until a condition holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether a server answers there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bool(answer.status == 204)
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize("way", ["broken", "deadly"])
def test_workers_none_of_which_can_start_are_a_failure(way: str, tmp_path: Path) -> None:
    (tmp_path / way).touch()

    with running(tmp_path, free_port("127.0.0.1", 0)) as process:
        _, errors = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 3

    assert "no worker serves: giving up" in errors
    assert {"broken": "it ended with 3", "deadly": "it ended with 9"}[way] in errors


def test_a_worker_that_cannot_start_again_is_tried_again_while_another_one_serves(tmp_path: Path) -> None:
    port = free_port("127.0.0.1", 0)
    with running(tmp_path, port) as process:
        eventually(lambda: len(list(tmp_path.glob("served-by-*"))) == 2)
        (tmp_path / "broken").touch()
        victim = next(tmp_path.glob("served-by-*"))
        os.kill(int(victim.name.removeprefix("served-by-")), signal.SIGKILL)
        victim.unlink()

        time.sleep(4)
        assert process.poll() is None
        assert answers(port)
        (tmp_path / "broken").unlink()
        eventually(lambda: len(list(tmp_path.glob("served-by-*"))) == 2)

        process.terminate()
        _, errors = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0
    assert "signal 9 ended it" in errors
    assert "it ended with 3" in errors
