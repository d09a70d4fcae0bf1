"""Importing a timetable: everything in one transaction, or nothing."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from application.catalog.courses import COURSES
from application.catalog.departments import DEPARTMENTS
from application.catalog.programs import PROGRAMS
from application.people.instructors import INSTRUCTORS
from application.people.students import STUDENTS
from application.scheduling.offerings import assemble_configuration
from application.scheduling.ports import ImportUnitOfWork
from application.scheduling.rooms import ROOMS
from application.scheduling.terms import TERMS
from application.scheduling.timetable import ImportReport, Timetable, TimetableMeeting, TimetableOffering
from application.shared.caller import KEEPERS, Caller
from application.shared.clock import IdGenerator
from application.shared.dto import Dto
from application.shared.errors import AlreadyExists, InvalidField, UnknownReference
from application.shared.records import Entity, Reader, RecordKind, Records, Work, resolve
from domain.catalog.course import Course
from domain.people.instructor import Instructor
from domain.scheduling.calendar import Meeting
from domain.scheduling.offering import CourseOffering
from domain.scheduling.room import Room
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import (
    ComponentId,
    CourseId,
    InstructorId,
    OfferingId,
    RoomId,
    SectionId,
    TermId,
)
from domain.shared.reference import Reference

CHUNK = 1000
Progress = Callable[[str, int, int], None]
"""Told what is being stored, how many records of it are, and how many there will be."""

E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Dto)
V = TypeVar("V", bound=Dto)


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


class ImportTimetable:
    """The use case."""

    def __init__(self, unit_of_work: ImportUnitOfWork, ids: IdGenerator) -> None:
        self._unit_of_work = unit_of_work
        self._ids = ids

    async def execute(self, caller: Caller, timetable: Timetable, progress: Progress = no_progress) -> ImportReport:
        """Create the term and whatever it needs.

        Raises `AlreadyExists` for a known term code, `UnknownReference` and `InvalidField` for what does not hold
        together, `InvalidValue`, `AccessDenied`. Whatever is raised, nothing is stored.
        """
        caller.require_role(KEEPERS)
        async with self._unit_of_work(caller.institution) as work:
            importing = _Import(_RememberingWork(work), self._ids, progress)
            await importing.records(DEPARTMENTS, [(d.code, d) for d in timetable.departments])
            await importing.records(PROGRAMS, [(p.code, p) for p in timetable.programs])
            await importing.records(ROOMS, [(r.code, r) for r in timetable.rooms])
            await importing.records(INSTRUCTORS, [(i.code, i) for i in timetable.instructors])
            await importing.records(COURSES, [(_course_code(c.subject, c.number), c) for c in timetable.courses])
            await importing.records(STUDENTS, [(s.code, s) for s in timetable.students])
            term = await importing.term(timetable)
            await importing.offerings(term, timetable.offerings)
            await work.refresh_statistics()
            return ImportReport(created=importing.created, existing=importing.existing)


def _course_code(subject: str, number: str) -> str:
    return f"{subject}-{number}" if subject else number


class _RememberingWork:
    """The work of an import, which asks for each code only once and knows what is about to be stored."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: dict[tuple[type[Entity], str], UUID] = {}

    def remember(self, entity: type[Entity], code: str, identifier: UUID) -> None:
        """Answer `identifier` whenever that code is asked for."""
        self._known[entity, f"code:{code}"] = identifier

    async def identify(self, entity: type[Entity], reference: Reference) -> UUID | None:
        """See `Views.identify`."""
        key = (entity, str(reference))
        if key not in self._known:
            identifier = await self._work.identify(entity, reference)
            if identifier is None:
                return None
            self._known[key] = identifier
        return self._known[key]

    def views(self, kind: RecordKind[E, F, V]) -> Reader[V]:
        """See `Views.views`."""
        return self._work.views(kind)

    def records(self, entity: type[E]) -> Records[E]:
        """See `Work.records`."""
        return self._work.records(entity)


class _Import:
    """One import under way, with what it has `created` and found `existing`, by plural name."""

    def __init__(self, work: _RememberingWork, ids: IdGenerator, progress: Progress) -> None:
        self._work = work
        self._ids = ids
        self._progress = progress
        self.created: dict[str, int] = {}
        self.existing: dict[str, int] = {}

    async def records(self, kind: RecordKind[E, F, V], given: Sequence[tuple[str, F]]) -> None:
        """Store the records whose code is new; `given` pairs codes with fields."""
        codes = [code for code, _ in given]
        _require_distinct(kind.name, codes)
        known = await self._work.records(kind.entity).identify_all(codes)
        for code, identifier in known.items():
            self._work.remember(kind.entity, code, identifier)
        entities = []
        for code, fields in given:
            if code not in known:
                identifier = self._ids.new()
                self._work.remember(kind.entity, code, identifier)
                entities.append(await kind.assemble(identifier, fields, None, self._work))
        await self._store(f"{kind.name}s", kind.entity, entities)
        self.existing[f"{kind.name}s"] = len(known)

    async def term(self, timetable: Timetable) -> Term:
        """Store the term, which must be new."""
        code = timetable.term.code
        if await self._work.identify(Term, Reference(code=code)) is not None:
            raise AlreadyExists(TERMS.name, f"code ({code})")
        term = await TERMS.assemble(TermId(self._ids.new()), timetable.term, None, self._work)
        await self._store("terms", Term, [term])
        return term

    async def offerings(self, term: Term, given: Sequence[TimetableOffering]) -> None:
        """Store the offerings of the term and their sections, parents before children."""
        _require_distinct("offering", [offering.course for offering in given])
        _require_distinct("section", [section.code for offering in given for section in offering.sections])
        offerings, sections = [], []
        for document in given:
            course = await resolve(self._work, Course, "course", f"code:{document.course}")
            offering = CourseOffering(
                id=OfferingId(self._ids.new()),
                term_id=term.id,
                course_id=CourseId(course),
                code=document.course,
                configurations=tuple(
                    assemble_configuration(fields, None, self._ids) for fields in document.configurations
                ),
            )
            offerings.append(offering)
            sections.extend(await self._sections(offering, document))
        await self._store("offerings", CourseOffering, offerings)
        await self._store("sections", Section, _parents_first(sections))

    async def _sections(self, offering: CourseOffering, document: TimetableOffering) -> list[Section]:
        components: dict[str, ComponentId] = {
            f"{configuration.name}/{component.name}": component.id
            for configuration in offering.configurations
            for component in configuration.components
        }
        ids = {given.code: SectionId(self._ids.new()) for given in document.sections}
        sections = []
        for given in document.sections:
            if given.component not in components:
                raise UnknownReference("component", f"{given.component} of offering {document.course}")
            if given.parent is not None and given.parent not in ids:
                raise UnknownReference("parent", f"{given.parent} of section {given.code}")
            instructors = [
                InstructorId(await resolve(self._work, Instructor, "instructors", f"code:{code}"))
                for code in given.instructors
            ]
            sections.append(
                Section(
                    id=ids[given.code],
                    term_id=offering.term_id,
                    offering_id=offering.id,
                    component_id=components[given.component],
                    code=given.code,
                    capacity=given.capacity,
                    status=given.status,
                    parent_id=None if given.parent is None else ids[given.parent],
                    meetings=tuple([await self._meeting(meeting) for meeting in given.meetings]),
                    instructor_ids=tuple(dict.fromkeys(instructors)),
                )
            )
        return sections

    async def _meeting(self, given: TimetableMeeting) -> Meeting:
        room = None if given.room is None else await resolve(self._work, Room, "room", f"code:{given.room}")
        return Meeting(
            weekdays=given.weekdays,
            starts_at=given.starts_at,
            ends_at=given.ends_at,
            weeks=given.weeks,
            room_id=None if room is None else RoomId(room),
        )

    async def _store(self, what: str, entity: type[E], entities: Sequence[E]) -> None:
        records = self._work.records(entity)
        for start in range(0, len(entities), CHUNK):
            chunk = entities[start : start + CHUNK]
            await records.add(chunk)
            self._progress(what, start + len(chunk), len(entities))
        self.created[what] = len(entities)


def _require_distinct(kind: str, codes: Sequence[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            field = "code"
            raise InvalidField(field, f"the {kind} {code} stands in the document twice")
        seen.add(code)


def _parents_first(sections: Sequence[Section]) -> list[Section]:
    """The sections ordered so that each stands after its parent. Raises `InvalidField` when parents form a circle."""
    ordered: dict[SectionId, Section] = {}
    waiting = list(sections)
    while waiting:
        ready = [section for section in waiting if section.parent_id is None or section.parent_id in ordered]
        if not ready:
            field = "parent"
            raise InvalidField(field, f"the parents of section {waiting[0].code} form a circle")
        ordered.update((section.id, section) for section in ready)
        waiting = [section for section in waiting if section.id not in ordered]
    return list(ordered.values())
