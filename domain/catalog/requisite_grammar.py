"""The text form of requisites: `(MATH-101 >= C and PHYS-100) or placement:MATH >= 70`, read and written.

The grammar is described for its writers in docs/requisites.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from domain.catalog.requisite import (
    AllOf,
    AnyOf,
    AtLeast,
    ClassLevelAtLeast,
    ConsentBy,
    ConsentOf,
    CourseTaken,
    InDepartment,
    InProgram,
    Leaf,
    PlacementScore,
    Requisite,
)
from domain.shared.invalid import InvalidValue
from domain.shared.reference import is_code

LENGTH_MAXIMUM = 4000
"""Characters of a requisite, as it is given and as it is written canonically."""
NESTING_MAXIMUM = 32
"""How deep groups lie within each other; what keeps a hostile text from exhausting the stack."""

_RESERVED = frozenset({"and", "or", "of", "level", "program", "department", "placement", "consent"})
_END = ""
_QUOTED = "quoted"
_WORD = "word"
_OTHER = "other"

_SPACE = re.compile(r"\s*")
_TOKEN = re.compile(
    r"""(?P<mark>>=|[:(),])|(?P<word>-?[^\W_][\w.+&'-]*)|"(?P<quoted>(?:[^"\\]|\\["\\])*)"|(?P<other>.)""", re.DOTALL
)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_COUNT = re.compile(r"[0-9]+")
_ESCAPED = re.compile(r"\\(.)")


class RequisiteSyntaxError(InvalidValue):
    """A text that is no requisite.

    Attributes:
        position: where reading stopped, counted in characters from 1.
        expected: what would have been right there.
    """

    def __init__(self, position: int, expected: str, found: str) -> None:
        super().__init__("requisite", f"expected {expected} at character {position}, found {found}")
        self.position = position
        self.expected = expected


def parse_requisite(text: str) -> Requisite:
    """Read a requisite; raise `RequisiteSyntaxError` at the first character that cannot belong to one.

    The courses, programs and tests that it names need not exist.
    """
    if len(text) > LENGTH_MAXIMUM:
        raise RequisiteSyntaxError(LENGTH_MAXIMUM + 1, f"the end, {LENGTH_MAXIMUM} characters at most", "more")
    requisite = _Parser(text).requisite()
    # What is accepted once has to be accepted in its canonical form too, which may have more spaces and parentheses.
    if _height(requisite) > NESTING_MAXIMUM:
        raise RequisiteSyntaxError(1, f"conditions nested at most {NESTING_MAXIMUM} deep", "deeper ones")
    length = len(print_requisite(requisite))
    if length > LENGTH_MAXIMUM:
        raise RequisiteSyntaxError(1, f"at most {LENGTH_MAXIMUM} characters in canonical form", str(length))
    return requisite


@lru_cache(maxsize=16_384)
def print_requisite(requisite: Requisite) -> str:
    """Write a requisite canonically: equal trees have equal texts, and reading the text gives the tree again."""
    match requisite:
        case AllOf(parts):
            return " and ".join(_as_operand(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(_as_operand(part) for part in parts)
        case AtLeast(count, parts):
            return f"{count} of ({', '.join(print_requisite(part) for part in parts)})"
        case leaf:
            return _print_leaf(leaf)


def _print_leaf(leaf: Leaf) -> str:
    text: str
    match leaf:
        case CourseTaken(course, grade):
            text = _name(course) if grade is None else f"{_name(course)} >= {_name(grade)}"
        case InProgram(program):
            text = f"program:{_name(program)}"
        case InDepartment(department):
            text = f"department:{_name(department)}"
        case ClassLevelAtLeast(level):
            text = f"level >= {level}"
        case PlacementScore(test, score):
            text = f"placement:{_name(test)} >= {_plain(score)}"
        case ConsentOf(by):
            text = f"consent:{by.value}"
    return text


def _as_operand(part: Requisite) -> str:
    text = print_requisite(part)
    # `and` within `or` would do without; readers do not.
    return f"({text})" if isinstance(part, AllOf | AnyOf) else text


def _name(text: str) -> str:
    if is_code(text) and text.lower() not in _RESERVED:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _plain(score: Decimal) -> str:
    text = f"{score:f}"
    shortened = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if shortened == "-0" else shortened


def _height(requisite: Requisite) -> int:
    if isinstance(requisite, AllOf | AnyOf | AtLeast):
        return 1 + max(_height(part) for part in requisite.parts)
    return 1


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, a quoted text without its quotes, a mark (its own kind), another character, or the end."""

    kind: str
    text: str
    position: int

    def in_words(self) -> str:
        return "the end" if self.kind == _END else f'"{self.text}"'


class _Parser:
    """Reads one text by recursive descent, one token ahead, so that the leftmost error is the one reported."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._depth = 0
        self._token = self._read()

    def requisite(self) -> Requisite:
        found = self._any_of()
        if self._token.kind != _END:
            raise self._error('"and", "or" or the end')
        return found

    def _any_of(self) -> Requisite:
        parts = self._separated_by("or", self._all_of)
        return parts[0] if len(parts) == 1 else AnyOf(parts)

    def _all_of(self) -> Requisite:
        parts = self._separated_by("and", self._part)
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def _separated_by(self, keyword: str, part: Callable[[], Requisite]) -> tuple[Requisite, ...]:
        parts = [part()]
        while self._keyword() == keyword:
            self._advance()
            parts.append(part())
        return tuple(parts)

    def _part(self) -> Requisite:
        if self._token.kind == "(":
            return self._group()
        of_keyword: Callable[[], Requisite] | None = {
            "level": self._class_level,
            "program": self._program,
            "department": self._department,
            "placement": self._placement,
            "consent": self._consent,
        }.get(self._keyword())
        if of_keyword is not None:
            self._advance()
            return of_keyword()
        if self._token.kind not in {_WORD, _QUOTED} or self._keyword() in _RESERVED:
            raise self._error("a condition")
        start = self._advance()
        if self._keyword() == "of":
            return self._at_least(start)
        return self._course(start)

    def _group(self) -> Requisite:
        self._open()
        found = self._any_of()
        self._close('"and", "or" or ")"')
        return found

    def _at_least(self, count: _Token) -> Requisite:
        if count.kind != _WORD or _COUNT.fullmatch(count.text) is None:
            raise self._error('a whole number before "of"', count)
        self._advance()
        self._open()
        parts = [self._any_of()]
        while self._token.kind == ",":
            self._advance()
            parts.append(self._any_of())
        self._close('"and", "or", "," or ")"')
        if not 1 <= int(count.text) <= len(parts):
            raise self._error(f"a number from 1 to {len(parts)}, as many as are listed,", count)
        return AtLeast(int(count.text), tuple(parts))

    def _course(self, course: _Token) -> Requisite:
        if not is_code(course.text):
            raise self._error("a course code", course)
        if self._token.kind != ">=":
            return CourseTaken(course.text)
        self._advance()
        if self._token.kind not in {_WORD, _QUOTED} or not self._token.text.strip() or self._keyword() in _RESERVED:
            raise self._error("a grade")
        return CourseTaken(course.text, self._advance().text)

    def _class_level(self) -> Requisite:
        self._take(">=")
        return ClassLevelAtLeast(int(self._number(_COUNT, "a whole number")))

    def _program(self) -> Requisite:
        return InProgram(self._code("a program code"))

    def _department(self) -> Requisite:
        return InDepartment(self._code("a department code"))

    def _placement(self) -> Requisite:
        test = self._code("the code of a placement test")
        self._take(">=")
        return PlacementScore(test, Decimal(self._number(_NUMBER, "a number")))

    def _consent(self) -> Requisite:
        self._take(":")
        by = self._keyword()
        if by not in set(ConsentBy):
            raise self._error(" or ".join(f'"{one.value}"' for one in ConsentBy))
        self._advance()
        return ConsentOf(ConsentBy(by))

    def _code(self, expected: str) -> str:
        self._take(":")
        named = self._token.kind in {_WORD, _QUOTED} and self._keyword() not in _RESERVED
        if not named or not is_code(self._token.text):
            raise self._error(expected)
        return self._advance().text

    def _number(self, pattern: re.Pattern[str], expected: str) -> str:
        if self._token.kind != _WORD or pattern.fullmatch(self._token.text) is None:
            raise self._error(expected)
        return self._advance().text

    def _open(self) -> None:
        if self._depth == NESTING_MAXIMUM:
            raise self._error(f"groups nested at most {NESTING_MAXIMUM} deep")
        self._take("(")
        self._depth += 1

    def _close(self, expected: str) -> None:
        if self._token.kind != ")":
            raise self._error(expected)
        self._advance()
        self._depth -= 1

    def _take(self, mark: str) -> None:
        if self._token.kind != mark:
            raise self._error(f'"{mark}"')
        self._advance()

    def _keyword(self) -> str:
        """The token as a keyword might be written; nothing for a token that cannot be one."""
        return self._token.text.lower() if self._token.kind == _WORD else ""

    def _advance(self) -> _Token:
        token, self._token = self._token, self._read()
        return token

    def _read(self) -> _Token:
        space = _SPACE.match(self._text, self._offset)
        start = self._offset if space is None else space.end()
        match = _TOKEN.match(self._text, start)
        if match is None:
            self._offset = start
            return _Token(_END, "", start + 1)
        self._offset = match.end()
        kind, text = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == _QUOTED:
            if not text.isprintable():
                raise RequisiteSyntaxError(start + 1, "a quoted text of printable characters", "others")
            return _Token(_QUOTED, _ESCAPED.sub(r"\1", text), start + 1)
        if text == '"':
            raise RequisiteSyntaxError(start + 1, r'a quoted text ("…", within it \" and \\)', "one that does not end")
        return _Token(text if kind == "mark" else kind, text, start + 1)

    def _error(self, expected: str, token: _Token | None = None) -> RequisiteSyntaxError:
        at = self._token if token is None else token
        return RequisiteSyntaxError(at.position, expected, at.in_words())
