"""Structured logs on standard error: one JSON object a line, or lines for people; the server's own logs among them."""

import asyncio
import atexit
import logging
import sys
from typing import Any, Literal

import orjson
import structlog
from structlog.typing import EventDict

from interfaces.main.tracebacks import without_data, write_without_data

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class _Lines:
    """Lines on their way to what standard error is when they are written.

    While an event loop runs, lines that can wait are written together at its next turn: a busy server writes once for
    many requests. Others are written at once, those before them first.
    """

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._written_by: asyncio.AbstractEventLoop | None = None

    def write(self, line: str) -> None:
        self._waiting.append(line)
        self.flush()

    def write_soon(self, line: str) -> None:
        self._waiting.append(line)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
            return
        if loop is not self._written_by:
            self._written_by = loop
            loop.call_soon(self.flush)

    def flush(self) -> None:
        self._written_by = None
        lines = self._waiting.copy()
        del self._waiting[: len(lines)]  # no line of another thread gets lost
        if lines:
            sys.stderr.write("\n".join(lines) + "\n")
            sys.stderr.flush()


_LINES = _Lines()
atexit.register(_LINES.flush)


class _StandardErrorLogger:
    """Writes each rendered event as a line; a warning, and whatever is worse, before anything else happens."""

    def __init__(self, *_arguments: object) -> None:
        self.debug = self.info = self.msg = _LINES.write_soon
        self.warning = self.error = self.critical = _LINES.write


def configure_logging(level: str, log_format: Literal["json", "console"]) -> None:
    """Log what is at least as severe as `level` (`info`), in the given format."""
    _LINES.flush()
    severity = logging.getLevelNamesMapping()[level.upper()]
    renderers = _renderers(log_format)
    structlog.configure(
        processors=[*_SHARED, *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(severity),
        logger_factory=_StandardErrorLogger,
        cache_logger_on_first_use=False,
    )
    _configure_standard_library(severity, renderers)


def _renderers(log_format: Literal["json", "console"]) -> list[structlog.typing.Processor]:
    if log_format == "console":
        return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=write_without_data)]
    return [
        structlog.processors.ExceptionRenderer(without_data),
        structlog.processors.JSONRenderer(serializer=_as_json),
    ]


def _as_json(event: Any, **_options: Any) -> str:  # noqa: ANN401 - whatever is logged
    return orjson.dumps(event, default=repr).decode()


def _name_of_logger(_logger: Any, _method: str, event: EventDict) -> EventDict:  # noqa: ANN401 - none of interest
    """Tell which library speaks."""
    event["logger"] = event["_record"].name
    return event


def _no_task(_logger: Any, _method: str, event: EventDict) -> EventDict:  # noqa: ANN401 - none of interest
    """Leave out what asyncio adds beneath its first line: the task, with what its exception says."""
    text = event["event"].strip()
    event["event"] = text.partition("\n")[0] if event["logger"] == "asyncio" else text
    return event


def _configure_standard_library(severity: int, renderers: list[structlog.typing.Processor]) -> None:
    """Libraries log through the standard library: the same format, and no second access log."""
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[remove, *renderers], foreign_pre_chain=[*_SHARED, _name_of_logger, _no_task]
        )
    )
    logging.basicConfig(handlers=[handler], level=max(severity, logging.INFO), force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    access = logging.getLogger("uvicorn.access")
    access.handlers, access.propagate = [], False
