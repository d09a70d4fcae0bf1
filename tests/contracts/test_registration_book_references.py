"""The `RegistrationBook` port: what a request names is found in its own term, and nowhere else."""

import pytest

from domain.registration.commands import Add, Choice
from domain.registration.facts import Facts
from domain.shared.reference import Reference
from tests.contracts.arranging import Stored
from tests.contracts.registering import CS
from tests.support.builders import a_section, a_small_university, a_term, an_offering
from tests.support.domain_builders import a_request, enrollment_id, entry_id, identifier, section_id

ELSEWHERE = an_offering("CS-101", "LEC", "LAB", term="2027-2")
SECTION_ELSEWHERE = a_section(ELSEWHERE, "C")


async def _facts(stored: Stored, offering: str, section: str) -> Facts:
    """The facts of a request for that section of that offering; another term has an offering of the same code."""
    await stored.add(*a_small_university(), a_term("2027-2"), ELSEWHERE, SECTION_ELSEWHERE)
    choice = Choice(Reference.parse(offering), (Reference.parse(section),))
    add = Add(enrollment_id("e"), entry_id("e"), (choice,))
    return await stored.facts(a_request("s1", add))


@pytest.mark.parametrize("offering", [f"{CS.id}", "code:CS-101", "code:2027-1:CS-101"], ids=["id", "code", "scope"])
@pytest.mark.parametrize("section", [f"{section_id('A')}", "code:A", "code:2027-1:A"], ids=["id", "code", "scope"])
async def test_what_is_in_the_term_is_found_by_id_and_by_code(stored: Stored, offering: str, section: str) -> None:
    facts = await _facts(stored, offering, section)

    assert facts.offering_ids == {Reference.parse(offering): CS.id}
    assert facts.section_ids == {Reference.parse(section): section_id("A")}


@pytest.mark.parametrize(
    "offering",
    [f"{ELSEWHERE.id}", "code:2027-2:CS-101", "code:never:CS-101", "code:CS-101:CS-101", "code:CS-1"],
)
async def test_an_offering_of_another_term_is_not_found(stored: Stored, offering: str) -> None:
    facts = await _facts(stored, offering, "code:A")

    assert (facts.offering_ids, facts.section_ids) == ({}, {})
    assert (facts.offerings, facts.sections, facts.seating) == ({}, {}, {})


@pytest.mark.parametrize(
    "section",
    [
        f"{SECTION_ELSEWHERE.id}",
        "code:C",
        "code:2027-2:C",
        "code:2027-2:A",
        "code:never:A",
        "code:A:A",
        f"{identifier('section', 'never')}",
    ],
)
async def test_a_section_of_another_term_is_not_found(stored: Stored, section: str) -> None:
    facts = await _facts(stored, "code:CS-101", section)

    assert facts.section_ids == {}
    assert SECTION_ELSEWHERE.id not in facts.sections


async def test_an_id_does_not_name_a_record_of_another_kind(stored: Stored) -> None:
    facts = await _facts(stored, f"{section_id('A')}", f"{CS.id}")

    assert (facts.offering_ids, facts.section_ids) == ({}, {})
