"""Sections as callers give and see them. Their changes pass the registration desk, since they may move seats."""

from datetime import time
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from application.shared.caller import EVERYONE
from application.shared.dto import IN_ORDER, Code, Day, Dto, ReferenceText
from application.shared.errors import InvalidField
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work, resolve, resolve_optional
from domain.people.instructor import Instructor
from domain.scheduling.calendar import Meeting, Weekday
from domain.scheduling.offering import Component, CourseOffering
from domain.scheduling.room import Room
from domain.scheduling.section import Section, SectionStatus
from domain.shared.identifiers import InstructorId, OfferingId, RoomId, SectionId

MAXIMUM_CAPACITY = 100_000


def _local(moment: time) -> time:
    if moment.tzinfo is not None:
        msg = "must be a local time without offset"
        raise ValueError(msg)
    return moment


LocalTime = Annotated[time, AfterValidator(_local), Field(examples=["10:00"])]
"""A time of day on the clock of the term's time zone."""

ComponentPath = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=401)]
"""A component of an offering: its name, or `CONFIGURATION/COMPONENT`, two names of up to 200 characters."""

WeekNumber = Annotated[int, Field(ge=1, le=60)]


class MeetingFields(Dto):
    """A weekly slot: ISO weekdays (1 is Monday), local times, optional week numbers of the term and dates."""

    weekdays: Annotated[frozenset[Weekday], Field(min_length=1, examples=[[1, 3]]), IN_ORDER]
    starts_at: LocalTime
    ends_at: LocalTime
    weeks: Annotated[frozenset[WeekNumber], IN_ORDER] | None = None
    first_date: Day | None = None
    last_date: Day | None = None
    room: ReferenceText | None = None


class SectionFields(Dto):
    """What is given to create or replace a section.

    `component` names a component of the offering, `LEC`, or `1/LEC` with its configuration where the name alone is
    ambiguous. `capacity` is the number of seats, null for no limit. `parent` is a section that must be taken too.
    """

    offering: ReferenceText
    component: ComponentPath
    code: Code
    capacity: Annotated[int, Field(ge=0, le=MAXIMUM_CAPACITY)] | None
    status: SectionStatus = SectionStatus.OPEN
    parent: ReferenceText | None = None
    meetings: Annotated[tuple[MeetingFields, ...], Field(max_length=30)] = ()
    instructors: Annotated[tuple[ReferenceText, ...], Field(max_length=30)] = ()


class SectionView(SectionFields):
    """A section as stored, with its seats; references are ids, `component` is `CONFIGURATION/COMPONENT`.

    `seats_taken` counts the enrollments that sit in the section; `seats_free` is null without limit.
    """

    id: UUID
    term: ReferenceText
    term_code: Code
    course_code: Code
    seats_taken: int
    seats_free: int | None
    version: int


async def assemble_section(identifier: UUID, fields: SectionFields, before: Section | None, work: Work) -> Section:
    """Make the section that `fields` describe. Raises `UnknownReference`, `InvalidField`, `InvalidValue`."""
    offering_id = OfferingId(await resolve(work, CourseOffering, "offering", fields.offering))
    stored = await work.records(CourseOffering).get(offering_id)
    if stored is None:
        field, reason = "offering", "has just been deleted"
        raise InvalidField(field, reason)
    offering = stored.entity
    if before is not None and before.offering_id != offering.id:
        field, reason = "offering", "a section stays in its offering"
        raise InvalidField(field, reason)
    parent_id = await resolve_optional(work, Section, "parent", fields.parent)
    if parent_id is not None:
        await _check_parent(parent_id, offering, work)
    instructors = [await resolve(work, Instructor, "instructors", text) for text in fields.instructors]
    return Section(
        id=SectionId(identifier),
        term_id=offering.term_id,
        offering_id=offering.id,
        component_id=_component(fields.component, offering).id,
        code=fields.code,
        capacity=fields.capacity,
        status=fields.status,
        parent_id=None if parent_id is None else SectionId(parent_id),
        meetings=tuple([await _meeting(given, work) for given in fields.meetings]),
        instructor_ids=tuple(dict.fromkeys(InstructorId(instructor) for instructor in instructors)),
    )


def _component(name: str, offering: CourseOffering) -> Component:
    named = [
        component
        for configuration in offering.configurations
        for component in configuration.components
        if name in (component.name, f"{configuration.name}/{component.name}")
    ]
    if len(named) != 1:
        field = "component"
        known = ", ".join(f"{conf.name}/{part.name}" for conf in offering.configurations for part in conf.components)
        raise InvalidField(field, f"must name one component of the offering: {known}")
    return named[0]


async def _check_parent(parent_id: UUID, offering: CourseOffering, work: Work) -> None:
    parent = await work.records(Section).get(parent_id)
    if parent is None or parent.entity.offering_id != offering.id:
        field, reason = "parent", "must be a section of the same offering"
        raise InvalidField(field, reason)


async def _meeting(given: MeetingFields, work: Work) -> Meeting:
    room = await resolve_optional(work, Room, "room", given.room)
    return Meeting(
        weekdays=given.weekdays,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        weeks=given.weeks,
        first_date=given.first_date,
        last_date=given.last_date,
        room_id=None if room is None else RoomId(room),
    )


SECTIONS = RecordKind(
    name="section",
    entity=Section,
    fields=SectionFields,
    view=SectionView,
    listing=Listing(
        sorts=("code",),
        filters=("code", "term", "offering", "status", "course_code"),
        searches=("code", "course_code"),
    ),
    assemble=assemble_section,
    readers=EVERYONE,
)
