"""Course offerings: a course as one term teaches it, in one or more configurations of components."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from domain.catalog.requisite import ConsentBy
from domain.shared.identifiers import ComponentId, ConfigurationId, CourseId, OfferingId, ProgramId, TermId
from domain.shared.invalid import require
from domain.shared.reference import require_code


class ComponentKind(StrEnum):
    """How a component is taught."""

    LECTURE = "lecture"
    LABORATORY = "laboratory"
    RECITATION = "recitation"
    DISCUSSION = "discussion"
    SEMINAR = "seminar"
    STUDIO = "studio"
    INDEPENDENT_STUDY = "independent_study"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a configuration, of which a student takes one section; `name` is unique in the configuration."""

    id: ComponentId
    name: str
    kind: ComponentKind


@dataclass(frozen=True)
class Configuration:
    """One way to take an offering: a section of each of its components; `name` is unique in the offering."""

    id: ConfigurationId
    name: str
    components: tuple[Component, ...]

    def __post_init__(self) -> None:
        require(bool(self.components), "components", "a configuration needs at least one component")
        require(_distinct(c.name for c in self.components), "components", "their names must differ")

    @cached_property
    def component_ids(self) -> frozenset[ComponentId]:
        """Of what a student takes one section each."""
        return frozenset(component.id for component in self.components)


@dataclass(frozen=True)
class CourseOffering:
    """A course taught in a term; `configurations` are listed in the order in which placement tries them.

    A cross-listed offering is one offering, with one set of seats, of `course_id` and the courses in `cross_listed`.
    `session` is the code of the term's session in which it is taught, None for the whole term. Class levels and
    programs restrict who may take it (empty: nobody is kept out); `consent` is whose permission it takes.
    """

    id: OfferingId
    term_id: TermId
    course_id: CourseId
    code: str
    configurations: tuple[Configuration, ...]
    cross_listed: tuple[CourseId, ...] = ()
    session: str | None = None
    class_levels: frozenset[int] = frozenset()
    program_ids: frozenset[ProgramId] = frozenset()
    consent: ConsentBy | None = None

    def __post_init__(self) -> None:
        require_code(self.code)
        require(_distinct(str(c) for c in self.course_ids), "cross_listed", "its courses must differ")
        require(bool(self.configurations), "configurations", "an offering needs at least one configuration")
        require(_distinct(c.name for c in self.configurations), "configurations", "their names must differ")

    @cached_property
    def course_ids(self) -> tuple[CourseId, ...]:
        """Every course as which the offering can be taken, its main one first."""
        return (self.course_id, *self.cross_listed)

    def component(self, component_id: ComponentId) -> Component | None:
        """The component with that id, if it is one of this offering."""
        return next((c for conf in self.configurations for c in conf.components if c.id == component_id), None)

    def configuration_of(self, component_id: ComponentId) -> Configuration | None:
        """The configuration to which a component belongs, if it is one of this offering."""
        return self._configurations.get(component_id)

    @cached_property
    def _configurations(self) -> Mapping[ComponentId, Configuration]:
        return {component: known for known in self.configurations for component in known.component_ids}


def _distinct(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(set(listed)) == len(listed)
