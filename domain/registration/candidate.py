"""What a student might take; whoever the student is, the same candidate is the same object, with what it entails."""

from dataclasses import dataclass

from domain.catalog.course import Course
from domain.catalog.grading import GradingBasis
from domain.registration.facts import OfferingFacts
from domain.scheduling.section import Section
from domain.shared.kept import kept

_REMEMBERED = 256
"""How many candidates are remembered of an offering."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """An offering as one of its courses, through `sections`, graded by `basis`."""

    facts: OfferingFacts
    course: Course
    sections: tuple[Section, ...]
    basis: GradingBasis

    @classmethod
    def of(
        cls, facts: OfferingFacts, course: Course, sections: tuple[Section, ...], basis: GradingBasis
    ) -> "Candidate":
        """The candidate of an offering, made once for all who ask for the same."""
        known = _candidates(facts)
        key = (course.id, basis, *[section.id for section in sections])
        candidate = known.get(key)
        if candidate is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            candidate = known[key] = cls(facts, course, sections, basis)
        return candidate


@kept
def _candidates(_of: OfferingFacts) -> dict[tuple[object, ...], Candidate]:
    return {}
