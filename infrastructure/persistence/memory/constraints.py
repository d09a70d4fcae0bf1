"""What the database's foreign keys promise, kept by looking: references exist, and nothing referenced goes."""

from uuid import UUID

from application.shared.errors import StillReferenced, UnknownReference
from application.shared.records import Entity
from domain.people.student import Student
from domain.registration.enrollment import Enrollment, EnrollmentStatus
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from infrastructure.persistence.memory.kinds import KINDS, kind_of
from infrastructure.persistence.memory.tables import Tables

ENROLLMENTS = "enrollments"


def require_references(tables: Tables, entity: Entity) -> None:
    """Raise `UnknownReference` unless everything that `entity` refers to exists and fits."""
    for field, target, identifier in kind_of(type(entity)).pointers(entity):
        if identifier is not None and identifier not in tables.records(target):
            raise UnknownReference(field, str(identifier))
    if isinstance(entity, Section):
        _require_family(tables, entity)
    if isinstance(entity, CourseOffering) and not _session_is_there(tables, entity):
        field = "session"
        raise UnknownReference(field, str(entity.session))


def _session_is_there(tables: Tables, offering: CourseOffering) -> bool:
    """Whether the offering is taught in the whole term, or in a session that the term has."""
    return offering.session is None or tables.entity(Term, offering.term_id).session(offering.session) is not None


def _require_family(tables: Tables, section: Section) -> None:
    """A section belongs to its offering's term, to one of its components, and to the offering of its parent."""
    offering = tables.entity(CourseOffering, section.offering_id)
    if offering.term_id != section.term_id:
        field = "offering"
        raise UnknownReference(field, str(section.offering_id))
    if offering.component(section.component_id) is None:
        field = "component"
        raise UnknownReference(field, str(section.component_id))
    if section.parent_id is not None:
        parent = tables.entity(Section, section.parent_id)
        if parent.offering_id != section.offering_id:
            field = "parent"
            raise UnknownReference(field, str(section.parent_id))


def require_unreferenced(tables: Tables, entity: type[Entity], identifier: UUID) -> None:
    """Raise `StillReferenced` if a record or an enrollment points to the entity with that id."""
    name = kind_of(entity).name
    for kind in KINDS.values():
        for stored in tables.records(kind.entity).values():
            if any(pointed == identifier for _, _, pointed in kind.pointers(stored.entity)):
                raise StillReferenced(name, kind.table)
    if entity in (Student, CourseOffering, Section) and any(
        identifier in (enrollment.student_id, enrollment.offering_id, *_sections_of(enrollment))
        for enrollment in tables.enrollments.values()
    ):
        raise StillReferenced(name, ENROLLMENTS)


def _sections_of(enrollment: Enrollment) -> tuple[UUID, ...]:
    return tuple(seat.section_id for seat in enrollment.seats)


def require_dependents_fit(tables: Tables, entity: Entity) -> None:
    """Raise `StillReferenced` if offerings, sections or enrollments no longer fit an entity that has just changed."""
    if isinstance(entity, Term):
        offerings = (stored.entity for stored in tables.records(CourseOffering).values())
        if not all(_session_is_there(tables, offering) for offering in offerings if offering.term_id == entity.id):
            raise StillReferenced(kind_of(Term).name, kind_of(CourseOffering).table)
    if isinstance(entity, CourseOffering | Section):
        _require_sections_fit(tables, entity)
        for enrollment in tables.enrollments.values():
            if not _fits(enrollment, entity):
                raise StillReferenced(kind_of(type(entity)).name, ENROLLMENTS)


def _require_sections_fit(tables: Tables, entity: CourseOffering | Section) -> None:
    for stored in tables.records(Section).values():
        if entity.id in (stored.entity.offering_id, stored.entity.parent_id):
            try:
                _require_family(tables, stored.entity)
            except UnknownReference as error:
                kind = kind_of(type(entity))
                raise StillReferenced(kind.name, "sections") from error


def _fits(enrollment: Enrollment, entity: CourseOffering | Section) -> bool:
    """Whether the enrollment fits the offering or section, if it goes through it."""
    if isinstance(entity, CourseOffering):
        known = enrollment.term_id == entity.term_id and enrollment.course_id in entity.course_ids
        return known or enrollment.offering_id != entity.id
    return all(
        seat.component_id == entity.component_id
        and (seat.seat_no is not None or entity.is_unlimited or enrollment.status is EnrollmentStatus.DROPPED)
        for seat in enrollment.seats
        if seat.section_id == entity.id
    )
