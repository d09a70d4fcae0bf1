"""Tracebacks for the log: where an error happened and of which kind it is, without what people are called."""

import re
import traceback
from collections.abc import Iterator
from typing import TextIO

from pydantic import ValidationError
from structlog.typing import ExcInfo

_EMAIL = re.compile(r"[^\s@'\"<>()=,;]+@[^\s@'\"<>()=,;]+")
_CODE = re.compile(r"code:[^\s'\"<>()=,;]+")
_QUOTING = ("asyncpg", "sqlalchemy")
"""Their messages quote values of rows and of statements."""


def discreet(exc_info: ExcInfo) -> str:
    """The traceback of an exception, its causes before it."""
    return "\n\n".join("".join(_described(error)).rstrip("\n") for error in reversed(list(_chain(exc_info[1]))))


def write_discreetly(stream: TextIO, exc_info: ExcInfo) -> None:
    """Write the traceback, as structlog's renderer for people wants it."""
    stream.write(discreet(exc_info) + "\n")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _described(error: BaseException) -> Iterator[str]:
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    kind = type(error)
    yield f"{kind.__module__}.{kind.__qualname__}: {_said(error)}\n"
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from (line for cause in _chain(part) for line in _described(cause))


def _said(error: BaseException) -> str:
    """The message, as far as it cannot quote what is personal."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{part['type']} at {part['loc']}" for part in error.errors(include_input=False))
    if type(error).__module__.partition(".")[0] in _QUOTING:
        known = ((name, getattr(error, name, None)) for name in ("sqlstate", "constraint_name", "table_name"))
        return ", ".join(f"{name} {value}" for name, value in known if value) or "(its message may quote rows)"
    return _CODE.sub("code:*", _EMAIL.sub("*@*", str(error)))
