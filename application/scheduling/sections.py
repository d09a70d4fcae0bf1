"""Sections as callers give and see them. Their changes pass the registration desk, since they may move seats."""

from datetime import time
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from application.people.cohorts import CohortFields, CohortView, assemble_cohort
from application.shared.access_table import Right
from application.shared.caller import Caller
from application.shared.dto import IN_ORDER, Code, Day, Dto, Moment, Name, ReferenceText
from application.shared.errors import InvalidField
from application.shared.paging import Listing
from application.shared.records import RecordKind, Views, Work, resolve, resolve_optional
from domain.people.instructor import Instructor
from domain.scheduling.calendar import Meeting, Weekday
from domain.scheduling.offering import Component, CourseOffering
from domain.scheduling.room import Room
from domain.scheduling.section import ReservedSeats, Section, SectionStatus
from domain.scheduling.term import Session, Term
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
    """A weekly slot: ISO weekdays (1 is Monday), local times, optional week numbers of the term and dates.

    Dates that are not given are the first and last day of the offering's session, if it has one.
    """

    weekdays: Annotated[frozenset[Weekday], Field(min_length=1, examples=[[1, 3]]), IN_ORDER]
    starts_at: LocalTime
    ends_at: LocalTime
    weeks: Annotated[frozenset[WeekNumber], IN_ORDER] | None = None
    first_date: Day | None = None
    last_date: Day | None = None
    room: ReferenceText | None = None


class ReservedSeatsFields(Dto):
    """Seats that are kept for a cohort until `released_at`, null for good; `name` is unique in the section."""

    name: Name
    cohort: CohortFields
    seats: Annotated[int, Field(ge=0, le=MAXIMUM_CAPACITY)]
    released_at: Moment | None = None


class ReservedSeatsView(ReservedSeatsFields):
    """Reserved seats as they are shown."""

    cohort: CohortView


class SectionFields(Dto):
    """What is given to create or replace a section.

    `component` names a component of the offering, `LEC`, or `1/LEC` with its configuration where the name alone is
    ambiguous. `capacity` is the number of seats, null for no limit. `parent` is a section that must be taken too.
    `waitlist_capacity` is how many may wait for a seat. `reserved` seats are part of the capacity; whoever belongs to
    several cohorts counts against the first that has a seat left. Cancelling a section frees everyone in it.
    """

    offering: ReferenceText
    component: ComponentPath
    code: Code
    capacity: Annotated[int, Field(ge=0, le=MAXIMUM_CAPACITY)] | None
    status: SectionStatus = SectionStatus.OPEN
    parent: ReferenceText | None = None
    meetings: Annotated[tuple[MeetingFields, ...], Field(max_length=30)] = ()
    instructors: Annotated[tuple[ReferenceText, ...], Field(max_length=30)] = ()
    waitlist_capacity: Annotated[int, Field(ge=0, le=MAXIMUM_CAPACITY)] = 0
    reserved: Annotated[tuple[ReservedSeatsFields, ...], Field(max_length=50)] = ()


class SectionView(SectionFields):
    """A section as stored, with its seats; references are ids, `component` is `CONFIGURATION/COMPONENT`.

    `seats_taken` counts the enrollments that sit in the section; `seats_free` is null without limit. Only who keeps the
    records or teaches the section sees which students seats are reserved for; others see how many.
    """

    reserved: Annotated[tuple[ReservedSeatsView, ...], Field(max_length=50)] = ()

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
    session = await _session_of(offering, work)
    return Section(
        id=SectionId(identifier),
        term_id=offering.term_id,
        offering_id=offering.id,
        component_id=_component(fields.component, offering).id,
        code=fields.code,
        capacity=fields.capacity,
        status=fields.status,
        parent_id=None if parent_id is None else SectionId(parent_id),
        meetings=tuple([await _meeting(given, session, work) for given in fields.meetings]),
        instructor_ids=tuple(dict.fromkeys(InstructorId(instructor) for instructor in instructors)),
        waitlist_capacity=fields.waitlist_capacity,
        reserved=tuple([await _reserved(given, work) for given in fields.reserved]),
    )


async def _session_of(offering: CourseOffering, work: Work) -> Session | None:
    """The session in which the offering is taught, None for the whole term."""
    if offering.session is None:
        return None
    term = await work.records(Term).get(offering.term_id)
    return None if term is None else term.entity.session(offering.session)


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


async def _reserved(given: ReservedSeatsFields, work: Work) -> ReservedSeats:
    return ReservedSeats(given.name, await assemble_cohort(given.cohort, work), given.seats, given.released_at)


async def _meeting(given: MeetingFields, session: Session | None, work: Work) -> Meeting:
    room = await resolve_optional(work, Room, "room", given.room)
    return Meeting(
        weekdays=given.weekdays,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        weeks=given.weeks,
        first_date=given.first_date if session is None else given.first_date or session.starts_on,
        last_date=given.last_date if session is None else given.last_date or session.ends_on,
        room_id=None if room is None else RoomId(room),
    )


async def _related(caller: Caller, view: SectionView, _views: Views) -> frozenset[Right]:
    is_taught = caller.instructor_id is not None and str(caller.instructor_id) in view.instructors
    return frozenset({Right.OWN_SECTION}) if is_taught else frozenset()


def _in_part(view: SectionView) -> SectionView:
    reserved = tuple(kept.model_copy(update={"cohort": kept.cohort.counted()}) for kept in view.reserved)
    return view.model_copy(update={"reserved": reserved})


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
    related=_related,
    in_part=_in_part,
)
