"""Mappers of rooms, offerings and sections."""

from domain.catalog.requisite import ConsentBy
from domain.scheduling.calendar import Meeting, Weekday
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.room import Room
from domain.scheduling.section import ReservedSeats, Section, SectionStatus
from domain.shared.identifiers import (
    ComponentId,
    ConfigurationId,
    CourseId,
    InstitutionId,
    InstructorId,
    OfferingId,
    ProgramId,
    RoomId,
    SectionId,
    TermId,
)
from infrastructure.persistence.postgres.mapping.cohorts import cohort_of
from infrastructure.persistence.postgres.mapping.mapper import Mapper, Values
from infrastructure.persistence.postgres.rows.scheduling import (
    MeetingRow,
    OfferingRow,
    RoomRow,
    SectionRow,
)


def _room_values(institution: InstitutionId, room: Room) -> Values:
    return {
        "institution_id": institution,
        "id": room.id,
        "code": room.code,
        "name": room.name,
        "capacity": room.capacity,
        "version": 1,
    }


def _room(row: RoomRow) -> Room:
    return Room(RoomId(row.id), row.code, row.name, row.capacity)


def _offering_values(institution: InstitutionId, offering: CourseOffering) -> Values:
    return {
        "institution_id": institution,
        "id": offering.id,
        "term_id": offering.term_id,
        "course_id": offering.course_id,
        "code": offering.code,
        "session": offering.session,
        "class_levels": sorted(offering.class_levels),
        "consent": None if offering.consent is None else offering.consent.value,
        "version": 1,
        "courses": [
            {"institution_id": institution, "offering_id": offering.id, "course_id": course, "position": position}
            for position, course in enumerate(offering.course_ids)
        ],
        "programs": [
            {"institution_id": institution, "offering_id": offering.id, "program_id": program}
            for program in offering.program_ids
        ],
        "configurations": [
            {
                "institution_id": institution,
                "id": configuration.id,
                "offering_id": offering.id,
                "position": position,
                "name": configuration.name,
                "components": [
                    {
                        "institution_id": institution,
                        "id": component.id,
                        "configuration_id": configuration.id,
                        "offering_id": offering.id,
                        "position": place,
                        "name": component.name,
                        "kind": component.kind.value,
                    }
                    for place, component in enumerate(configuration.components)
                ],
            }
            for position, configuration in enumerate(offering.configurations)
        ],
    }


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
        cross_listed=tuple(
            CourseId(listed.course_id)
            for listed in sorted(row.courses, key=lambda listed: listed.position)
            if listed.course_id != row.course_id
        ),
        session=row.session,
        class_levels=frozenset(row.class_levels),
        program_ids=frozenset(ProgramId(restricted.program_id) for restricted in row.programs),
        consent=None if row.consent is None else ConsentBy(row.consent),
    )


def _section_values(institution: InstitutionId, section: Section) -> Values:
    return {
        "institution_id": institution,
        "id": section.id,
        "term_id": section.term_id,
        "offering_id": section.offering_id,
        "component_id": section.component_id,
        "code": section.code,
        "capacity": section.capacity,
        "unlimited": section.is_unlimited,
        "status": section.status.value,
        "parent_id": section.parent_id,
        "waitlist_capacity": section.waitlist_capacity,
        "version": 1,
        "meetings": [
            {
                "institution_id": institution,
                "section_id": section.id,
                "position": position,
                "weekdays": sorted(int(day) for day in meeting.weekdays),
                "starts_at": meeting.starts_at,
                "ends_at": meeting.ends_at,
                "weeks": None if meeting.weeks is None else sorted(meeting.weeks),
                "first_date": meeting.first_date,
                "last_date": meeting.last_date,
                "room_id": meeting.room_id,
            }
            for position, meeting in enumerate(section.meetings)
        ],
        "instructors": [
            {"institution_id": institution, "section_id": section.id, "instructor_id": instructor, "position": position}
            for position, instructor in enumerate(section.instructor_ids)
        ],
        "reserved": [
            _reserved_values(institution, section.id, position, reserved)
            for position, reserved in enumerate(section.reserved)
        ],
    }


def _reserved_values(institution: InstitutionId, section: SectionId, position: int, reserved: ReservedSeats) -> Values:
    return {
        "institution_id": institution,
        "section_id": section,
        "name": reserved.name,
        "position": position,
        "seats": reserved.seats,
        "class_levels": sorted(reserved.cohort.class_levels),
        "released_at": reserved.released_at,
        "students": [
            {"institution_id": institution, "section_id": section, "name": reserved.name, "student_id": student}
            for student in reserved.cohort.students
        ],
        "programs": [
            {"institution_id": institution, "section_id": section, "name": reserved.name, "program_id": program}
            for program in reserved.cohort.programs
        ],
    }


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
        waitlist_capacity=row.waitlist_capacity,
        reserved=tuple(
            ReservedSeats(
                name=kept.name,
                cohort=cohort_of(kept.students, kept.programs, kept.class_levels),
                seats=kept.seats,
                released_at=kept.released_at,
            )
            for kept in sorted(row.reserved, key=lambda row: row.position)
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


# Each section with a capacity has its seats, and the hints where the free ones are.
_PLACE_SEATS = """
    INSERT INTO seats (institution_id, section_id, seat_no)
    SELECT new.institution_id, new.id, seat_no FROM new, generate_series(1, new.capacity) AS seat_no
"""
_PLACE_SEATING = """
    INSERT INTO section_seating (institution_id, section_id, next_seat, last_seat, seats)
    SELECT institution_id, id, 1, capacity, capacity FROM new WHERE capacity IS NOT NULL
"""

ROOM = Mapper("room", Room, RoomRow, _room_values, _room, RoomRow.code)
OFFERING = Mapper(
    "offering", CourseOffering, OfferingRow, _offering_values, offering_of, OfferingRow.code, OfferingRow.term_id
)
SECTION = Mapper(
    "section",
    Section,
    SectionRow,
    _section_values,
    section_of,
    SectionRow.code,
    SectionRow.term_id,
    (_PLACE_SEATS, _PLACE_SEATING),
)
