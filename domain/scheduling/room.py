"""Rooms: where meetings take place."""

from dataclasses import dataclass

from domain.shared.identifiers import RoomId
from domain.shared.invalid import require
from domain.shared.reference import require_code


@dataclass(frozen=True, slots=True)
class Room:
    """A room; `capacity` is how many people it holds."""

    id: RoomId
    code: str
    name: str
    capacity: int

    def __post_init__(self) -> None:
        require_code(self.code)
        require(self.capacity >= 0, "capacity", "must not be negative")
