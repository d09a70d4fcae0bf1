"""The `matricula` program: runs a command, and turns what goes wrong into one line and an exit code."""

import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

from interfaces.cli.app import app
from interfaces.cli.output import note
from interfaces.main.garbage import collect_seldom
from interfaces.main.session import RootSession


def main() -> None:
    """Run the command of the process's arguments, and end the process."""
    collect_seldom()
    # The first process of a container ignores a signal that it does not handle.
    signal.signal(signal.SIGTERM, _end)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command; answers the exit code."""
    session = RootSession()
    try:
        app(args=list(arguments), prog_name="matricula", obj=session)
    except SystemExit as end:
        return _code(end)
    except Exception as error:  # noqa: BLE001 - whatever happened, people get one line
        if session.debug:
            traceback.print_exc()
        return _report(error)
    return 0


def _end(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _code(end: SystemExit) -> int:
    if isinstance(end.__context__, BrokenPipeError):
        from interfaces.cli.failures import ExitCode

        # The library means 1, which would be a negative verdict.
        return ExitCode.OUTPUT_UNREAD
    return end.code if isinstance(end.code, int) else int(end.code is not None)


def _report(error: Exception) -> int:
    from interfaces.cli.failures import explain

    message, code = explain(error)
    with suppress(OSError):  # whoever hears nothing is told by the code
        note(f"matricula: {message}")
    return code


if __name__ == "__main__":
    main()
