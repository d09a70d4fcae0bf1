"""Rooms as callers give and see them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from application.shared.dto import Code, Dto, Name
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work
from domain.scheduling.room import Room
from domain.shared.identifiers import RoomId


class RoomFields(Dto):
    """What is given to create or replace a room; `capacity` is how many people it holds."""

    code: Code
    name: Name
    capacity: Annotated[int, Field(ge=0, le=1_000_000)]


class RoomView(RoomFields):
    """A room as stored."""

    id: UUID
    version: int


async def _assemble(identifier: UUID, fields: RoomFields, _before: Room | None, _work: Work) -> Room:
    return Room(RoomId(identifier), fields.code, fields.name, fields.capacity)


ROOMS = RecordKind(
    name="room",
    entity=Room,
    fields=RoomFields,
    view=RoomView,
    listing=Listing(sorts=("code", "name", "capacity"), filters=("code",), searches=("code", "name")),
    assemble=_assemble,
)
