"""How a command fails: one clear line for people, and an exit code for programs."""

import errno
from enum import IntEnum

from pydantic import ValidationError

from application.shared.errors import ApplicationError, Unavailable
from application.shared.plain_words import in_plain_words
from domain.shared.invalid import InvalidValue
from interfaces.itc2019.malformed import MalformedInstance


class ExitCode(IntEnum):
    """What the end of a command means."""

    OK = 0
    VERDICT_NEGATIVE = 1
    USAGE = 2
    REFUSED = 3
    DATABASE_UNAVAILABLE = 4
    DEFECT = 70
    INTERRUPTED = 130
    OUTPUT_UNREAD = 141


_SETTINGS = "invalid_settings"
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def explain(error: Exception) -> tuple[str, ExitCode]:
    """What to tell people about an error, and the exit code. Of a defect only the name is told."""
    match error:
        case Unavailable():
            return error.cause or error.detail, ExitCode.DATABASE_UNAVAILABLE
        case ApplicationError():
            return error.detail, ExitCode.USAGE if error.code == _SETTINGS else ExitCode.REFUSED
        case InvalidValue() | MalformedInstance():
            return str(error), ExitCode.REFUSED
        case ValidationError():
            problem = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(part for part in problem["loc"] if isinstance(part, str))
            return f"{where}: {in_plain_words(problem)}", ExitCode.REFUSED
        case OSError(strerror=str(reason)) if isinstance(error.filename, str) or error.errno in _NO_SPACE:
            return f"{error.filename or 'the output cannot be written'}: {reason}", ExitCode.REFUSED
        case _:
            return f"unexpected {type(error).__name__}; --debug shows where", ExitCode.DEFECT
