"""Entities as the views that callers see."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any
from uuid import UUID

from application.registration.dto import EnrollmentView
from application.scheduling.offerings import OfferingView
from application.scheduling.sections import MeetingFields, SectionView
from application.shared.dto import Dto
from application.shared.records import Entity, Stored
from domain.catalog.course import Course
from domain.people.student import Student
from domain.registration.enrollment import Enrollment
from domain.scheduling.calendar import Meeting
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import ComponentId
from infrastructure.persistence.memory.tables import Tables

View = Callable[[Tables, Any], dict[str, Any]]


def view_of(tables: Tables, view: type[Dto], stored: Stored[Any]) -> Dto:
    """The view of a stored entity."""
    special = _SPECIAL.get(view)
    content = _flat(stored.entity, view) if special is None else special(tables, stored.entity)
    version = {"version": stored.version} if "version" in view.model_fields else {}
    return view.model_validate({**content, **version})


def component_name(offering: CourseOffering, component_id: ComponentId) -> str:
    """A component as `CONFIGURATION/COMPONENT`."""
    configuration, component = offering.configuration_of(component_id), offering.component(component_id)
    return f"{configuration.name if configuration else ''}/{component.name if component else ''}"


def meeting_fields(meeting: Meeting) -> MeetingFields:
    """A meeting as callers see it."""
    return MeetingFields(
        weekdays=meeting.weekdays,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        weeks=meeting.weeks,
        first_date=meeting.first_date,
        last_date=meeting.last_date,
        room=None if meeting.room_id is None else str(meeting.room_id),
    )


def _flat(entity: Entity, view: type[Dto]) -> dict[str, Any]:
    """The entity's fields by the view's names: references lose their `_id` and become text."""
    content: dict[str, Any] = {}
    for name in view.model_fields:
        if hasattr(entity, name):
            content[name] = getattr(entity, name)
        elif f"{name}_id" in {field.name for field in fields(entity)}:  # type: ignore[arg-type]  # entities are dataclasses
            identifier: UUID | None = getattr(entity, f"{name}_id")
            content[name] = None if identifier is None else str(identifier)
    return content


def _offering(_tables: Tables, offering: CourseOffering) -> dict[str, Any]:
    return {
        "id": offering.id,
        "term": str(offering.term_id),
        "course": str(offering.course_id),
        "code": offering.code,
        "configurations": [
            {
                "id": configuration.id,
                "name": configuration.name,
                "components": [
                    {"id": component.id, "name": component.name, "kind": component.kind}
                    for component in configuration.components
                ],
            }
            for configuration in offering.configurations
        ],
    }


def _section(tables: Tables, section: Section) -> dict[str, Any]:
    offering = tables.entity(CourseOffering, section.offering_id)
    taken = len(tables.sits_in(section.id))
    return {
        "id": section.id,
        "term": str(section.term_id),
        "term_code": tables.entity(Term, section.term_id).code,
        "offering": str(section.offering_id),
        "course_code": tables.entity(Course, offering.course_id).code,
        "component": component_name(offering, section.component_id),
        "code": section.code,
        "capacity": section.capacity,
        "status": section.status,
        "parent": None if section.parent_id is None else str(section.parent_id),
        "meetings": [meeting_fields(meeting) for meeting in section.meetings],
        "instructors": [str(instructor) for instructor in section.instructor_ids],
        "seats_taken": taken,
        "seats_free": None if section.capacity is None else max(0, section.capacity - taken),
    }


def _enrollment(tables: Tables, enrollment: Enrollment) -> dict[str, Any]:
    return {
        "id": enrollment.id,
        "student": enrollment.student_id,
        "student_code": tables.entity(Student, enrollment.student_id).code,
        "term": enrollment.term_id,
        "term_code": tables.entity(Term, enrollment.term_id).code,
        "offering": enrollment.offering_id,
        "course": enrollment.course_id,
        "course_code": tables.entity(Course, enrollment.course_id).code,
        "status": enrollment.status,
        "credits": enrollment.credits,
        "sections": sorted(tables.entity(Section, seat.section_id).code for seat in enrollment.seats),
        "number": enrollment.number,
        "enrolled_at": enrollment.enrolled_at,
        "dropped_at": enrollment.dropped_at,
    }


_SPECIAL: dict[type[Dto], View] = {OfferingView: _offering, SectionView: _section, EnrollmentView: _enrollment}
