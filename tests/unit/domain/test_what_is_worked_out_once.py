"""What static facts entail is worked out once and shared; what never changes is compared and hashed by its fields."""

from dataclasses import dataclass, replace

import pytest

from domain.catalog.grading import GradingBasis
from domain.registration.candidate import Candidate
from domain.registration.decide import decide
from domain.registration.facts import OfferingFacts
from domain.registration.outcomes import RequestDecided
from domain.registration.seating import Seating
from domain.shared.kept import kept
from domain.shared.reference import Reference
from domain.shared.verdict import Allowed
from tests.support.domain_builders import a_request, adding, offering_id
from tests.support.university import University


def an_offering() -> OfferingFacts:
    university = University()
    university.lecture("CS-101", capacity=2)
    return university.facts().offerings[offering_id("CS-101")]


def test_what_is_kept_is_worked_out_once_for_each_object_and_does_not_count_when_they_are_compared() -> None:
    @dataclass(frozen=True)
    class Owner:
        name: str

    asked: list[str] = []

    @kept
    def shouted(owner: Owner) -> str:
        asked.append(owner.name)
        return owner.name.upper()

    one, other = Owner("a"), Owner("a")

    assert [shouted(one), shouted(one), shouted(other)] == ["A", "A", "A"]
    assert asked == ["a", "a"]
    assert one == other == replace(one)
    shouted(replace(one))
    assert asked == ["a", "a", "a"]


def test_whoever_asks_for_the_same_sections_is_judged_on_the_same_candidate() -> None:
    facts = an_offering()
    course, sections = facts.courses[0], facts.sections

    candidate = Candidate.of(facts, course, sections, GradingBasis.GRADED)

    assert Candidate.of(facts, course, sections, GradingBasis.GRADED) is candidate
    assert Candidate.of(facts, course, sections, GradingBasis.AUDIT) is not candidate
    assert Candidate.of(facts, course, (), GradingBasis.GRADED) is not candidate
    assert Candidate.of(replace(facts), course, sections, GradingBasis.GRADED) is not candidate


def test_what_static_facts_alone_entail_is_the_same_verdict_for_everybody() -> None:
    university = University()
    university.lecture("CS-101", capacity=2)
    facts = university.facts()
    answers, _ = decide(facts, [a_request(student, adding("CS-101")) for student in ("S1", "S2")])
    one, other = (answer.decisions[0].judged for answer in answers if isinstance(answer, RequestDecided))

    shared = {judged.rule for judged, same in zip(one, other, strict=True) if judged.verdict is same.verdict}

    assert {"registration_is_open", "add_deadline_is_ahead", "grading_basis_is_allowed", "section_is_open"} <= shared


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        (Reference(code="CS-101"), Reference(code="CS-101"), Reference(code="CS-102")),
        (Seating.new(1), Seating.new(1), Seating.new(2)),
    ],
)
def test_values_are_compared_and_hashed_by_their_fields(one: object, same: object, other: object) -> None:
    assert one == same != other
    assert len({one, same, other}) == 2


def test_values_have_no_room_for_anything_but_their_fields() -> None:
    assert not hasattr(Allowed(), "__dict__")
