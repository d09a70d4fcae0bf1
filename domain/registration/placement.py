"""Placing a student who names only the offering: the first open combination of sections that fits the schedule.

Deterministic: configurations as listed, components as listed, sections by code; the first combination in that
lexicographic order wins. A search with forward checking: a choice that leaves some later component without a
compatible section is given up at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from domain.registration.codes import RejectionCode
from domain.registration.facts import OfferingFacts
from domain.registration.fitting import components_of, parents_are_taken_too, schedule_has_no_clash, times_of_week
from domain.scheduling.calendar import TermCalendar
from domain.scheduling.offering import Configuration
from domain.scheduling.section import Section
from domain.shared.identifiers import ComponentId, SectionId
from domain.shared.kept import kept
from domain.shared.verdict import Parameter, Rejection, rejections_among


@dataclass(frozen=True, slots=True)
class Placed:
    """The sections found, one for each component, in the order of the components."""

    sections: tuple[Section, ...]


def place(
    facts: OfferingFacts,
    schedule: Sequence[Section],
    calendar: TermCalendar,
    obstacles: Callable[[Section], Sequence[Rejection]],
    is_waived: Callable[[Section, Rejection], bool] = lambda _section, _rejection: False,
) -> Placed | Rejection:
    """Find the first combination whose sections have no `obstacles` and clash neither with `schedule` nor each other.

    A clash with the schedule that `is_waived` is none.

    Returns `Placed`, or a `no_open_combination` rejection whose `blocked` says for each section what stood against it.
    """
    search = _Search(facts, tuple(schedule), calendar, obstacles, is_waived)
    for configuration in facts.offering.configurations:
        found = search.first_combination(configuration)
        if found is not None:
            return Placed(found)
    return Rejection(
        RejectionCode.NO_OPEN_COMBINATION, {"offering": facts.offering.code, "blocked": tuple(search.blocked)}
    )


@kept
def _by_component(facts: OfferingFacts) -> Mapping[ComponentId, Sequence[Section]]:
    return components_of(facts.sections)


@kept
def _component_of(facts: OfferingFacts) -> Mapping[SectionId, ComponentId]:
    return {section.id: section.component_id for section in facts.sections}


class _Search:
    """One student's search through one offering; `blocked` gathers why sections were passed over."""

    def __init__(
        self,
        facts: OfferingFacts,
        schedule: tuple[Section, ...],
        calendar: TermCalendar,
        obstacles: Callable[[Section], Sequence[Rejection]],
        is_waived: Callable[[Section, Rejection], bool],
    ) -> None:
        self._by_component = _by_component(facts)
        self._sections = facts.sections
        self._component_of = _component_of(facts)
        self._schedule = schedule
        self._times_taken = times_of_week(schedule)
        self._calendar = calendar
        self._obstacles = obstacles
        self._is_waived = is_waived
        self._fitting: dict[tuple[SectionId, SectionId], bool] = {}
        self.blocked: list[Parameter] = []

    def first_combination(self, configuration: Configuration) -> tuple[Section, ...] | None:
        """The first combination of `configuration` that the student can take, or None."""
        candidates = [
            self._open_sections(configuration, component.id, component.name) for component in configuration.components
        ]
        if not all(candidates):
            return None
        found = self._extend((), candidates)
        if found is None:
            codes = tuple(section.code for sections in candidates for section in sections)
            self.blocked.append({"configuration": configuration.name, "exclude_each_other": codes})
        return found

    def _open_sections(self, configuration: Configuration, component: ComponentId, name: str) -> list[Section]:
        open_sections = []
        for section in self._by_component.get(component, ()):
            against = (
                *self._obstacles(section),
                *self._parent_out_of_reach(section, configuration),
                *self._clashes(section),
            )
            if against:
                reasons: Parameter = tuple({"code": str(reason.code), **reason.parameters} for reason in against)
                self.blocked.append(
                    {
                        "configuration": configuration.name,
                        "component": name,
                        "section": section.code,
                        "reasons": reasons,
                    }
                )
            else:
                open_sections.append(section)
        return open_sections

    def _clashes(self, section: Section) -> Sequence[Rejection]:
        if not section.times_of_week & self._times_taken:
            return ()
        clashes = rejections_among(schedule_has_no_clash((section,), self._schedule, self._calendar))
        return [clash for clash in clashes if not self._is_waived(section, clash)]

    def _extend(
        self, chosen: tuple[Section, ...], candidates: Sequence[Sequence[Section]]
    ) -> tuple[Section, ...] | None:
        """Complete `chosen` from `candidates`, which hold only what fits to all that was chosen."""
        if not candidates:
            return chosen
        for section in candidates[0]:
            left = [[other for other in sections if self._fit(section, other)] for sections in candidates[1:]]
            if all(left):
                found = self._extend((*chosen, section), left)
                if found is not None:
                    return found
        return None

    def _fit(self, one: Section, other: Section) -> bool:
        """Whether two sections of different components can be taken together."""
        key = (one.id, other.id)
        if key not in self._fitting:
            self._fitting[key] = (
                self._parent_allows(one, other)
                and self._parent_allows(other, one)
                and one.clash_with(other, self._calendar) is None
            )
        return self._fitting[key]

    def _parent_out_of_reach(self, section: Section, configuration: Configuration) -> tuple[Rejection, ...]:
        """Why a section cannot be taken whose parent is in no other component here; else the search would try all."""
        if section.parent_id is None:
            return ()
        others = {component.id for component in configuration.components} - {section.component_id}
        if self._component_of.get(section.parent_id) in others:
            return ()
        return rejections_among(parents_are_taken_too((section,), self._sections))

    def _parent_allows(self, child: Section, other: Section) -> bool:
        """False when `other` takes the place, in its component, of the parent that `child` needs."""
        if child.parent_id is None or self._component_of.get(child.parent_id) != other.component_id:
            return True
        return other.id == child.parent_id
