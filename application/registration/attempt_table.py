"""A table of course attempts as it is given, and how its cells are checked: row by row, with nothing kept of the rows.

Columns of large tables repeat a few values, so a cell that was checked before is not checked again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple, get_type_hints

from pydantic import TypeAdapter, ValidationError

from application.registration.course_attempts import PeriodCode
from application.shared.dto import Code, Credits, Dto, Label
from application.shared.errors import InvalidField
from application.shared.plain_words import in_plain_words

_REMEMBERED = 10_000
"""How many values of a column are remembered."""


WHOLE_ROW = "row"
"""In the place of a column: what is wrong with a row that has none, or with all of it."""


class InvalidRow(InvalidField):
    """A row of a table is not valid; the parameters name its line and the column, or `WHOLE_ROW`."""

    def __init__(self, line: int, column: str, reason: str) -> None:
        super().__init__(column, reason)
        self.line = line
        self.detail = f"line {line}{'' if column == WHOLE_ROW else f', column {column}'}: {reason}"
        self.parameters = {**self.parameters, "line": line}


class AttemptRow(Dto):
    """A row of the table: the fields of a course attempt, with codes for records. An empty cell is an absent field."""

    student_code: Code
    course_code: Code
    term: PeriodCode
    credits: Credits
    grade: Label | None = None
    scheme: Code | None = None
    passed: bool | None = None
    in_progress: bool = False
    transfer: bool = False


class CheckedRow(NamedTuple):
    """The values of an `AttemptRow`, as a tuple, since a table has many; the row begins at `line`."""

    line: int
    student_code: str
    course_code: str
    term: str
    credits: Decimal
    grade: str | None
    scheme: str | None
    passed: bool | None
    in_progress: bool
    transfer: bool


COLUMNS = tuple(AttemptRow.model_fields)


@dataclass(frozen=True, slots=True)
class AttemptTable:
    """The columns by name, in any order, and the rows: the line at which each begins, and its cells as text.

    The rows are read once. Whoever reads them from a file raises `InvalidRow` where it makes no sense.
    """

    columns: Sequence[str]
    rows: Iterable[tuple[int, Sequence[str]]]

    def checked(self) -> Iterator[CheckedRow]:
        """The rows that are not blank, in order. Raises `InvalidRow` at the first that is not valid."""
        names = tuple(name.strip() for name in self.columns)
        _require_columns(names)
        columns = [_Column(name) for name in names]
        absent = [name for name in COLUMNS if name not in names]
        defaults = [AttemptRow.model_fields[name].default for name in absent]
        # The line stands before the cells, what is absent behind them.
        order = ("line", *names, *absent)
        in_order = itemgetter(0, *(order.index(name) for name in COLUMNS))
        for line, cells in self.rows:
            if not any(map(str.strip, cells)):
                continue
            if len(cells) != len(names):
                at = names[min(len(cells), len(names) - 1)]
                raise InvalidRow(line, at, f"the row has {len(cells)} cells, the header {len(names)}")
            try:
                values = [column[cell] for column, cell in zip(columns, cells, strict=True)]
            except _InvalidCell as error:
                raise InvalidRow(line, error.column, error.reason) from None
            yield CheckedRow._make(in_order((line, *values, *defaults)))


class _InvalidCell(Exception):  # noqa: N818 - it becomes an `InvalidRow`
    """The text of a cell is no value of its column."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(column, reason)
        self.column = column
        self.reason = reason


class _Column(dict[str, object]):
    """The values of one column by the text of their cells. Raises `_InvalidCell` for what is no value of it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._field = AttemptRow.model_fields[name]
        hint = get_type_hints(AttemptRow, include_extras=True)[name]
        self._valid: Callable[[str], object] = TypeAdapter[object](hint).validate_python

    def __missing__(self, cell: str) -> object:
        value = self._value(cell.strip())
        if len(self) >= _REMEMBERED:
            self.clear()
        self[cell] = value
        return value

    def _value(self, text: str) -> object:
        if text:
            try:
                return self._valid(text)
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                raise _InvalidCell(self._name, in_plain_words(first)) from None
        if self._field.is_required():
            raise _InvalidCell(self._name, "is missing")
        return self._field.default


def _require_columns(names: Sequence[str]) -> None:
    for name in names:
        if name not in COLUMNS:
            raise InvalidRow(1, name or "header", f"is unknown; there are {', '.join(COLUMNS)}")
        if names.count(name) > 1:
            raise InvalidRow(1, name, "stands there twice")
    for name, field in AttemptRow.model_fields.items():
        if field.is_required() and name not in names:
            raise InvalidRow(1, name, "is missing")
