"""A command line to call, and an environment without settings."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from infrastructure.bootstrap.settings import Settings, environment_name
from interfaces.main.cli import run


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, and what it printed."""

    code: int
    output: str
    errors: str


Matricula = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(environment_name(field), raising=False)


@pytest.fixture
def matricula(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Matricula:
    """Run a command in this process, as the `matricula` program would."""
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = run(arguments)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return command
