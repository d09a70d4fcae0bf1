"""A command line to call, an environment without settings, and records in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from infrastructure.bootstrap.settings import environment_names
from interfaces.inprocess import Matricula as Door
from interfaces.inprocess import open_matricula
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
    for name in environment_names():
        monkeypatch.delenv(name, raising=False)


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


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """Records in memory, which every command of the test works on."""
    with asyncio.Runner() as runner:
        opening = open_matricula(persistence="memory")
        opened = runner.run(opening.__aenter__())

        @asynccontextmanager
        async def same() -> AsyncIterator[Door]:
            yield opened

        monkeypatch.setattr("interfaces.inprocess.open_matricula", same)
        yield opened
        runner.run(opening.__aexit__(None, None, None))
