"""The weekly grid of the generated university: times, rooms and instructors, none of them used twice at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from random import Random

from application.people.instructors import InstructorFields
from application.scheduling.rooms import RoomFields
from domain.scheduling.calendar import Weekday

BLOCKS = (
    (time(7), time(8, 30)),
    (time(8, 30), time(10)),
    (time(10), time(11, 30)),
    (time(11, 30), time(13)),
    (time(14), time(15, 30)),
    (time(15, 30), time(17)),
    (time(17), time(18, 30)),
    (time(18, 30), time(20)),
)
_LECTURE_DAYS = (
    (Weekday.MONDAY, Weekday.WEDNESDAY),
    (Weekday.TUESDAY, Weekday.THURSDAY),
    (Weekday.WEDNESDAY, Weekday.FRIDAY),
)
_PRACTICE_DAYS = tuple((day,) for day in Weekday if day is not Weekday.SUNDAY)
_SATURDAY_BLOCKS = 4
_ROOMS_A_FLOOR = 20
_SECTIONS_AN_INSTRUCTOR = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly time; `cells` has a bit for each block of the week that it covers."""

    weekdays: frozenset[Weekday]
    starts_at: time
    ends_at: time
    cells: int


def _slots(days: Sequence[tuple[Weekday, ...]]) -> tuple[Slot, ...]:
    return tuple(
        Slot(frozenset(weekdays), *BLOCKS[block], sum(1 << ((day - 1) * len(BLOCKS) + block) for day in weekdays))
        for weekdays in days
        for block in range(_SATURDAY_BLOCKS if Weekday.SATURDAY in weekdays else len(BLOCKS))
    )


LECTURE_SLOTS = _slots(_LECTURE_DAYS)
"""Twice a week."""

PRACTICE_SLOTS = _slots(_PRACTICE_DAYS)
"""Once a week."""


@dataclass(slots=True)
class Crowd:
    """How many seats a group of students who take the same courses has in each block of the week."""

    seats: dict[int, int] = field(default_factory=dict)

    def choose(self, slots: Sequence[Slot], taken: int, seats: int, random: Random) -> Slot:
        """Choose the slot in which the crowd is least busy, and that leaves the cells `taken` alone if any does."""
        best, best_cost = slots[0], float("inf")
        for slot in slots:
            busy = sum(self.seats.get(cell, 0) for cell in _cells(slot.cells))
            cost = busy + 1_000_000 * bool(slot.cells & taken) + random.random()
            if cost < best_cost:
                best, best_cost = slot, cost
        for cell in _cells(best.cells):
            self.seats[cell] = self.seats.get(cell, 0) + seats
        return best


def _cells(bits: int) -> list[int]:
    return [cell for cell in range(bits.bit_length()) if bits >> cell & 1]


@dataclass(slots=True)
class _Busy:
    """A room or an instructor: the code, the cells in use, and how many sections use it."""

    code: str
    cells: int = 0
    sections: int = 0


class Rooms:
    """The buildings: a building for each size of room; rooms are built as they are needed."""

    def __init__(self, sizes: Sequence[int], first_building: str) -> None:
        self._buildings: dict[int, list[_Busy]] = {size: [] for size in sizes}
        self._letters = {size: chr(ord(first_building) + place) for place, size in enumerate(sizes)}

    def book(self, capacity: int, cells: int) -> str:
        """Book the smallest sufficient room that is free; answers its code."""
        size = next((size for size in self._buildings if size >= capacity), max(self._buildings))
        rooms = self._buildings[size]
        room = next((room for room in rooms if not room.cells & cells), None)
        if room is None:
            floor, door = divmod(len(rooms), _ROOMS_A_FLOOR)
            room = _Busy(f"{self._letters[size]}-{100 * (floor + 1) + door + 1}")
            rooms.append(room)
        room.cells |= cells
        return room.code

    def built(self) -> list[RoomFields]:
        """All rooms, building by building."""
        return [
            RoomFields(code=room.code, name=f"Building {room.code[0]}, room {room.code[2:]}", capacity=size)
            for size, rooms in self._buildings.items()
            for room in rooms
        ]


class Staff:
    """The instructors of all departments, hired as they are needed."""

    def __init__(self) -> None:
        self._by_department: dict[str, list[_Busy]] = {}
        self._hired: list[InstructorFields] = []

    def assign(self, department: str, cells: int) -> str:
        """Find an instructor of the department who is free; answers the code."""
        colleagues = self._by_department.setdefault(department, [])
        found = next((one for one in colleagues if not one.cells & cells), None)
        if found is None:
            found = self._hire(department)
            colleagues.append(found)
        found.cells |= cells
        found.sections += 1
        if found.sections == _SECTIONS_AN_INSTRUCTOR:
            colleagues.remove(found)
        return found.code

    def hired(self) -> list[InstructorFields]:
        """All instructors."""
        return self._hired

    def _hire(self, department: str) -> _Busy:
        number = len(self._hired) + 1
        fields = InstructorFields(
            code=f"I{number:04}",
            name=f"Instructor {number}",
            email=f"instructor{number}@example.edu",
            department=f"code:{department}",
        )
        self._hired.append(fields)
        return _Busy(fields.code)
