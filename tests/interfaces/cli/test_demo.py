"""`matricula demo`: a whole registration day over REST, on the embedded server, as people start it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urljoin

import pytest

from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres
from interfaces.cli.serve import free_port

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 120


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """An environment with a data folder of its own, which the server's account can enter."""
    with tempfile.TemporaryDirectory(prefix="matricula-demo-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        dropped = ("MATRICULA_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        # Four processes load the same modules: compiling them once saves seconds.
        bytecode = {"PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
        yield kept | bytecode | {"MATRICULA_DATA_DIR": f"{folder}/data", "COLUMNS": "200"}
        EmbeddedPostgres(Path(folder) / "data").wait_until_stopped()


def start(environment: dict[str, str], log: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start a small demo in a process group of its own, like a shell's."""
    with log.open("wb") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "interfaces.main.cli", "demo", "--students", "40", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def test_a_demo_proves_its_day_is_explored_and_runs_again(environment: dict[str, str], tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port("127.0.0.1", 0)
    demo = start(environment, log, "--port", str(port))
    try:
        wait_for("Ctrl-C stops it", log, demo)
        printed = log.read_text()
        sights = re.findall(r"^  (http://\S+)$", printed, flags=re.MULTILINE)

        assert "no offence" in printed
        assert "1 term," in printed
        assert f"Serving http://127.0.0.1:{port} " in printed
        assert len(sights) == 5
        accounts = dict(re.findall(r"^  \w+ +(\S+@example\.edu) +(\S+)$", printed, flags=re.MULTILINE))
        assert {
            email.removesuffix("@example.edu"): seen_by(token_of(sights[0], email, password), sights)
            for email, password in accounts.items()
        } == {
            "student": [200, 200, 403, 200, 403],
            "instructor": [200, 200, 200, 403, 403],
            "advisor": [200, 200, 403, 200, 200],
            "registrar": [200] * 5,
            "administrator": [200] * 5,
        }
        assert seen_by(None, sights) == [200, 401, 401, 401, 401]
        beside = start(environment, tmp_path / "beside", "--exit")
        assert beside.wait(PATIENCE_SECONDS) == 3
        assert "another program is using the database matricula_demo" in (tmp_path / "beside").read_text()
        assert status_of(sights[1], token_of(sights[0], *accounts.popitem())) in (200, 403)
    finally:
        os.killpg(demo.pid, signal.SIGINT)
        code = demo.wait(PATIENCE_SECONDS)
    assert code == 0

    again = start(environment, log, "--exit")

    assert again.wait(PATIENCE_SECONDS) == 0
    assert "no offence" in log.read_text()
    assert "To come in" not in log.read_text()


def wait_for(text: str, log: Path, process: "subprocess.Popen[bytes]") -> None:
    """Block until `log` holds `text`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while text not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def seen_by(token: str | None, urls: list[str]) -> list[int]:
    """The status of each URL for whom the token stands for."""
    return [status_of(url, token) for url in urls]


def status_of(url: str, token: str | None = None) -> int:
    """The status of a URL."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def token_of(page: str, email: str, password: str) -> str:
    """An access token of the server that serves `page`, its documentation."""
    form = urlencode({"grant_type": "password", "username": email, "password": password}).encode()
    with urllib.request.urlopen(urljoin(page, "/v1/oauth/token"), form, timeout=10) as answer:
        return str(json.load(answer)["access_token"])


def test_a_demo_says_that_the_port_it_was_given_is_taken(environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        demo = start(environment, log, "--port", str(port))

        assert demo.wait(PATIENCE_SECONDS) == 2
    assert f"127.0.0.1 port {port}: another program listens there" in log.read_text()
