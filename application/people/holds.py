"""Holds as callers place and see them. A hold is never deleted: releasing it is a use case of its own."""

from typing import Annotated
from uuid import UUID

from application.people.relations import rights_about
from application.shared.access_table import Right
from application.shared.caller import Caller
from application.shared.clock import Clock
from application.shared.dto import IN_ORDER, Dto, Moment, Name, ReferenceText, Text
from application.shared.paging import Listing
from application.shared.records import RecordKind, Views, Work, resolve
from domain.people.hold import Hold, HoldBlock
from domain.people.student import Student
from domain.shared.identifiers import HoldId, StudentId


class HoldFields(Dto):
    """What is given to place a hold: on whom, what it blocks, and which office wants what."""

    student: ReferenceText
    blocks: Annotated[frozenset[HoldBlock], IN_ORDER] = frozenset({HoldBlock.REGISTRATION})
    office: Name
    reason: Text


class HoldView(HoldFields):
    """A hold as stored; `student` is an id, `released_at` null while it blocks."""

    id: UUID
    placed_at: Moment
    released_at: Moment | None
    version: int


async def _related(caller: Caller, view: HoldView, views: Views) -> frozenset[Right]:
    return await rights_about(caller, UUID(view.student), views)


def hold_kind(clock: Clock) -> RecordKind[Hold, HoldFields, HoldView]:
    """The record kind of holds; a new one is placed at the clock's present moment."""

    async def assemble(identifier: UUID, fields: HoldFields, before: Hold | None, work: Work) -> Hold:
        return Hold(
            id=HoldId(identifier),
            student_id=StudentId(await resolve(work, Student, "student", fields.student)),
            blocks=fields.blocks,
            office=fields.office,
            reason=fields.reason,
            placed_at=clock.now() if before is None else before.placed_at,
            released_at=None if before is None else before.released_at,
        )

    return RecordKind(
        name="hold",
        entity=Hold,
        fields=HoldFields,
        view=HoldView,
        listing=Listing(sorts=("placed_at", "office"), filters=("student", "office"), searches=("office", "reason")),
        assemble=assemble,
        related=_related,
    )
