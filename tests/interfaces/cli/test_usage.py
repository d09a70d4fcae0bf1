"""What the command line says of itself, and how it answers what makes no sense."""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

from application.shared.access_table import SCOPES
from domain.shared.role import Role
from tests.interfaces.cli.conftest import Matricula

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = (
    ("serve",),
    ("demo",),
    ("verify",),
    ("import", "itc2019"),
    ("replay", "itc2019"),
    ("export", "enrollments"),
    *(("db", name) for name in ("upgrade", "downgrade", "current", "check", "erd", "backup", "restore")),
    ("audit", "replay"),
    ("docs", "errors"),
    ("docs", "events"),
)


def test_help_lists_every_command(matricula: Matricula) -> None:
    outcome = matricula("--help")

    assert outcome.code == 0
    assert [first for first, *_ in COMMANDS if first not in outcome.output] == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(matricula: Matricula, command: tuple[str, ...]) -> None:
    outcome = matricula(*command, "--help")

    assert outcome.code == 0
    assert f"Usage: matricula {' '.join(command)}" in outcome.output


@pytest.mark.parametrize(("command", "words"), [("accounts", [*Role]), ("clients", sorted(SCOPES))])
def test_help_names_the_roles_and_the_scopes_that_there_are(
    matricula: Matricula, command: str, words: list[str]
) -> None:
    told = re.findall(r"[\w:-]+", matricula(command, "add", "--help").output)

    assert [word for word in words if word not in told] == []


def test_help_loads_nothing_of_databases_servers_and_models() -> None:
    """Loading them takes seconds, and help should not."""
    program = (
        "import sys; from interfaces.main.cli import run; run(['--help']); "
        "print(sorted({'sqlalchemy', 'alembic', 'pydantic', 'uvicorn', 'fastapi', 'aiohttp'} & set(sys.modules)))"
    )

    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert printed.splitlines()[-1] == "[]"


def test_loading_the_commands_loads_nothing_that_they_may_not_need() -> None:
    heavy = ("fastapi", "starlette", "sqlalchemy", "asyncpg", "alembic", "pydantic", "dependency_injector", "uvicorn")
    program = (
        f"import sys, interfaces.main.cli; print(sorted(set({(*heavy, 'structlog', 'aiohttp')}) & set(sys.modules)))"
    )

    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert printed == "[]\n"


def test_the_version_is_that_of_the_package(matricula: Matricula, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda _package: "1.2.3")

    assert matricula("--version").output == "1.2.3\n"


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("verify",), ("serve", "--port", "70000"), ("import", "itc2019", "nowhere.xml", "--term", "X")],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(matricula: Matricula, arguments: tuple[str, ...]) -> None:
    outcome = matricula(*arguments)

    assert outcome.code == 2
    assert outcome.errors


def test_an_unknown_setting_ends_with_2_and_one_line(matricula: Matricula, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_DATABASEURL", "x")

    outcome = matricula("verify", "--term", "2026-1")

    assert outcome.code == 2
    assert outcome.errors == (
        "matricula: MATRICULA_DATABASEURL is not a setting; the nearest one is MATRICULA_DATABASE_URL\n"
    )


def test_every_command_handles_a_signal_to_end_which_the_first_process_of_a_container_would_ignore() -> None:
    told_to_end = """
import os, signal
from interfaces.main import cli
signal.signal(signal.SIGTERM, signal.SIG_IGN)
cli.run = lambda arguments: os.kill(os.getpid(), signal.SIGTERM) or 0
cli.main()
"""

    ended = subprocess.run([sys.executable, "-c", told_to_end], cwd=ROOT, check=False)

    assert ended.returncode == 143
