"""Every failure is one line and an exit code; a traceback is shown to those who ask for it only."""

from pathlib import Path

import pytest

from application.shared.errors import AlreadyExists, ApplicationError, NotFound, Unavailable
from domain.shared.invalid import InvalidValue
from interfaces.inprocess import Matricula as Door
from interfaces.itc2019.malformed import MalformedInstance
from tests.interfaces.cli.conftest import Matricula


class Failing:
    """A door that cannot be opened."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def __aenter__(self) -> Door:
        raise self._error

    async def __aexit__(self, *_: object) -> None:
        """Nothing was opened."""


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let opening the use cases fail."""
    monkeypatch.setattr("interfaces.inprocess.open_matricula", lambda: Failing(error))


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (NotFound("term", "code:X"), 3, "There is no term code:X."),
        (AlreadyExists("term", "code (X)"), 3, "Another term already has this code (X)."),
        (ApplicationError("It cannot be done."), 3, "It cannot be done."),
        (InvalidValue("code", "must be short"), 3, "code: must be short"),
        (MalformedInstance(Path("a.xml"), 7, "<class>", "no id"), 3, "a.xml, line 7, <class>: no id."),
        (FileNotFoundError(2, "No such file or directory", "a.csv"), 3, "a.csv: No such file or directory"),
        (Unavailable("The database is away for now."), 4, "The database is away for now."),
        (Unavailable("The database is away for now.", "Nothing listens at db:1."), 4, "Nothing listens at db:1."),
        (ZeroDivisionError("secret"), 70, "unexpected ZeroDivisionError; --debug shows where"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_a_failure_is_one_line_and_an_exit_code(
    matricula: Matricula, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, line: str
) -> None:
    fail_with(monkeypatch, error)

    outcome = matricula("verify", "--term", "X")

    assert (outcome.code, outcome.output, outcome.errors) == (code, "", f"matricula: {line}\n")


def test_debug_shows_where_it_went_wrong(matricula: Matricula, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, ZeroDivisionError("division"))

    outcome = matricula("--debug", "verify", "--term", "X")

    assert outcome.code == 70
    assert "Traceback" in outcome.errors


def test_an_interrupted_command_ends_with_130(matricula: Matricula, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, KeyboardInterrupt())

    assert matricula("verify", "--term", "X").code == 130
