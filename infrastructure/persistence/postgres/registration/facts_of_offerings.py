"""Courses, offerings and sections from the document of `registration_statics`, and their seats."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson

from domain.catalog.course import Course
from domain.catalog.grading import GradingBasis
from domain.catalog.requisite import ConsentBy, Requisite
from domain.people.cohort import Cohort
from domain.registration.facts import OfferingFacts
from domain.registration.seating import Seating
from domain.scheduling.calendar import Meeting, Weekday
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.section import ReservedSeats, Section, SectionStatus
from domain.shared.identifiers import (
    ComponentId,
    ConfigurationId,
    CourseId,
    DepartmentId,
    OfferingId,
    ProgramId,
    RoomId,
    SectionId,
    StudentId,
    TermId,
)
from infrastructure.persistence.postgres.mapping.requisites import requisite_of
from infrastructure.persistence.postgres.registration.ids import id_of, known_ids

Json = Any
"""A value of the document; its shape is what the SQL function builds."""


def courses_of(rows: Json) -> dict[CourseId, Course]:
    """The courses of the offerings, by id."""
    return {course.id: course for course in (_course(row) for row in rows or ())}


def _course(row: Json) -> Course:
    (
        identifier,
        subject,
        number,
        title,
        description,
        credit,
        department,
        prerequisite,
        corequisite,
        exclusion,
        grading_bases,
        attempts_maximum,
        repeatable,
    ) = row
    return Course(
        id=CourseId(id_of(identifier)),
        subject=subject,
        number=number,
        title=title,
        description=description,
        credits=Decimal(credit),
        department_id=None if department is None else DepartmentId(id_of(department)),
        prerequisite=_requisite(prerequisite),
        corequisite=_requisite(corequisite),
        exclusion=_requisite(exclusion),
        grading_bases=frozenset(GradingBasis(basis) for basis in grading_bases),
        attempts_maximum=attempts_maximum,
        repeatable=repeatable,
    )


def _requisite(document: Json) -> Requisite | None:
    return None if document is None else requisite_of(document)


def offerings_of(
    rows: Json, term: TermId, courses: Mapping[CourseId, Course], sections: Mapping[SectionId, Section]
) -> dict[OfferingId, OfferingFacts]:
    """The offerings with their courses and, of the sections that were loaded, those that are theirs."""
    own: dict[OfferingId, list[Section]] = {}
    for section in sections.values():
        own.setdefault(section.offering_id, []).append(section)
    found = {}
    for offering in (_offering(row, term) for row in rows or ()):
        listed = tuple(courses[course] for course in offering.course_ids)
        ordered = tuple(sorted(own.get(offering.id, ()), key=lambda section: section.code))
        found[offering.id] = OfferingFacts(offering, listed, ordered)
    return found


def _offering(row: Json, term: TermId) -> CourseOffering:
    identifier, code, session, class_levels, consent, courses, programs, configurations = row
    main, *cross_listed = (CourseId(id_of(course)) for course in courses)
    return CourseOffering(
        id=OfferingId(id_of(identifier)),
        term_id=term,
        course_id=main,
        code=code,
        configurations=tuple(
            Configuration(
                ConfigurationId(id_of(configuration)),
                name,
                tuple(Component(ComponentId(id_of(part)), label, ComponentKind(kind)) for part, label, kind in parts),
            )
            for configuration, name, parts in configurations
        ),
        cross_listed=tuple(cross_listed),
        session=session,
        class_levels=frozenset(class_levels),
        program_ids=frozenset(ProgramId(id_of(program)) for program in programs),
        consent=None if consent is None else ConsentBy(consent),
    )


def sections_of(rows: Json, term: TermId) -> dict[SectionId, Section]:
    """The sections, by id."""
    return {section.id: section for section in (_section(row, term) for row in rows or ())}


def _section(row: Json, term: TermId) -> Section:
    identifier, offering, component, code, capacity, status, parent, waitlist_capacity, meetings, reserved = row
    return Section(
        id=SectionId(id_of(identifier)),
        term_id=term,
        offering_id=OfferingId(id_of(offering)),
        component_id=ComponentId(id_of(component)),
        code=code,
        capacity=capacity,
        status=SectionStatus(status),
        parent_id=None if parent is None else SectionId(id_of(parent)),
        meetings=tuple(_meeting(meeting) for meeting in meetings or ()),
        waitlist_capacity=waitlist_capacity,
        reserved=tuple(_reserved(pool) for pool in reserved or ()),
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
        room_id=None if room is None else RoomId(id_of(room)),
    )


def _reserved(row: Json) -> ReservedSeats:
    name, seats, released_at, class_levels, programs, students = row
    return ReservedSeats(
        name=name,
        cohort=Cohort(
            students=frozenset(StudentId(id_of(student)) for student in students),
            programs=frozenset(ProgramId(id_of(program)) for program in programs),
            class_levels=frozenset(class_levels),
        ),
        seats=seats,
        released_at=None if released_at is None else datetime.fromisoformat(released_at),
    )


def seating_of(row: Mapping[str, Any], sections: Mapping[SectionId, Section]) -> dict[SectionId, Seating]:
    """Where the free seats of the sections are, from the row of `registration_load`."""
    found: dict[SectionId, Seating] = {}
    for identifier, following, last, seats, freed, _ in _seatings(row):
        numbers = () if freed == _NO_SEATS else tuple(int(number) for number in freed[1:-1].split(","))
        found[identifier] = Seating(sections[identifier].capacity or 0, following, last, seats, numbers)
    return found


def pools_of(row: Mapping[str, Any]) -> dict[SectionId, dict[str, int]]:
    """How many seats of each reserved pool of the sections are taken."""
    stored = {known: orjson.loads(pools) for known, _, _, _, _, pools in _seatings(row) if pools != _NO_POOLS}
    taken = {known: {name: count for name, count in pools.items() if count} for known, pools in stored.items()}
    return {known: pools for known, pools in taken.items() if pools}


_NO_SEATS = _NO_POOLS = "{}"
_SEATINGS = ("next", "last", "seats", "freed", "pools")


def _seatings(row: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    if row["seating_sections"] is None:
        return ()
    columns = (row[f"seating_{name}"] for name in _SEATINGS)
    return zip(known_ids(row["seating_sections"]), *columns, strict=True)
