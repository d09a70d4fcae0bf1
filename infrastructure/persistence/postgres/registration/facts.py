"""Facts from the JSON document of `registration_load`; the positions in its arrays are those of the SQL function."""

from collections.abc import Sequence, ValuesView
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.people.hold import Hold, HoldBlock
from domain.registration.commands import Add, Command, RegistrationRequest
from domain.registration.enrollment import Enrollment, SeatTaken
from domain.registration.facts import Facts, OfferingFacts, StudentFacts
from domain.registration.seating import Seating
from domain.scheduling.calendar import Meeting, Weekday
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.section import Section, SectionStatus
from domain.scheduling.term import Term
from domain.shared.identifiers import (
    ComponentId,
    ConfigurationId,
    CourseId,
    EnrollmentId,
    HoldId,
    OfferingId,
    RoomId,
    SectionId,
    StudentId,
    TermId,
)
from domain.shared.reference import Reference

Json = Any
"""A value of the document; its shape is what the SQL function builds."""


def requests_among(commands: Sequence[Command]) -> tuple[RegistrationRequest, ...]:
    """The registration requests in a list of commands."""
    return tuple(command for command in commands if isinstance(command, RegistrationRequest))


def references_to_offerings(commands: Sequence[Command]) -> frozenset[Reference]:
    """How the requests name the offerings they want to add."""
    return frozenset(
        action.offering for request in requests_among(commands) for action in request.actions if isinstance(action, Add)
    )


def references_to_sections(commands: Sequence[Command]) -> frozenset[Reference]:
    """How the requests name the sections they want."""
    return frozenset(
        reference
        for request in requests_among(commands)
        for action in request.actions
        if isinstance(action, Add)
        for reference in action.sections
    )


def facts_of(document: Json, commands: Sequence[Command]) -> Facts:
    """The facts that the document holds for deciding `commands`."""
    term = _term(document["term"])
    sections = {section.id: section for section in (_section(row, term.id) for row in document["sections"] or ())}
    offerings = {
        offering.offering.id: offering
        for offering in (_offering(row, term.id, sections.values()) for row in document["offerings"] or ())
    }
    return Facts(
        term=term,
        next_number=document["next_number"],
        students=_students(document, commands, term.id),
        offerings=offerings,
        sections=sections,
        seating={
            SectionId(UUID(row[0])): _seating(row, sections[SectionId(UUID(row[0]))])
            for row in document["seating"] or ()
        },
        offering_ids=_resolved(
            references_to_offerings(commands),
            {o.offering.id: o.offering.code for o in offerings.values()},
            term.code,
        ),
        section_ids=_resolved(references_to_sections(commands), {s.id: s.code for s in sections.values()}, term.code),
    )


def _resolved(references: frozenset[Reference], codes: dict[Any, str], term_code: str) -> dict[Reference, Any]:
    """The ids that the references name; a code without a term's code means this term's."""
    by_code = {code: identifier for identifier, code in codes.items()}
    found = {}
    for reference in references:
        if reference.id is not None and reference.id in codes:
            found[reference] = reference.id
        elif reference.code in by_code and reference.scope in (None, term_code):
            found[reference] = by_code[reference.code]
    return found


def _term(row: Json) -> Term:
    return Term(
        id=TermId(UUID(row["id"])),
        code=row["code"],
        name=row["name"],
        time_zone=row["time_zone"],
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=date.fromisoformat(row["ends_on"]),
        registration_opens_at=datetime.fromisoformat(row["registration_opens_at"]),
        registration_closes_at=datetime.fromisoformat(row["registration_closes_at"]),
        add_deadline=date.fromisoformat(row["add_deadline"]),
        drop_deadline=date.fromisoformat(row["drop_deadline"]),
        holidays=frozenset(date.fromisoformat(day) for day in row["holidays"]),
        credit_maximum=None if row["credit_maximum"] is None else Decimal(str(row["credit_maximum"])),
    )


def _students(document: Json, commands: Sequence[Command], term: TermId) -> dict[StudentId, StudentFacts]:
    holds: dict[UUID, list[Hold]] = {}
    for row in document["holds"] or ():
        hold = _hold(row)
        holds.setdefault(hold.student_id, []).append(hold)
    enrollments: dict[UUID, list[Enrollment]] = {}
    for row in document["enrollments"] or ():
        enrollment = _enrollment(row, term)
        enrollments.setdefault(enrollment.student_id, []).append(enrollment)
    return {
        request.student_id: StudentFacts(
            holds=tuple(hold for hold in holds.get(request.student_id, ()) if hold.blocks_registration()),
            enrollments=tuple(enrollments.get(request.student_id, ())),
        )
        for request in requests_among(commands)
    }


def _hold(row: Json) -> Hold:
    identifier, student, blocks, office, reason, placed_at = row
    return Hold(
        id=HoldId(UUID(identifier)),
        student_id=StudentId(UUID(student)),
        blocks=frozenset(HoldBlock(block) for block in blocks),
        office=office,
        reason=reason,
        placed_at=datetime.fromisoformat(placed_at),
    )


def _enrollment(row: Json, term: TermId) -> Enrollment:
    identifier, student, offering, course, credit, number, enrolled_at, seats = row
    return Enrollment(
        id=EnrollmentId(UUID(identifier)),
        student_id=StudentId(UUID(student)),
        term_id=term,
        offering_id=OfferingId(UUID(offering)),
        course_id=CourseId(UUID(course)),
        credits=Decimal(credit),
        seats=tuple(
            SeatTaken(SectionId(UUID(section)), ComponentId(UUID(component)), seat_no)
            for section, component, seat_no in seats or ()
        ),
        number=number,
        enrolled_at=datetime.fromisoformat(enrolled_at),
    )


def _offering(row: Json, term: TermId, sections: ValuesView[Section]) -> OfferingFacts:
    identifier, course, code, credit, configurations = row
    offering = CourseOffering(
        id=OfferingId(UUID(identifier)),
        term_id=term,
        course_id=CourseId(UUID(course)),
        code=code,
        configurations=tuple(
            Configuration(
                ConfigurationId(UUID(configuration)),
                name,
                tuple(Component(ComponentId(UUID(part)), label, ComponentKind(kind)) for part, label, kind in parts),
            )
            for configuration, name, parts in configurations
        ),
    )
    own = sorted((section for section in sections if section.offering_id == offering.id), key=lambda s: s.code)
    return OfferingFacts(offering, Decimal(credit), tuple(own))


def _section(row: Json, term: TermId) -> Section:
    identifier, offering, component, code, capacity, status, parent, meetings = row
    return Section(
        id=SectionId(UUID(identifier)),
        term_id=term,
        offering_id=OfferingId(UUID(offering)),
        component_id=ComponentId(UUID(component)),
        code=code,
        capacity=capacity,
        status=SectionStatus(status),
        parent_id=None if parent is None else SectionId(UUID(parent)),
        meetings=tuple(_meeting(meeting) for meeting in meetings or ()),
    )


def _meeting(row: Json) -> Meeting:
    weekdays, starts_at, ends_at, weeks, first_date, last_date, room = row
    return Meeting(
        weekdays=frozenset(Weekday(day) for day in weekdays),
        starts_at=time.fromisoformat(starts_at),
        ends_at=time.fromisoformat(ends_at),
        weeks=None if weeks is None else frozenset(weeks),
        first_date=None if first_date is None else date.fromisoformat(first_date),
        last_date=None if last_date is None else date.fromisoformat(last_date),
        room_id=None if room is None else RoomId(UUID(room)),
    )


def _seating(row: Json, section: Section) -> Seating:
    _, next_seat, last_seat, seats, freed = row
    return Seating(section.capacity or 0, next_seat, last_seat, seats, tuple(freed))
