"""What the database's foreign keys promise, kept by looking: references exist, and nothing referenced goes."""

from uuid import UUID

from application.shared.errors import StillReferenced, UnknownReference
from application.shared.records import Entity
from domain.people.student import Student
from domain.registration.enrollment import Enrollment
from domain.registration.permission import Permission
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from infrastructure.persistence.memory.kinds import KINDS, kind_of
from infrastructure.persistence.memory.tables import Tables

ENROLLMENTS = "enrollments"
ENTRIES = "waitlist-entries"
AUDIT = "audit-events"


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
    if isinstance(entity, Permission):
        _require_its_offering(tables, entity)


def _require_its_offering(tables: Tables, permission: Permission) -> None:
    """A permission is for an offering of its term, and a section of that offering."""
    if tables.entity(CourseOffering, permission.offering_id).term_id != permission.term_id:
        field = "offering"
        raise UnknownReference(field, str(permission.offering_id))
    section = permission.section_id
    if section is not None and tables.entity(Section, section).offering_id != permission.offering_id:
        field = "section"
        raise UnknownReference(field, str(section))


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
    """Raise `StillReferenced` if registration or a record points to the entity with that id."""
    name = kind_of(entity).name
    _require_unregistered(tables, entity, identifier)
    for kind in KINDS.values():
        for stored in tables.records(kind.entity).values():
            if any(pointed == identifier for _, _, pointed in kind.pointers(stored.entity)):
                raise StillReferenced(name, kind.table)


def _require_unregistered(tables: Tables, entity: type[Entity], identifier: UUID) -> None:
    """Raise `StillReferenced` if an enrollment, an entry, a seat or the audit log points to it."""
    name = kind_of(entity).name
    if entity in (Student, CourseOffering, Section) and any(
        identifier in (enrollment.student_id, enrollment.offering_id, *_sections_of(tables, enrollment))
        for enrollment in tables.enrollments.values()
    ):
        raise StillReferenced(name, ENROLLMENTS)
    if entity in (Student, CourseOffering, Section) and any(
        identifier in (entry.student_id, entry.offering_id, *entry.section_ids) for entry in tables.entries.values()
    ):
        raise StillReferenced(name, ENTRIES)
    if entity is Permission and any(identifier in seats.values() for seats in tables.seats.values()):
        raise StillReferenced(name, kind_of(Section).table)
    if entity is Term and any(record.term_id == identifier for record in tables.audit.values()):
        raise StillReferenced(name, AUDIT)


def _sections_of(tables: Tables, enrollment: Enrollment) -> tuple[UUID, ...]:
    """The sections that the enrollment goes or went through."""
    return tuple(stay.section_id for stay in tables.stays[enrollment.id])


def require_dependents_fit(tables: Tables, entity: Entity) -> None:
    """Raise `StillReferenced` if offerings, sections or enrollments no longer fit an entity that has just changed."""
    if isinstance(entity, Term):
        offerings = (stored.entity for stored in tables.records(CourseOffering).values())
        if not all(_session_is_there(tables, offering) for offering in offerings if offering.term_id == entity.id):
            raise StillReferenced(kind_of(Term).name, kind_of(CourseOffering).table)
    if isinstance(entity, CourseOffering | Section):
        _require_sections_fit(tables, entity)
        for enrollment in tables.enrollments.values():
            if not _fits(tables, enrollment, entity):
                raise StillReferenced(kind_of(type(entity)).name, ENROLLMENTS)
        _require_queues_fit(tables, entity)


def _require_sections_fit(tables: Tables, entity: CourseOffering | Section) -> None:
    for stored in tables.records(Section).values():
        if entity.id in (stored.entity.offering_id, stored.entity.parent_id):
            try:
                _require_family(tables, stored.entity)
            except UnknownReference as error:
                kind = kind_of(type(entity))
                raise StillReferenced(kind.name, "sections") from error


def _require_queues_fit(tables: Tables, entity: CourseOffering | Section) -> None:
    """Waitlist entries and permissions stay within the term and the courses of their offering, and its sections."""
    name = kind_of(type(entity)).name
    if isinstance(entity, CourseOffering):
        for entry in tables.entries.values():
            known = entry.term_id == entity.term_id and entry.course_id in entity.course_ids
            if entry.offering_id == entity.id and not known:
                raise StillReferenced(name, ENTRIES)
    for stored in tables.records(Permission).values():
        try:
            _require_its_offering(tables, stored.entity)
        except UnknownReference as error:
            raise StillReferenced(name, kind_of(Permission).table) from error


def _fits(tables: Tables, enrollment: Enrollment, entity: CourseOffering | Section) -> bool:
    """Whether the enrollment fits the offering or section, if it goes through it."""
    if isinstance(entity, CourseOffering):
        known = enrollment.term_id == entity.term_id and enrollment.course_id in entity.course_ids
        return known or enrollment.offering_id != entity.id
    return all(
        stay.component_id == entity.component_id
        and (stay.seat_no is not None or entity.is_unlimited or stay.until_at is not None)
        for stay in tables.stays[enrollment.id]
        if stay.section_id == entity.id
    )
