"""Placement finds a combination exactly when trying all of them does, and it finds the first."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.registration.codes import RejectionCode
from domain.registration.decide import decide
from domain.registration.facts import Facts, OfferingFacts
from domain.registration.outcomes import Outcome, RequestDecided
from domain.registration.placement import Placed, place
from domain.scheduling.calendar import meetings_clash
from domain.scheduling.section import Section, SectionStatus
from domain.shared.verdict import Rejection
from tests.properties.university_strategy import universities
from tests.support.domain_builders import a_request, adding
from tests.support.university import University


def every_combination(known: OfferingFacts) -> Iterator[tuple[Section, ...]]:
    """All choices of a section for each component, in the documented order."""
    for configuration in known.offering.configurations:
        yield from product(
            *(
                sorted((s for s in known.sections if s.component_id == component.id), key=lambda s: s.code)
                for component in configuration.components
            )
        )


def can_be_taken(chosen: Sequence[Section], schedule: Iterable[Section], facts: Facts) -> bool:
    taken = {section.id for section in chosen}
    return (
        all(section.status is SectionStatus.OPEN for section in chosen)
        and all(section.capacity is None or facts.seating[section.id].free > 0 for section in chosen)
        and all(section.parent_id is None or section.parent_id in taken for section in chosen)
        and not any(clash(one, other, facts) for one, other in combinations((*chosen, *schedule), 2) if one in chosen)
    )


def clash(one: Section, other: Section, facts: Facts) -> bool:
    return any(meetings_clash(m, n, facts.term.calendar) for m in one.meetings for n in other.meetings)


def first_by_brute_force(known: OfferingFacts, schedule: Iterable[Section], facts: Facts) -> list[str] | None:
    every = every_combination(known)
    return next(([s.code for s in chosen] for chosen in every if can_be_taken(chosen, schedule, facts)), None)


@settings(max_examples=150, deadline=None)
@given(universities(), st.data())
def test_placement_finds_what_brute_force_finds(university: University, data: st.DataObject) -> None:
    facts = university.facts()
    known = data.draw(st.sampled_from(sorted(facts.offerings.values(), key=lambda o: o.offering.code)))
    others = [s for s in facts.sections.values() if s.offering_id != known.offering.id]
    schedule = data.draw(st.lists(st.sampled_from(others), max_size=3, unique=True)) if others else []

    def obstacles(section: Section) -> tuple[Rejection, ...]:
        full = section.capacity is not None and facts.seating[section.id].free == 0
        closed = section.status is not SectionStatus.OPEN
        return (Rejection("obstacle"),) if full or closed else ()

    found = place(known, schedule, facts.term.calendar, obstacles)

    expected = first_by_brute_force(known, schedule, facts)
    assert ([s.code for s in found.sections] if isinstance(found, Placed) else None) == expected
    if isinstance(found, Rejection):
        assert found.code == RejectionCode.NO_OPEN_COMBINATION


@settings(max_examples=80, deadline=None)
@given(universities(), st.data())
def test_an_add_without_sections_enrolls_where_brute_force_would(university: University, data: st.DataObject) -> None:
    facts = university.facts()
    known = data.draw(st.sampled_from(sorted(facts.offerings.values(), key=lambda o: o.offering.code)))

    assume(facts.term.credit_maximum is None or known.courses[0].credits <= facts.term.credit_maximum)

    (answer,), _ = decide(facts, [a_request("someone free", adding(known.offering.code))])

    assert isinstance(answer, RequestDecided)
    (decision,) = answer.decisions
    expected = first_by_brute_force(known, (), facts)
    assert (decision.outcome is Outcome.ENROLLED) == (expected is not None)
    if decision.enrollment is not None:
        assert [facts.sections[seat.section_id].code for seat in decision.enrollment.seats] == expected
    else:
        assert [r.code for r in decision.rejections] == [RejectionCode.NO_OPEN_COMBINATION]
