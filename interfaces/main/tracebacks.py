"""Tracebacks for logs that others keep: where an exception came from and what kind it is, without people's data.

What exceptions say often repeats values: parameters of a statement, the row that broke a constraint, the text that is
no number. Their messages are left out, but for kinds that Python itself raises and that speak of code.
"""

import re
import traceback
from typing import TextIO

from pydantic import ValidationError
from structlog.typing import ExcInfo

_OF_CODE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    MemoryError,
    NameError,
    OSError,
    RuntimeError,
    TypeError,
)
_TOLD = ("code", "sqlstate", "constraint_name", "table_name", "column_name")
"""What exceptions of ours and of the database's driver know that names no value."""

_EMAIL = re.compile(r"[^\s@'\"<>()=,;]+@[^\s@'\"<>()=,;]+")
_CODE = re.compile(r"code:[^\s'\"<>()=,;]+")

_LED_TO = "\nwhich led to:\n"


def without_data(exc_info: ExcInfo) -> str:
    """An exception with its traceback, after those that led to it, the first one at the top."""
    error: BaseException | None = exc_info[1]
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return _LED_TO.join(_alone(error) for error in reversed(chain))


def write_without_data(stream: TextIO, exc_info: ExcInfo) -> None:
    """Write it, as structlog's renderer for people wants it."""
    stream.write(f"{without_data(exc_info)}\n")


def _alone(error: BaseException) -> str:
    parts = [*traceback.format_tb(error.__traceback__), _headline(error)]
    if isinstance(error, BaseExceptionGroup):
        parts += [f"\nof which one is:\n{without_data((type(one), one, None))}" for one in error.exceptions]
    return "".join(parts)


def _headline(error: BaseException) -> str:
    kind = type(error)
    if kind.__module__ == "builtins":
        return f"{kind.__name__}: {_masked(str(error))}" if isinstance(error, _OF_CODE) else kind.__name__
    if isinstance(error, ValidationError):
        return f"{kind.__name__}: " + "; ".join(f"{part['type']} at {part['loc']}" for part in error.errors())
    known = ((name, getattr(error, name, None)) for name in _TOLD)
    told = ", ".join(f"{name} {value}" for name, value in known if isinstance(value, str) and value)
    return f"{kind.__module__}.{kind.__qualname__}" + (f" ({told})" if told else "")


def _masked(text: str) -> str:
    """A message without the addresses and natural codes that may stand in it all the same."""
    return _CODE.sub("code:*", _EMAIL.sub("*@*", text))
