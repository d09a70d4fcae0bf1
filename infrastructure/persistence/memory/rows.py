"""Views as plain dicts from the memory tables: the fields of the view, references as the text of their ids."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any
from uuid import UUID

from application.registration.audit import audit_event_views
from application.registration.decisions import rejection_view
from application.registration.ports import AuditRecord
from application.shared.records import Entity
from domain.catalog.course import Course
from domain.catalog.grading import GradingScheme
from domain.catalog.requisite import Requisite
from domain.catalog.requisite_grammar import print_requisite
from domain.people.cohort import Cohort
from domain.people.student import Student
from domain.registration.attempt import CourseAttempt
from domain.registration.enrollment import Enrollment, EnrollmentStatus
from domain.registration.waitlist import EntryStatus, WaitlistEntry
from domain.scheduling.calendar import Meeting
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Session, Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import EnrollmentId, WaitlistEntryId
from infrastructure.persistence.memory.tables import Stay, Tables

Row = dict[str, Any]
"""The fields of a view by name."""


def view_rows(tables: Tables, entity: type[Entity]) -> Iterable[Row]:
    """The rows of a whole collection."""
    if entity is Enrollment:
        return (enrollment_row(tables, enrollment) for enrollment in tables.enrollments.values())
    if entity is WaitlistEntry:
        return (_entry_row(tables, entry) for entry in tables.entries.values())
    if entity is AuditRecord:
        return (_audit_row(record) for record in tables.audit.values())
    return (_record_row(tables, stored.entity, stored.version) for stored in tables.records(entity).values())


def view_row(tables: Tables, entity: type[Entity], identifier: UUID) -> Row | None:
    """The row of one record, or None."""
    if entity is Enrollment:
        enrollment = tables.enrollments.get(EnrollmentId(identifier))
        return None if enrollment is None else enrollment_row(tables, enrollment)
    if entity is WaitlistEntry:
        entry = tables.entries.get(WaitlistEntryId(identifier))
        return None if entry is None else _entry_row(tables, entry)
    if entity is AuditRecord:
        record = tables.audit.get(identifier)
        return None if record is None else _audit_row(record)
    stored = tables.records(entity).get(identifier)
    return None if stored is None else _record_row(tables, stored.entity, stored.version)


def _record_row(tables: Tables, entity: Entity, version: int) -> Row:
    special = _SPECIAL.get(type(entity))
    row = _flat(entity) if special is None else special(tables, entity)
    return {**row, "version": version}


def _flat(entity: Any) -> Row:  # noqa: ANN401 - any of the dataclasses of the domain
    return {
        field.name.removesuffix("_id"): _as_text(getattr(entity, field.name), field.name)
        for field in fields(entity)
        if field.init
    }


def _as_text(value: object, name: str) -> object:
    return str(value) if isinstance(value, UUID) and name != "id" else value


def _course(_tables: Tables, course: Course) -> Row:
    return {
        **_flat(course),
        "code": course.code,
        "prerequisite": _printed(course.prerequisite),
        "corequisite": _printed(course.corequisite),
        "exclusion": _printed(course.exclusion),
    }


def _printed(requisite: Requisite | None) -> str | None:
    return None if requisite is None else print_requisite(requisite)


def _grading_scheme(_tables: Tables, scheme: GradingScheme) -> Row:
    scale = None if scheme.scale is None else _flat(scheme.scale)
    return {**_flat(scheme), "grades": [_flat(grade) for grade in scheme.grades], "scale": scale}


def _attempt(tables: Tables, attempt: CourseAttempt) -> Row:
    return {
        **_flat(attempt),
        "student_code": tables.entity(Student, attempt.student_id).code,
        "course_code": tables.entity(Course, attempt.course_id).code,
    }


def _student(_tables: Tables, student: Student) -> Row:
    row = {
        **_flat(student),
        "test_scores": [_flat(score) for score in student.test_scores],
        "advisors": [str(advisor) for advisor in student.advisor_ids],
    }
    del row["advisor_ids"]
    return row


def _term(_tables: Tables, term: Term) -> Row:
    limits = sorted(term.credit_limits.items())
    return {
        **_flat(term),
        "credit_limits": [
            {"class_level": level, "credit_maximum": limit.maximum, "credit_minimum": limit.minimum}
            for level, limit in limits
        ],
        "sessions": [_session(session) for session in term.sessions],
    }


def _session(session: Session) -> Row:
    return {
        "code": session.code,
        "name": session.name,
        "starts_on": session.starts_on,
        "ends_on": session.ends_on,
        "add_deadline": session.deadlines.add,
        "drop_deadline": session.deadlines.drop,
        "withdrawal_deadline": session.deadlines.withdrawal,
    }


def _time_ticket(_tables: Tables, ticket: TimeTicket) -> Row:
    return {**_flat(ticket), "cohort": _cohort(ticket.cohort)}


def _cohort(cohort: Cohort) -> Row:
    return {
        "students": [str(student) for student in cohort.students],
        "programs": [str(program) for program in cohort.programs],
        "class_levels": cohort.class_levels,
    }


def _offering(_tables: Tables, offering: CourseOffering) -> Row:
    configurations = [
        {"id": conf.id, "name": conf.name, "components": [_flat(component) for component in conf.components]}
        for conf in offering.configurations
    ]
    row = {
        **_flat(offering),
        "configurations": configurations,
        "cross_listed": [str(course) for course in offering.cross_listed],
        "programs": [str(program) for program in offering.program_ids],
    }
    del row["program_ids"]
    return row


def _section(tables: Tables, section: Section) -> Row:
    offering = tables.entity(CourseOffering, section.offering_id)
    taken = len(tables.sits_in(section.id))
    above = sum(1 for permission in tables.seats.get(section.id, {}).values() if permission is not None)
    return {
        "id": section.id,
        "term": str(section.term_id),
        "term_code": tables.entity(Term, section.term_id).code,
        "offering": str(section.offering_id),
        "course_code": tables.entity(Course, offering.course_id).code,
        "component": component_name(offering, section),
        "code": section.code,
        "capacity": section.capacity,
        "status": section.status,
        "parent": None if section.parent_id is None else str(section.parent_id),
        "meetings": [meeting_row(meeting) for meeting in section.meetings],
        "instructors": [str(instructor) for instructor in section.instructor_ids],
        "waitlist_capacity": section.waitlist_capacity,
        "reserved": [{**_flat(reserved), "cohort": _cohort(reserved.cohort)} for reserved in section.reserved],
        "seats_taken": taken,
        "seats_free": None if section.capacity is None else max(0, section.capacity - taken + above),
    }


def component_name(offering: CourseOffering, section: Section) -> str:
    """The component of a section as views show it: `CONFIGURATION/COMPONENT`."""
    names = {
        component.id: f"{configuration.name}/{component.name}"
        for configuration in offering.configurations
        for component in configuration.components
    }
    return names[section.component_id]


def meeting_row(meeting: Meeting) -> Row:
    """A meeting as views show it."""
    return _flat(meeting)


def enrollment_row(tables: Tables, enrollment: Enrollment) -> Row:
    """An enrollment as its view shows it."""
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
        "mark": "W" if enrollment.status is EnrollmentStatus.WITHDRAWN else None,
        "grading_basis": enrollment.grading_basis,
        "credits": enrollment.credits,
        "sections": sorted(tables.entity(Section, stay.section_id).code for stay in last_stays(tables, enrollment)),
        "number": enrollment.number,
        "enrolled_at": enrollment.enrolled_at,
        "ended_at": enrollment.ended_at,
    }


def last_stays(tables: Tables, enrollment: Enrollment) -> tuple[Stay, ...]:
    """The stays of an enrollment that last, or that lasted until its end."""
    return tuple(stay for stay in tables.stays[enrollment.id] if stay.until_at == enrollment.ended_at)


def _entry_row(tables: Tables, entry: WaitlistEntry) -> Row:
    """A waitlist entry as its view shows it."""
    return {
        "id": entry.id,
        "student": entry.student_id,
        "student_code": tables.entity(Student, entry.student_id).code,
        "term": entry.term_id,
        "term_code": tables.entity(Term, entry.term_id).code,
        "offering": entry.offering_id,
        "course": entry.course_id,
        "course_code": tables.entity(Course, entry.course_id).code,
        "sections": sorted(tables.entity(Section, section).code for section in entry.section_ids),
        "status": entry.status,
        "position": _position(tables, entry) if entry.status is EntryStatus.WAITING else None,
        "priority": entry.priority,
        "number": entry.number,
        "grading_basis": entry.grading_basis,
        "drop_if_enrolled": entry.drop_if_enrolled,
        "enrollment": entry.enrollment_id if entry.status is EntryStatus.PROMOTED else None,
        "skipped": [rejection_view(rejection) for rejection in entry.skipped],
        "joined_at": entry.joined_at,
        "ended_at": entry.ended_at,
    }


def _position(tables: Tables, entry: WaitlistEntry) -> int:
    """The place of an entry among those who wait for one of its sections, from 1."""
    waiting = (other for other in tables.entries.values() if other.status is EntryStatus.WAITING)
    sections = set(entry.section_ids)
    return sum(1 for other in waiting if other.rank <= entry.rank and sections & set(other.section_ids))


def _audit_row(record: AuditRecord) -> Row:
    """An audit event as its view shows it."""
    (view,) = audit_event_views([record])
    return view.model_dump()


_SPECIAL: dict[type[Entity], Callable[[Tables, Any], Row]] = {
    Course: _course,
    GradingScheme: _grading_scheme,
    CourseAttempt: _attempt,
    Student: _student,
    Term: _term,
    TimeTicket: _time_ticket,
    CourseOffering: _offering,
    Section: _section,
}
