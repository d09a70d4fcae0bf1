"""What Python would print to standard error by itself, as events of the log: each is a line like every other."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

_log = structlog.get_logger("matricula.process")


@contextmanager
def last_resorts_logged() -> Iterator[None]:
    """While the block lasts, log warnings, and exceptions that nobody can catch any more."""
    unraisable, of_threads = sys.unraisablehook, threading.excepthook
    sys.unraisablehook, threading.excepthook = _unraisable, _of_a_thread
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        sys.unraisablehook, threading.excepthook = unraisable, of_threads


def _unraisable(found: "sys.UnraisableHookArgs") -> None:
    _log.error("unraisable_error", exc_info=found.exc_value or True)


def _of_a_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_type is not SystemExit:
        _log.error("thread_ended_by_error", exc_info=found.exc_value)
