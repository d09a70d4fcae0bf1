"""The published times and rooms of an instance's classes, read from CSV and checked line by line."""

import csv
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from domain.scheduling.calendar import Weekday
from interfaces.itc2019.malformed import MalformedInstance
from interfaces.itc2019.problem import DAYS, SLOTS_PER_DAY

COLUMNS = ("class_id", "course_id", "days", "start", "length", "weeks", "room_id")
_TIME_COLUMNS = ("days", "start", "length", "weeks")
_MINUTES_PER_SLOT = 5
_MAXIMUM_BYTES = 64 * 1024 * 1024
_SLOT = re.compile(r"[0-9]{1,3}")
_JUST_BEFORE_MIDNIGHT = time(23, 59)


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly time; `weeks` is None for every week.

    What lasts until midnight ends at 23:59, since no time is later than the whole day; slots of five minutes
    overlap with it all the same.
    """

    weekdays: frozenset[Weekday]
    starts_at: time
    ends_at: time
    weeks: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Placement:
    """When and where a class meets; None while that is to be announced."""

    slot: Slot | None
    room: str | None


def read_placements(
    path: Path, *, course_of: Mapping[str, str], rooms: Container[str], weeks: int
) -> dict[str, Placement]:
    """Read `NAME.timetable.csv`; answers the placement of each class by its id.

    `course_of` maps the ids of the instance's classes to those of their courses, `rooms` holds the ids of its
    rooms, `weeks` is the length of its weeks' bit strings. Raises `MalformedInstance`, also for a class that has
    no line.
    """
    placements: dict[str, Placement] = {}
    for row in _rows(path):
        class_id, course_id = row.cells["class_id"], row.cells["course_id"]
        if class_id not in course_of:
            raise row.wrong("class_id", f"the instance has no class {class_id[:40]!r}")
        if class_id in placements:
            raise row.wrong("class_id", f"the class {class_id} has a line already")
        if course_of[class_id] != course_id:
            raise row.wrong("course_id", f"the class {class_id} belongs to the course {course_of[class_id]}")
        room = row.cells["room_id"] or None
        if room is not None and room not in rooms:
            raise row.wrong("room_id", f"the instance has no room {room[:40]!r}")
        placements[class_id] = Placement(_slot(row, weeks), room)
    missing = [class_id for class_id in course_of if class_id not in placements]
    if missing:
        raise MalformedInstance(path, None, "column class_id", f"the class {missing[0]} has no line")
    return placements


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the table, its cells by column."""

    path: Path
    line: int
    cells: Mapping[str, str]

    def wrong(self, column: str, reason: str) -> MalformedInstance:
        """The error that says what is wrong with a cell."""
        return MalformedInstance(self.path, self.line, f"column {column}", reason)


def _rows(path: Path) -> Iterator[_Row]:
    reader = csv.reader(_text(path).splitlines(keepends=True), strict=True)
    try:
        header = next(reader, [])
        if set(header) != set(COLUMNS) or len(header) != len(COLUMNS):
            raise MalformedInstance(path, 1, None, f"the columns must be {', '.join(COLUMNS)}")
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                reason = f"the line has {len(cells)} cells instead of {len(header)}"
                raise MalformedInstance(path, reader.line_num, None, reason)
            yield _Row(path, reader.line_num, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise MalformedInstance(path, reader.line_num, None, f"the line is not valid CSV: {error}") from error


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MAXIMUM_BYTES + 1)
    except OSError as error:
        reason = f"the file cannot be read: {error.strerror or error}"
        raise MalformedInstance(path, None, None, reason) from error
    if len(content) > _MAXIMUM_BYTES:
        raise MalformedInstance(path, None, None, f"the file has more than {_MAXIMUM_BYTES} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MalformedInstance(path, line, None, "the file is not UTF-8") from error


def _slot(row: _Row, weeks: int) -> Slot | None:
    given = [column for column in _TIME_COLUMNS if row.cells[column]]
    if not given:
        return None
    if len(given) < len(_TIME_COLUMNS):
        lacking = next(column for column in _TIME_COLUMNS if column not in given)
        raise row.wrong(lacking, "a time needs days, start, length and weeks, or none of them")
    weekdays = frozenset(Weekday(day) for day in _bits(row, "days", DAYS))
    in_weeks = _bits(row, "weeks", weeks)
    start, length = _slots(row, "start"), _slots(row, "length")
    if length == 0:
        raise row.wrong("length", "a meeting lasts at least one slot")
    if start + length > SLOTS_PER_DAY:
        raise row.wrong("start", f"slots {start} to {start + length} lie outside the {SLOTS_PER_DAY} of a day")
    return Slot(weekdays, _time(start), _time(start + length), None if len(in_weeks) == weeks else in_weeks)


def _bits(row: _Row, column: str, length: int) -> frozenset[int]:
    """The positions of the ones, counted from 1."""
    bits = row.cells[column]
    if len(bits) != length or not set(bits) <= {"0", "1"}:
        raise row.wrong(column, f"{bits[:80]!r} is not a string of {length} zeros and ones")
    if "1" not in bits:
        raise row.wrong(column, "a time needs at least one of them")
    return frozenset(position for position, bit in enumerate(bits, start=1) if bit == "1")


def _slots(row: _Row, column: str) -> int:
    value = row.cells[column]
    if _SLOT.fullmatch(value) is None or int(value) > SLOTS_PER_DAY:
        raise row.wrong(column, f"{value[:40]!r} is not a number of slots from 0 to {SLOTS_PER_DAY}")
    return int(value)


def _time(slot: int) -> time:
    if slot == SLOTS_PER_DAY:
        return _JUST_BEFORE_MIDNIGHT
    hours, minutes = divmod(slot * _MINUTES_PER_SLOT, 60)
    return time(hours, minutes)
