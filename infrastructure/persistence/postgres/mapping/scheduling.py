"""Mappers of scheduling."""

from collections.abc import Sequence

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.scheduling.calendar import Meeting, Weekday
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.room import Room
from domain.scheduling.section import Section, SectionStatus
from domain.scheduling.term import Term
from domain.shared.identifiers import (
    ComponentId,
    ConfigurationId,
    CourseId,
    InstitutionId,
    InstructorId,
    OfferingId,
    RoomId,
    SectionId,
    TermId,
)
from infrastructure.persistence.postgres.mapping.mapper import Mapper
from infrastructure.persistence.postgres.rows.registration import TermRegistrationRow
from infrastructure.persistence.postgres.rows.scheduling import (
    ComponentRow,
    ConfigurationRow,
    MeetingRow,
    OfferingRow,
    RoomRow,
    SectionInstructorRow,
    SectionRow,
    TermRow,
)


def _term_row(institution: InstitutionId, term: Term) -> TermRow:
    return TermRow(
        institution_id=institution,
        id=term.id,
        code=term.code,
        name=term.name,
        time_zone=term.time_zone,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        registration_opens_at=term.registration_opens_at,
        registration_closes_at=term.registration_closes_at,
        add_deadline=term.add_deadline,
        drop_deadline=term.drop_deadline,
        holidays=sorted(term.holidays),
        credit_maximum=term.credit_maximum,
        version=1,
    )


def term_of(row: TermRow) -> Term:
    """The term that a row holds."""
    return Term(
        id=TermId(row.id),
        code=row.code,
        name=row.name,
        time_zone=row.time_zone,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        registration_opens_at=row.registration_opens_at,
        registration_closes_at=row.registration_closes_at,
        add_deadline=row.add_deadline,
        drop_deadline=row.drop_deadline,
        holidays=frozenset(row.holidays),
        credit_maximum=row.credit_maximum,
    )


async def _open_registration(session: AsyncSession, institution: InstitutionId, terms: Sequence[Term]) -> None:
    """Give each new term its registration row, on which its decisions are ordered."""
    rows = [{"institution_id": institution, "term_id": term.id} for term in terms]
    await session.execute(insert(TermRegistrationRow), rows)


def _room_row(institution: InstitutionId, room: Room) -> RoomRow:
    return RoomRow(
        institution_id=institution,
        id=room.id,
        code=room.code,
        name=room.name,
        capacity=room.capacity,
        version=1,
    )


def _room(row: RoomRow) -> Room:
    return Room(RoomId(row.id), row.code, row.name, row.capacity)


def _offering_row(institution: InstitutionId, offering: CourseOffering) -> OfferingRow:
    return OfferingRow(
        institution_id=institution,
        id=offering.id,
        term_id=offering.term_id,
        course_id=offering.course_id,
        code=offering.code,
        version=1,
        configurations=[
            ConfigurationRow(
                institution_id=institution,
                id=configuration.id,
                offering_id=offering.id,
                position=position,
                name=configuration.name,
                components=[
                    ComponentRow(
                        institution_id=institution,
                        id=component.id,
                        configuration_id=configuration.id,
                        offering_id=offering.id,
                        position=place,
                        name=component.name,
                        kind=component.kind.value,
                    )
                    for place, component in enumerate(configuration.components)
                ],
            )
            for position, configuration in enumerate(offering.configurations)
        ],
    )


def offering_of(row: OfferingRow) -> CourseOffering:
    """The offering that a row holds."""
    return CourseOffering(
        id=OfferingId(row.id),
        term_id=TermId(row.term_id),
        course_id=CourseId(row.course_id),
        code=row.code,
        configurations=tuple(
            Configuration(
                id=ConfigurationId(configuration.id),
                name=configuration.name,
                components=tuple(
                    Component(ComponentId(component.id), component.name, ComponentKind(component.kind))
                    for component in sorted(configuration.components, key=lambda component: component.position)
                ),
            )
            for configuration in sorted(row.configurations, key=lambda configuration: configuration.position)
        ),
    )


def _section_row(institution: InstitutionId, section: Section) -> SectionRow:
    return SectionRow(
        institution_id=institution,
        id=section.id,
        term_id=section.term_id,
        offering_id=section.offering_id,
        component_id=section.component_id,
        code=section.code,
        capacity=section.capacity,
        unlimited=section.is_unlimited,
        status=section.status.value,
        parent_id=section.parent_id,
        version=1,
        meetings=[
            MeetingRow(
                institution_id=institution,
                section_id=section.id,
                position=position,
                weekdays=sorted(int(day) for day in meeting.weekdays),
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                weeks=None if meeting.weeks is None else sorted(meeting.weeks),
                first_date=meeting.first_date,
                last_date=meeting.last_date,
                room_id=meeting.room_id,
            )
            for position, meeting in enumerate(section.meetings)
        ],
        instructors=[
            SectionInstructorRow(
                institution_id=institution, section_id=section.id, instructor_id=instructor, position=position
            )
            for position, instructor in enumerate(section.instructor_ids)
        ],
    )


def section_of(row: SectionRow) -> Section:
    """The section that a row holds."""
    return Section(
        id=SectionId(row.id),
        term_id=TermId(row.term_id),
        offering_id=OfferingId(row.offering_id),
        component_id=ComponentId(row.component_id),
        code=row.code,
        capacity=row.capacity,
        status=SectionStatus(row.status),
        parent_id=None if row.parent_id is None else SectionId(row.parent_id),
        meetings=tuple(meeting_of(meeting) for meeting in sorted(row.meetings, key=lambda row: row.position)),
        instructor_ids=tuple(
            InstructorId(taught.instructor_id) for taught in sorted(row.instructors, key=lambda row: row.position)
        ),
    )


def meeting_of(row: MeetingRow) -> Meeting:
    """The meeting that a row holds."""
    return Meeting(
        weekdays=frozenset(Weekday(day) for day in row.weekdays),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        weeks=None if row.weeks is None else frozenset(row.weeks),
        first_date=row.first_date,
        last_date=row.last_date,
        room_id=None if row.room_id is None else RoomId(row.room_id),
    )


async def _place_seats(session: AsyncSession, institution: InstitutionId, sections: Sequence[Section]) -> None:
    """Give each new section with a capacity its seats, and the hints where the free ones are."""
    limited = [(section.id, section.capacity) for section in sections if section.capacity is not None]
    new = {
        "institution": institution,
        "sections": [section for section, _ in limited],
        "capacities": [capacity for _, capacity in limited],
    }
    await session.execute(text(_PLACE_SEATS), new)
    await session.execute(text(_PLACE_SEATING), new)


_NEW_SECTIONS = "unnest(CAST(:sections AS uuid[]), CAST(:capacities AS int[])) AS new (section_id, capacity)"
_PLACE_SEATS = f"""
    INSERT INTO seats (institution_id, section_id, seat_no)
    SELECT :institution, new.section_id, seat_no FROM {_NEW_SECTIONS}, generate_series(1, new.capacity) AS seat_no
"""  # noqa: S608 - constants only
_PLACE_SEATING = f"""
    INSERT INTO section_seating (institution_id, section_id, next_seat, last_seat, seats)
    SELECT :institution, new.section_id, 1, new.capacity, new.capacity FROM {_NEW_SECTIONS}
"""  # noqa: S608 - constants only

TERM = Mapper("term", Term, TermRow, _term_row, term_of, TermRow.code, added=_open_registration)
ROOM = Mapper("room", Room, RoomRow, _room_row, _room, RoomRow.code)
OFFERING = Mapper(
    "offering", CourseOffering, OfferingRow, _offering_row, offering_of, OfferingRow.code, OfferingRow.term_id
)
SECTION = Mapper(
    "section",
    Section,
    SectionRow,
    _section_row,
    section_of,
    SectionRow.code,
    SectionRow.term_id,
    _place_seats,
)
