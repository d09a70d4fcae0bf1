"""How callers name a record: by its identifier, or by its natural code (`code:CS-101`, `code:2026-1:CS-101-A`)."""

import re
from functools import lru_cache
from uuid import UUID

from domain.shared.invalid import InvalidValue, require
from domain.shared.value import value

CODE_PATTERN = r"[^\W_][\w.+&'-]{0,63}"
"""A natural code: a letter or digit, then up to 63 letters, digits or `. _ + & ' -`; no colon, slash or space."""

CODE_IN_WORDS = "must be 1 to 64 letters, digits or . _ + & ' - and begin with a letter or digit"
"""What is said of a text that is no natural code."""

_CODE = re.compile(CODE_PATTERN)
_PREFIX = "code:"


def is_code(text: str) -> bool:
    """Tell whether `text` can be the natural code of a record."""
    return _CODE.fullmatch(text) is not None


def require_code(code: str) -> None:
    """Raise `InvalidValue` unless `code` can be a natural code."""
    require(is_code(code), "code", CODE_IN_WORDS)


@value(frozen=True, slots=True)
class Reference:
    """A record named by `id`, or by `code` (with the term's code in `scope` for records of a term)."""

    id: UUID | None = None
    code: str | None = None
    scope: str | None = None

    def __hash__(self) -> int:
        return hash(self.code) if self.id is None else hash(self.id.int)

    @classmethod
    @lru_cache(maxsize=16_384)
    def parse(cls, text: str) -> "Reference":
        """Read `UUID`, `code:CODE` or `code:TERM:CODE`; raise `InvalidValue` for anything else.

        The same text gives the same object, as far as it is remembered: on registration day everybody names the same.
        """
        if text.startswith(_PREFIX):
            *scope, code = text.removeprefix(_PREFIX).split(":")
            if is_code(code) and (not scope or (len(scope) == 1 and is_code(scope[0]))):
                return cls(code=code, scope=scope[0] if scope else None)
        else:
            try:
                return cls(id=UUID(text))
            except ValueError:
                pass
        raise InvalidValue("reference", "must be an id (UUID) or code:CODE, within a term code:TERM:CODE")

    @classmethod
    def of(cls, identifier: UUID) -> "Reference":
        """Name a record by its identifier."""
        return cls(id=identifier)

    def __str__(self) -> str:
        if self.id is not None:
            return str(self.id)
        return f"{_PREFIX}{self.scope}:{self.code}" if self.scope else f"{_PREFIX}{self.code}"
