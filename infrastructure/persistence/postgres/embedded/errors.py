"""The one error of the embedded server; knows nothing of the application."""

from pathlib import Path

_TAIL_BYTES = 4096
_TAIL_LINES = 20


class EmbeddedPostgresError(RuntimeError):
    """The embedded server could not be set up, started, reached or used; the message says why."""


def with_log_tail(message: str, log: Path) -> EmbeddedPostgresError:
    """An error with *message*, followed by the last lines of the server's *log* when there are any."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - _TAIL_BYTES))
            lines = stream.read().decode(errors="replace").splitlines()[-_TAIL_LINES:]
    except OSError:
        lines = []
    if not lines:
        return EmbeddedPostgresError(message)
    return EmbeddedPostgresError("\n".join([f"{message}; the end of {log}:", *lines]))
