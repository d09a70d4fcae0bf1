"""`matricula serve` listens where it may, says where, and stops in an orderly way."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from infrastructure.security.keys import new_key
from interfaces.cli.serve import address_url, free_port, is_loopback
from tests.interfaces.cli.conftest import Matricula
from tests.interfaces.cli.test_on_postgres import name_database
from tests.support.postgres import PostgresDatabase

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_the_loopback_is_this_machine_only(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.edu", ""])
def test_everything_else_may_be_reached_by_strangers(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("authentication", "wanted"), [("development", "MATRICULA_AUTHENTICATION"), ("accounts", "MATRICULA_SIGNING_KEYS")]
)
def test_strangers_are_refused_without_a_secret_that_tells_them_apart(
    matricula: Matricula, monkeypatch: pytest.MonkeyPatch, authentication: str, wanted: str
) -> None:
    monkeypatch.setenv("MATRICULA_AUTHENTICATION", authentication)

    outcome = matricula("serve", "--host", "0.0.0.0", "--port", "0")

    assert outcome.code == 2
    assert wanted in outcome.errors


@pytest.mark.parametrize("authentication", ["accounts", "development"])
def test_keys_that_cannot_sign_are_refused_at_the_start(
    matricula: Matricula, monkeypatch: pytest.MonkeyPatch, authentication: str
) -> None:
    monkeypatch.setenv("MATRICULA_AUTHENTICATION", authentication)
    monkeypatch.setenv("MATRICULA_PERSISTENCE", "memory")
    monkeypatch.setenv("MATRICULA_SIGNING_KEYS", "nonsense")

    outcome = matricula("serve", "--port", "0")

    assert outcome.code == 2
    assert "MATRICULA_SIGNING_KEYS" in outcome.errors
    assert "nonsense" not in outcome.errors


def test_strangers_are_refused_while_there_is_no_account(
    matricula: Matricula, monkeypatch: pytest.MonkeyPatch, postgres_database: PostgresDatabase
) -> None:
    name_database(monkeypatch, postgres_database)
    monkeypatch.setenv("MATRICULA_SIGNING_KEYS", new_key())

    outcome = matricula("serve", "--host", "0.0.0.0", "--port", "0")

    assert outcome.code == 2
    assert "matricula accounts add" in outcome.errors


def test_a_taken_port_is_named(matricula: Matricula) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        outcome = matricula("serve", "--port", str(port))

    assert outcome.code == 2
    assert f"127.0.0.1 port {port}: another program listens there; choose another port" in outcome.errors
    assert "bind" not in outcome.errors


def test_an_address_of_another_machine_is_named(matricula: Matricula) -> None:
    outcome = matricula("serve", "--host", "203.0.113.7", "--port", "8123")

    assert outcome.code == 2
    assert "203.0.113.7 port 8123: Cannot assign requested address" in outcome.errors


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("localhost", "http://localhost:8000"),
    ],
)
def test_people_are_shown_an_address_that_they_can_open(host: str, url: str) -> None:
    assert address_url(host, 8000) == url


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serving_from_memory_answers_logs_json_alone_and_ends_with_0_when_terminated(workers: str) -> None:
    port = free_port("127.0.0.1", 0)
    server = subprocess.Popen(
        [sys.executable, "-m", "interfaces.main.cli", "serve", "--port", str(port), "--workers", workers],
        cwd=ROOT,
        env=os.environ | {"MATRICULA_PERSISTENCE": "memory"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert status_of(f"http://127.0.0.1:{port}/livez", server) == 200
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=30)
    finally:
        server.kill()
        server.wait()

    assert server.returncode == 0
    events = [json.loads(line) for line in errors.splitlines()]
    assert (events[0]["event"], events[0]["url"]) == ("serving", f"http://127.0.0.1:{port}")
    assert {"error", "critical"}.isdisjoint(event["level"] for event in events)


def status_of(url: str, server: "subprocess.Popen[str]") -> int:
    """The status of a URL once its server answers."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return int(answer.status)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError(f"the server at {url} never answered")
