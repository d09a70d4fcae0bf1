"""Reading tables of course attempts from CSV: the same rows and line numbers, however the file falls into blocks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import pytest

from application.registration.attempt_table import InvalidRow
from interfaces.attempt_rows import reading_attempts

HEADER = "student_code,course_code,term,credits\n"
BLOCK = 1 << 18

Rows = list[tuple[int, Sequence[str]]]


def read(path: Path, content: bytes) -> Rows:
    """The rows of a file of that content, each with its line."""
    path.write_bytes(content)
    with reading_attempts(path) as table:
        assert [name.strip() for name in table.columns] == HEADER.strip().split(",")
        return list(table.rows)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("padding", range(4))
def test_rows_on_the_border_of_two_blocks_are_whole(end: str, padding: int, tmp_path: Path) -> None:
    row = "Sé,CS-101,T,3\n"
    content = (" " * padding + HEADER + row * 40_000).replace("\n", end).encode()
    assert len(content) > 2 * BLOCK

    rows = read(tmp_path / "a.csv", content)

    assert rows == [(line, ["Sé", "CS-101", "T", "3"]) for line in range(2, 40_002)]


@pytest.mark.parametrize("ends", [b"\r\n", b"\r"])
def test_a_line_that_ends_with_a_block_ends_once(ends: bytes, tmp_path: Path) -> None:
    short = HEADER.encode().replace(b"\n", ends) + b" " * 131_060 + ends
    content = short + b" " * (BLOCK - 1 - len(short)) + ends
    assert content[:BLOCK].endswith(b"\r")

    assert [line for line, _ in read(tmp_path / "a.csv", content + b"S1,CS-101,T,3" + ends)] == [2, 3, 4]


def test_a_byte_order_mark_is_left_out(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", b"\xef\xbb\xbf" + HEADER.encode()) == []


def test_rows_of_several_lines_are_known_by_their_first(tmp_path: Path) -> None:
    rows = read(tmp_path / "a.csv", f'{HEADER}"S\n\n1",C,T,3\nS2,C,T,3\n'.encode())

    assert rows == [(2, ["S\n\n1", "C", "T", "3"]), (5, ["S2", "C", "T", "3"])]


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (b"S\xff1,C,T,3\n", "line 40002: is not UTF-8"),
        (b"S1,C,T,\xc3", "line 40002: is not UTF-8"),
        (b'S1,"C"x,T,3\n', "line 40002: is not CSV: ',' expected after '\"'"),
        (b'"S1', "line 40002: is not CSV: unexpected end of data"),
        (b"," * (3 << 19), "line 40002: is longer than 1,048,576 bytes"),
    ],
    ids=["not UTF-8", "a character that is cut off", "not CSV", "an open quote", "no end of line"],
)
def test_a_fault_far_behind_is_named_by_its_line(bad: bytes, error: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRow) as refused:
        read(tmp_path / "a.csv", HEADER.encode() + b"S1,CS-101,T,3\n" * 40_000 + bad)

    assert refused.value.detail == error


def test_a_file_that_cannot_be_read_to_its_end_is_no_outage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER)

    class Failing:
        """A stream on a disk that breaks."""

        def read(self, _size: int) -> bytes:
            raise OSError(5, "Input/output error")

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_error: object) -> None: ...

    monkeypatch.setattr(Path, "open", lambda *_: Failing())

    with pytest.raises(InvalidRow, match="read"), reading_attempts(path):
        pass
