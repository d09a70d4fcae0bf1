"""Reading a table of attempts from CSV, a block of the file at a time. What the cells say is not its business."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import BinaryIO, Protocol

from application.registration.attempt_table import WHOLE_ROW, AttemptTable, InvalidRow

_BLOCK = 1 << 18
_LONGEST_LINE = 1 << 20


@contextmanager
def reading_attempts(path: Path) -> Iterator[AttemptTable]:
    """The table in a file. Raises `InvalidRow`, also from its rows, and `OSError` for a file that cannot be read."""
    with path.open("rb") as stream:
        yield attempts_in(stream)


def attempts_in(stream: BinaryIO) -> AttemptTable:
    """The table in an open file, which stays open as long as its rows are read. Raises `InvalidRow`, they too."""
    reader = csv.reader(_lines(stream), strict=True)
    rows = _rows(reader)
    _, header = next(rows, (1, []))
    return AttemptTable(header, rows)


class _Reader(Protocol):
    """What `csv.reader` makes."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


def _rows(reader: _Reader) -> Iterator[tuple[int, Sequence[str]]]:
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidRow(reader.line_num, WHOLE_ROW, f"is not CSV: {error}") from None


def _lines(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream, whatever their ends; a byte order mark is left out."""
    line, rest = 1, b""
    try:
        for block in _blocks(stream):
            rest += block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            if line == 1:
                rest = rest.removeprefix(codecs.BOM_UTF8)
            whole, end, rest = rest.rpartition(b"\n")
            yield from _decoded(line, whole + end)
            line += whole.count(b"\n") + len(end)
            if len(rest) > _LONGEST_LINE:
                raise InvalidRow(line, WHOLE_ROW, f"is longer than {_LONGEST_LINE:,} bytes")
    except OSError as error:
        raise InvalidRow(line, WHOLE_ROW, f"cannot be read: {error.strerror}") from error
    yield from _decoded(line, rest)


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The content, never parted between a carriage return and its line feed."""
    while block := stream.read(_BLOCK):
        while block.endswith(b"\r") and (more := stream.read(1)):
            block += more
        yield block


def _decoded(line: int, content: bytes) -> Iterator[str]:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line += content.count(b"\n", 0, error.start)
        raise InvalidRow(line, WHOLE_ROW, "is not UTF-8") from None
    return StringIO(text, newline="\n")
