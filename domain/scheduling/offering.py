"""Course offerings: a course as one term teaches it, in one or more configurations of components."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.shared.identifiers import ComponentId, ConfigurationId, CourseId, OfferingId, TermId
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


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way to take an offering: a section of each of its components; `name` is unique in the offering."""

    id: ConfigurationId
    name: str
    components: tuple[Component, ...]

    def __post_init__(self) -> None:
        require(bool(self.components), "components", "a configuration needs at least one component")
        require(_distinct(c.name for c in self.components), "components", "their names must differ")


@dataclass(frozen=True, slots=True)
class CourseOffering:
    """A course taught in a term; `configurations` are listed in the order in which placement tries them."""

    id: OfferingId
    term_id: TermId
    course_id: CourseId
    code: str
    configurations: tuple[Configuration, ...]

    def __post_init__(self) -> None:
        require_code(self.code)
        require(bool(self.configurations), "configurations", "an offering needs at least one configuration")
        require(_distinct(c.name for c in self.configurations), "configurations", "their names must differ")

    def component(self, component_id: ComponentId) -> Component | None:
        """The component with that id, if it is one of this offering."""
        return next((c for conf in self.configurations for c in conf.components if c.id == component_id), None)

    def configuration_of(self, component_id: ComponentId) -> Configuration | None:
        """The configuration to which a component belongs, if it is one of this offering."""
        return next((conf for conf in self.configurations if any(c.id == component_id for c in conf.components)), None)


def _distinct(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(set(listed)) == len(listed)
