"""Reading course attempts from CSV: every row validated, the first that is not valid named by line and column."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from application.registration.import_attempts import AttemptRow, InvalidRow

COLUMNS = tuple(name for name in AttemptRow.model_fields if name != "line")
_REQUIRED = tuple(name for name, field in AttemptRow.model_fields.items() if field.is_required() and name != "line")
_HEADER = "header"


def read_attempt_rows(path: Path) -> list[AttemptRow]:
    """The rows of a file. Raises `InvalidRow`, and `OSError` for a file that cannot be read."""
    lines = _lines(path.read_bytes())
    reader = csv.reader(lines, strict=True)
    try:
        columns = _columns(next(reader, []))
        return list(_rows(reader, columns))
    except csv.Error as error:
        raise InvalidRow(reader.line_num, "row", f"is not CSV: {error}") from None


def _lines(content: bytes) -> Sequence[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidRow(line, "row", "is not UTF-8") from None
    return list(StringIO(text, newline=None))


def _columns(header: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(name.strip() for name in header)
    for name in columns:
        if name not in COLUMNS:
            raise InvalidRow(1, name or _HEADER, f"is unknown; there are {', '.join(COLUMNS)}")
        if columns.count(name) > 1:
            raise InvalidRow(1, name, "stands there twice")
    for name in _REQUIRED:
        if name not in columns:
            raise InvalidRow(1, name, "is missing")
    return columns


class _Reader(Protocol):
    """What `csv.reader` makes."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


def _rows(reader: _Reader, columns: Sequence[str]) -> Iterator[AttemptRow]:
    line = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield _row(line, columns, cells)
        line = reader.line_num + 1


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> AttemptRow:
    if len(cells) != len(columns):
        at = columns[min(len(cells), len(columns) - 1)]
        raise InvalidRow(line, at, f"the row has {len(cells)} cells, the header {len(columns)}")
    given = {column: cell.strip() for column, cell in zip(columns, cells, strict=True) if cell.strip()}
    try:
        return AttemptRow.model_validate({**given, "line": line})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        reason = "is missing" if first["type"] == "missing" else first["msg"].removeprefix("Value error, ")
        raise InvalidRow(line, str(first["loc"][0]), reason) from None
