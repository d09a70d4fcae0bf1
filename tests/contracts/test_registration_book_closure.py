"""The `RegistrationBook` port: with what the commands name come the queues that may move, and whoever waits in them."""

from dataclasses import replace

import pytest

from domain.catalog.requisite import CourseTaken
from domain.registration.codes import RejectionCode
from domain.registration.commands import Command, ReleaseHold, ReviewQueues, ReviseSection
from domain.registration.facts import Facts
from domain.registration.outcomes import Movement
from domain.scheduling.section import Section
from tests.contracts.arranging import TERM_ID, Stored
from tests.contracts.queueing import (
    OFFERINGS,
    a_crowded_university,
    a_permission,
    consequences_of,
    giving,
    moving,
    offering,
    taking,
    waiting,
)
from tests.support.builders import a_course, a_section, a_term, an_offering
from tests.support.domain_builders import (
    NOON,
    a_hold,
    a_request,
    adding,
    dropping,
    enrollment_id,
    entry_id,
    section_id,
    student_id,
)


def _entries(facts: Facts) -> set[str]:
    """The loaded entries by the names that `waiting` gives them."""
    names = {entry_id(f"s{student}-{section}"): f"s{student}-{section}" for student in range(1, 7) for section in SOLD}
    return {names[identifier] for identifier in facts.entries}


SOLD = ("X1", "Y1", "Z1")


def _students(facts: Facts) -> set[str]:
    names = {student_id(f"s{number}"): f"s{number}" for number in range(1, 7)}
    return {names[identifier] for identifier in facts.students}


def _sections(facts: Facts) -> dict[str, tuple[str, ...]]:
    """The codes of the sections that came with each offering, by the course's initial."""
    return {
        course[0]: tuple(section.code for section in facts.offerings[taught.id].sections)
        for course, taught in OFFERINGS.items()
        if taught.id in facts.offerings
    }


async def _arrange(stored: Stored, *commands: Command) -> None:
    await stored.add(*a_crowded_university())
    for command in commands:
        await stored.decide(command)


async def test_a_drop_brings_the_queue_along_in_which_it_frees_a_seat(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), taking("s2", "Y1"), waiting("s2", "X1"), waiting("s3", "X1"))

    facts = await stored.facts(a_request("s1", dropping("s1-X1")))

    assert _entries(facts) == {"s2-X1", "s3-X1"}
    assert _students(facts) == {"s1", "s2", "s3"}
    assert _sections(facts) == {"X": ("X1", "X2"), "Y": ("Y1", "Y2")}
    assert [made.id for made in facts.students[student_id("s2")].enrollments] == [enrollment_id("s2-Y1")]
    assert {section_id("X1"), section_id("X2")} <= set(facts.seating) <= set(facts.sections)


async def test_an_add_brings_the_queue_of_its_offering_along(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), waiting("s2", "X1"), taking("s4", "Y1"))

    facts = await stored.facts(a_request("s4", adding("X-1", "X2")))

    assert _entries(facts) == {"s2-X1"}
    assert _students(facts) == {"s2", "s4"}
    assert _sections(facts) == {"X": ("X1", "X2"), "Y": ("Y1", "Y2")}


async def test_what_a_student_waits_for_comes_along_with_everybody_who_waits_there(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), waiting("s2", "X1"), waiting("s3", "X1"))

    facts = await stored.facts(a_request("s3", adding("Z-1", "Z1")))

    assert _entries(facts) == {"s2-X1", "s3-X1"}
    assert _students(facts) == {"s2", "s3"}
    assert _sections(facts) == {"X": ("X1", "X2"), "Z": ("Z1", "Z2")}


async def test_whoever_would_drop_something_for_a_seat_brings_its_queue_along_and_so_on(stored: Stored) -> None:
    await _arrange(
        stored,
        taking("s1", "X1"),
        taking("s2", "Y1"),
        taking("s3", "Z1"),
        waiting("s2", "X1", for_="s2-Y1"),
        waiting("s3", "Y1", for_="s3-Z1"),
        waiting("s4", "Z1"),
    )

    facts = await stored.facts(a_request("s1", dropping("s1-X1")))

    assert _entries(facts) == {"s2-X1", "s3-Y1", "s4-Z1"}
    assert _students(facts) == {"s1", "s2", "s3", "s4"}
    assert _sections(facts) == {"X": ("X1", "X2"), "Y": ("Y1", "Y2"), "Z": ("Z1", "Z2")}


async def test_whoever_would_drop_something_brings_along_what_else_they_wait_for(stored: Stored) -> None:
    await _arrange(
        stored,
        taking("s1", "X1"),
        taking("s2", "Y1"),
        taking("s3", "Z1"),
        waiting("s4", "Z1"),
        waiting("s2", "Z1"),
        waiting("s2", "X1", for_="s2-Y1"),
    )

    facts = await stored.facts(a_request("s1", dropping("s1-X1")))

    assert _entries(facts) == {"s2-X1", "s2-Z1", "s4-Z1"}
    assert _students(facts) == {"s1", "s2", "s4"}


async def test_a_queue_that_cannot_move_stays_where_it_is(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), taking("s3", "Z1"), waiting("s2", "Z1"), waiting("s2", "X1"))

    facts = await stored.facts(a_request("s1", dropping("s1-X1")))

    assert _entries(facts) == {"s2-X1"}
    assert _sections(facts) == {"X": ("X1", "X2")}


async def test_entries_that_have_ended_are_not_loaded(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), waiting("s2", "X1"))
    await stored.register(a_request("s1", dropping("s1-X1")))

    facts = await stored.facts(ReviewQueues(NOON), a_request("s2", adding("X-1")))

    assert facts.entries == {}
    assert [made.id for made in facts.students[student_id("s2")].enrollments] == [enrollment_id("s2-X1")]


async def test_somebody_elses_enrollment_brings_nothing_along(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), waiting("s2", "X1"))

    facts = await stored.facts(a_request("s3", dropping("s1-X1")))

    assert (facts.entries, facts.offerings) == ({}, {})


async def test_a_change_of_sections_brings_all_sections_and_the_queue_along(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), waiting("s2", "X1"))
    request = moving("s1", "s1-X1", "X2")

    facts = await stored.facts(request)

    assert _entries(facts) == {"s2-X1"}
    assert _sections(facts) == {"X": ("X1", "X2")}
    assert list(facts.section_ids.values()) == [section_id("X2")]


async def test_a_revised_section_brings_along_whoever_sits_there_and_what_they_wait_for(stored: Stored) -> None:
    await _arrange(
        stored, taking("s1", "X1"), taking("s1", "Y1"), taking("s3", "Z1"), waiting("s2", "X1"), waiting("s1", "Z1")
    )
    section = await stored.get(Section, section_id("X1"))
    assert section is not None

    facts = await stored.facts(ReviseSection(section.entity, NOON))

    assert _entries(facts) == {"s2-X1", "s1-Z1"}
    assert _students(facts) == {"s1", "s2"}
    assert {made.id for made in facts.students[student_id("s1")].enrollments} == {
        enrollment_id("s1-X1"),
        enrollment_id("s1-Y1"),
    }
    assert _sections(facts) == {"X": ("X1", "X2"), "Y": ("Y1", "Y2"), "Z": ("Z1", "Z2")}


async def test_a_permission_brings_the_queue_of_its_offering_along(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), waiting("s2", "X1"))

    facts = await stored.facts(giving(a_permission("s4", RejectionCode.SEATS_FULL)))

    assert _entries(facts) == {"s2-X1"}
    assert _students(facts) == {"s2", "s4"}


async def test_a_released_hold_brings_the_queues_of_its_student_along(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), taking("s1", "Y1"), waiting("s2", "X1"), waiting("s3", "Y1"))
    hold = a_hold("s2")
    await stored.add(hold)

    facts = await stored.facts(ReleaseHold(hold.id, student_id("s2"), NOON))

    assert _entries(facts) == {"s2-X1"}
    assert facts.students[student_id("s2")].holds == (hold,)


async def test_a_review_brings_every_queue_of_the_term_along(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), taking("s1", "Y1"), waiting("s2", "X1"), waiting("s3", "Y1"))
    elsewhere = an_offering("X-1", term="2027-2")
    await stored.add(a_term("2027-2"), elsewhere, a_section(elsewhere, "elsewhere"))

    facts = await stored.facts(ReviewQueues(NOON))

    assert _entries(facts) == {"s2-X1", "s3-Y1"}
    assert set(facts.offerings) == {offering("X-1"), offering("Y-1")}
    assert (await stored.facts(ReviewQueues(NOON), term=a_term("2027-2").id)).entries == {}


COMMANDS = {
    "an add": a_request("s3", adding("X-1", "X2")),
    "a drop": a_request("s1", dropping("s1-X1")),
    "a review": ReviewQueues(NOON),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
async def test_asking_looks_at_the_same_facts_without_the_lock(stored: Stored, command: Command) -> None:
    await _arrange(stored, taking("s1", "X1"), taking("s2", "Y1"), waiting("s2", "X1"))

    async with stored.persistence.reading(stored.institution) as views:
        asked = await views.facts(TERM_ID, [command])

    assert asked == await stored.facts(command)


async def test_a_section_that_moved_to_another_offering_brings_both_queues_along(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), taking("s1", "Y1"), waiting("s2", "X1"), waiting("s3", "Y1"))
    section = await stored.get(Section, section_id("X2"))
    assert section is not None
    moved = replace(
        section.entity,
        offering_id=offering("Y-1"),
        component_id=OFFERINGS["Y-1"].configurations[0].components[0].id,
    )

    facts = await stored.facts(ReviseSection(moved, NOON))

    assert _entries(facts) == {"s2-X1", "s3-Y1"}


async def test_a_promotion_that_completes_a_corequisite_moves_the_queue_of_the_other_course(stored: Stored) -> None:
    await _arrange(stored, taking("s1", "X1"), taking("s4", "Y1"), waiting("s2", "Y1"), waiting("s2", "X1"))
    await stored.save(replace(a_course("Y", "1", title="Y-1"), corequisite=CourseTaken("X-1")))
    await stored.register(a_request("s4", dropping("s4-Y1")))
    assert _entries(await stored.facts(ReviewQueues(NOON))) == {"s2-Y1", "s2-X1"}

    followed = await consequences_of(stored, a_request("s1", dropping("s1-X1")))

    assert [(moved.movement, moved.enrollment and moved.enrollment.offering_id) for moved in followed] == [
        (Movement.PROMOTED, offering("X-1")),
        (Movement.PROMOTED, offering("Y-1")),
    ]
