"""Course offerings as callers give and see them."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from application.people.cohorts import ClassLevels, Programs, resolve_programs
from application.scheduling.sections import SECTIONS
from application.shared.clock import IdGenerator
from application.shared.dto import Code, Dto, Name, ReferenceText
from application.shared.errors import Conflict, UnknownReference
from application.shared.paging import MAXIMUM_LIMIT, Listing, PageQuery
from application.shared.records import RecordKind, Work, resolve
from domain.catalog.course import Course
from domain.catalog.requisite import ConsentBy
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import ComponentId, ConfigurationId, CourseId, OfferingId, TermId


class ComponentFields(Dto):
    """A component: its name, unique in the configuration, and how it is taught."""

    name: Annotated[Name, Field(examples=["LEC"])]
    kind: ComponentKind = ComponentKind.LECTURE


class ConfigurationFields(Dto):
    """A configuration: its name, unique in the offering, and the components of each of which a section is taken."""

    name: Annotated[Name, Field(examples=["1"])] = "1"
    components: Annotated[tuple[ComponentFields, ...], Field(min_length=1, max_length=20)]


class OfferingFields(Dto):
    """What is given to offer a course in a term; the code is the course's when none is given.

    While students sit in it, the configurations in which they sit keep their components, and no course is added.
    `cross_listed` are the other courses as which the same seats can be taken. `session` is the code of the term's
    session in which the course is taught, null for the whole term. `class_levels` and `programs` restrict who may take
    it (empty: nobody is kept out), `consent` is whose permission it takes.
    """

    term: ReferenceText
    course: ReferenceText
    code: Code | None = None
    configurations: Annotated[tuple[ConfigurationFields, ...], Field(min_length=1, max_length=20)]
    cross_listed: Annotated[tuple[ReferenceText, ...], Field(max_length=20)] = ()
    session: Annotated[Code, Field(examples=["A"])] | None = None
    class_levels: ClassLevels = frozenset()
    programs: Programs = frozenset()
    consent: ConsentBy | None = None


class ComponentView(ComponentFields):
    """A component as stored."""

    id: UUID


class ConfigurationView(Dto):
    """A configuration as stored."""

    id: UUID
    name: Name
    components: tuple[ComponentView, ...]


class OfferingView(Dto):
    """An offering as stored; references are ids."""

    id: UUID
    term: ReferenceText
    course: ReferenceText
    code: Code
    configurations: tuple[ConfigurationView, ...]
    cross_listed: tuple[ReferenceText, ...]
    session: Code | None
    class_levels: ClassLevels
    programs: Programs
    consent: ConsentBy | None
    version: int


def offering_kind(ids: IdGenerator) -> RecordKind[CourseOffering, OfferingFields, OfferingView]:
    """The record kind of offerings; configurations and components keep their ids as long as they keep their names."""

    async def assemble(
        identifier: UUID, fields: OfferingFields, before: CourseOffering | None, work: Work
    ) -> CourseOffering:
        course_id = CourseId(await resolve(work, Course, "course", fields.course))
        course = await work.records(Course).get(course_id)
        term_id = TermId(await resolve(work, Term, "term", fields.term))
        if fields.session is not None:
            await _require_session(fields.session, term_id, work)
        cross_listed = [await resolve(work, Course, "cross_listed", text) for text in fields.cross_listed]
        return CourseOffering(
            id=OfferingId(identifier),
            term_id=term_id,
            course_id=course_id,
            code=fields.code or ("" if course is None else course.entity.code),
            configurations=tuple(assemble_configuration(given, before, ids) for given in fields.configurations),
            cross_listed=tuple(CourseId(listed) for listed in cross_listed),
            session=fields.session,
            class_levels=fields.class_levels,
            program_ids=await resolve_programs(fields.programs, work),
            consent=fields.consent,
        )

    return RecordKind(
        name="offering",
        entity=CourseOffering,
        fields=OfferingFields,
        view=OfferingView,
        listing=Listing(sorts=("code",), filters=("code", "term", "course"), searches=("code",)),
        assemble=assemble,
        permit_change=_require_room_for_the_enrolled,
    )


async def _require_room_for_the_enrolled(before: CourseOffering, after: CourseOffering, work: Work) -> None:
    """Raise `Conflict` if students sit in what changes.

    Each of them keeps one section for each component of one configuration. A further course might be one that some of
    them take elsewhere.
    """
    wanted = {configuration.id: _components_of(configuration) for configuration in after.configurations}
    changed = {c.id for c in before.configurations if wanted.get(c.id) != _components_of(c)}
    has_more_courses = not set(after.course_ids) <= set(before.course_ids)
    if not changed and not has_more_courses:
        return
    for section in await _sections_taken(before, work):
        configuration = before.configuration_of(section.component_id)
        if configuration is not None and configuration.id in changed:
            detail = f"Students sit in section {section.code}: configuration {configuration.name} keeps its components."
            raise Conflict(detail)
        if has_more_courses:
            detail = f"Students sit in section {section.code}: no further course can be cross-listed."
            raise Conflict(detail)


def _components_of(configuration: Configuration) -> frozenset[ComponentId]:
    return frozenset(component.id for component in configuration.components)


async def _sections_taken(offering: CourseOffering, work: Work) -> Sequence[Section]:
    """The sections of an offering in which anybody sits."""
    taken: list[Section] = []
    cursor: str | None = None
    while True:
        query = PageQuery(MAXIMUM_LIMIT, cursor, filters={"offering": str(offering.id)})
        page = await work.views(SECTIONS).page(query)
        for view in page.items:
            stored = await work.records(Section).get(view.id) if view.seats_taken else None
            if stored is not None:
                taken.append(stored.entity)
        cursor = page.next_cursor
        if cursor is None:
            return taken


async def _require_session(code: str, term_id: TermId, work: Work) -> None:
    term = await work.records(Term).get(term_id)
    if term is None or term.entity.session(code) is None:
        field = "session"
        raise UnknownReference(field, code)


def assemble_configuration(
    given: ConfigurationFields, before: CourseOffering | None, ids: IdGenerator
) -> Configuration:
    """Make a configuration; one of the same name in `before`, and its components, keep their ids."""
    known = next((c for c in before.configurations if c.name == given.name), None) if before else None
    kept = {component.name: component.id for component in known.components} if known else {}
    return Configuration(
        id=known.id if known else ConfigurationId(ids.new()),
        name=given.name,
        components=tuple(
            Component(kept.get(component.name) or ComponentId(ids.new()), component.name, component.kind)
            for component in given.components
        ),
    )
