"""Importing a timetable: everything in one transaction, or nothing."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Generic, TypeVar
from uuid import UUID

from application.catalog.courses import COURSES, CourseFields
from application.catalog.departments import DEPARTMENTS
from application.catalog.programs import PROGRAMS
from application.people.instructors import INSTRUCTORS
from application.people.students import STUDENTS
from application.scheduling.offerings import assemble_configuration
from application.scheduling.ports import ImportUnitOfWork, ImportWork, RecordStaging
from application.scheduling.rooms import ROOMS
from application.scheduling.terms import TERMS
from application.scheduling.timetable import ImportReport, Timetable, TimetableMeeting, TimetableOffering
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import IdGenerator
from application.shared.dto import Dto
from application.shared.errors import AlreadyExists, InvalidField, UnknownReference
from application.shared.imports import Conclusion, no_conclusion
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

    async def execute(
        self,
        caller: Caller,
        timetable: Timetable,
        progress: Progress = no_progress,
        conclude: Conclusion = no_conclusion,
    ) -> ImportReport:
        """Create the term and whatever it needs.

        Raises `AlreadyExists` for a known term code, `UnknownReference` and `InvalidField` for what does not hold
        together, `InvalidValue`, `AccessDenied`. Whatever is raised, nothing is stored.

        Beside the document only its codes are held, and the records of a chunk.
        """
        authorise(caller, "import_timetable")
        async with self._unit_of_work(caller.institution) as work:
            importing = _Import(work, self._ids, progress)
            await importing.records(DEPARTMENTS, timetable.departments, attrgetter("code"))
            await importing.records(PROGRAMS, timetable.programs, attrgetter("code"))
            await importing.records(ROOMS, timetable.rooms, attrgetter("code"))
            await importing.records(INSTRUCTORS, timetable.instructors, attrgetter("code"))
            await importing.records(COURSES, timetable.courses, _course_code)
            await importing.records(STUDENTS, timetable.students, attrgetter("code"), named=False)
            term = await importing.term(timetable)
            await importing.offerings(term, timetable.offerings)
            await work.refresh_statistics()
            report = ImportReport(created=importing.created, existing=importing.existing)
            await conclude(work.import_runs, report)
            return report


def _course_code(course: CourseFields) -> str:
    return f"{course.subject}-{course.number}" if course.subject else course.number


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

    def __init__(self, work: ImportWork, ids: IdGenerator, progress: Progress) -> None:
        self._importing = work
        self._work = _RememberingWork(work)
        self._ids = ids
        self._progress = progress
        self.created: dict[str, int] = {}
        self.existing: dict[str, int] = {}

    async def records(
        self, kind: RecordKind[E, F, V], given: Sequence[F], code_of: Callable[[F], str], *, named: bool = True
    ) -> None:
        """Store the records whose code is new; `named` tells whether other records of the document may name them."""
        codes = [code_of(fields) for fields in given]
        _require_distinct(kind.name, codes)
        known = await self._work.records(kind.entity).identify_all(codes)
        new = await self._new(f"{kind.name}s", kind.entity, len(codes) - len(known))
        for code, fields in zip(codes, given, strict=True):
            identifier = known.get(code)
            if identifier is None:
                identifier = self._ids.new()
                await new.take(await kind.assemble(identifier, fields, None, self._work))
            if named:
                self._work.remember(kind.entity, code, identifier)
        await new.store()
        self.existing[f"{kind.name}s"] = len(known)

    async def term(self, timetable: Timetable) -> Term:
        """Store the term, which must be new."""
        code = timetable.term.code
        if await self._work.identify(Term, Reference(code=code)) is not None:
            raise AlreadyExists(TERMS.name, f"code ({code})")
        term = await TERMS.assemble(TermId(self._ids.new()), timetable.term, None, self._work)
        new = await self._new("terms", Term, 1)
        await new.take(term)
        await new.store()
        return term

    async def offerings(self, term: Term, given: Sequence[TimetableOffering]) -> None:
        """Store the offerings of the term and their sections, parents before children."""
        _require_distinct("offering", [offering.course for offering in given])
        _require_distinct("section", [section.code for offering in given for section in offering.sections])
        offerings = await self._new("offerings", CourseOffering, len(given))
        sections = await self._new("sections", Section, sum(len(offering.sections) for offering in given))
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
            await offerings.take(offering)
            for section in _parents_first(await self._sections(offering, document)):
                await sections.take(section)
        await offerings.store()
        await sections.store()

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

    async def _new(self, what: str, entity: type[E], total: int) -> "_New[E]":
        self.created[what] = total
        return _New(await self._importing.stage_records(entity), lambda done: self._progress(what, done, total))


class _New(Generic[E]):
    """New records of one kind, which are staged in chunks; `told` learns how many of them are."""

    def __init__(self, staging: RecordStaging[E], told: Callable[[int], None]) -> None:
        self._staging = staging
        self._told = told
        self._chunk: list[E] = []
        self._staged = 0

    async def take(self, entity: E) -> None:
        """One more."""
        self._chunk.append(entity)
        if len(self._chunk) == CHUNK:
            await self._stage()

    async def store(self) -> None:
        """Store them all."""
        if self._chunk:
            await self._stage()
        await self._staging.merge()

    async def _stage(self) -> None:
        await self._staging.stage(self._chunk)
        self._staged += len(self._chunk)
        self._chunk = []
        self._told(self._staged)


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
