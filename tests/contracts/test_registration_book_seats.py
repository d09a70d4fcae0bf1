"""The `RegistrationBook` port as seats are given back, added and taken away."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from application.registration.ports import StaleSeating
from application.shared.errors import AlreadyExists
from domain.registration.commands import ReviseSection
from domain.registration.enrollment import SeatTaken
from domain.registration.outcomes import Effects, Outcome
from domain.registration.seating import Seating
from tests.contracts.arranging import Stored
from tests.contracts.registering import a_known_section, apply, both, effects_of, recount, revising, seat_numbers
from tests.support.builders import (
    a_small_university,
    a_student,
)
from tests.support.domain_builders import (
    NOON,
    a_meeting,
    a_request,
    adding,
    dropping,
    section_id,
    student_id,
)


async def test_a_revised_section_keeps_a_code_of_its_own(stored: Stored) -> None:
    await stored.add(*a_small_university())

    with pytest.raises(AlreadyExists):
        await stored.decide(ReviseSection(replace(a_known_section("A", 2), code="B"), NOON))
    await stored.decide(
        ReviseSection(replace(a_known_section("A", 2), code="Z", meetings=(a_meeting(at="08:00"),)), NOON)
    )

    (made,) = await stored.register(a_request("s1", adding("CS-101", "Z", "A-LAB")))
    assert made.outcome is Outcome.ENROLLED


async def test_a_deleted_section_takes_its_seats_along(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=1))

    await stored.remove(a_known_section("B", 1))
    await stored.add(a_known_section("B", 3))

    assert (await stored.facts(both("s1"))).seating[section_id("B")] == Seating.new(3)


def _with_seat(effects: Effects, seat_no: int | None) -> Effects:
    """The same effects, but every seat taken has that number."""
    effects.enrolled = [
        replace(
            made,
            seats=tuple(SeatTaken(seat.section_id, seat.component_id, seat_no) for seat in made.seats),
        )
        for made in effects.enrolled
    ]
    return effects


@pytest.mark.parametrize("seat_no", [1, 3, 0], ids=["taken", "beyond the last", "before the first"])
async def test_only_a_seat_that_is_free_can_be_taken(stored: Stored, seat_no: int) -> None:
    await stored.add(*a_small_university(capacity=2))
    await stored.register(both("s1"))

    with pytest.raises(StaleSeating):
        await apply(stored, _with_seat(await effects_of(stored, both("s2")), seat_no))

    facts = await stored.facts(both("s2"))
    assert facts.next_number == 2
    assert facts.students[student_id("s2")].enrollments == ()


async def test_of_two_decisions_on_the_same_facts_the_second_finds_the_seat_taken(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=1))
    one, other = await effects_of(stored, both("s1")), await effects_of(stored, both("s2"))
    other.enrolled = [replace(made, number=7) for made in other.enrolled]

    await apply(stored, one)
    with pytest.raises(StaleSeating):
        await apply(stored, other)

    assert await seat_numbers(stored, "s1", "s2") == [1, None]


WRONG_HINTS: Sequence[Seating] = (
    Seating(3, 1, 3, 3),
    Seating(3, 4, 3, 3),
    Seating(3, 2, 3, 3, (1,)),
    Seating(3, 3, 9, 9, (2, 7)),
)


@pytest.mark.parametrize("wrong", WRONG_HINTS)
async def test_a_recount_puts_the_hints_right(stored: Stored, wrong: Seating) -> None:
    await stored.add(*a_small_university(capacity=3))
    await stored.register(both("s1"), both("s2"), a_request("s1", dropping("s1")))
    await apply(stored, Effects(next_number=4, seating={section_id("A"): wrong}))

    await recount(stored)

    seating = (await stored.facts(both("s3"))).seating[section_id("A")]
    assert (seating.capacity, seating.seats, seating.taken, seating.free) == (3, 3, 1, 2)
    decisions = await stored.register(both("s1", "again"), both("s3"), both("s4"))
    assert [decision.outcome for decision in decisions] == [Outcome.ENROLLED, Outcome.ENROLLED, Outcome.REJECTED]
    assert sorted(map(str, await seat_numbers(stored, "s1", "s2", "s3"))) == ["1", "2", "3"]


async def test_seats_added_after_a_recount_have_new_numbers(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=2))
    await stored.register(both("s1"))
    await recount(stored)

    await stored.decide(revising("A", 4), revising("A-LAB", 4))
    decisions = await stored.register(both("s2"), both("s3"), both("s4"))

    assert {decision.outcome for decision in decisions} == {Outcome.ENROLLED}
    assert sorted(map(str, await seat_numbers(stored, "s1", "s2", "s3", "s4"))) == ["1", "2", "3", "4"]


async def test_many_requests_are_stored_as_one(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=40, students=40))

    decisions = await stored.register(*(both(f"s{number}") for number in range(1, 41)))

    assert {decision.outcome for decision in decisions} == {Outcome.ENROLLED}
    seats = await seat_numbers(stored, *(f"s{number}" for number in range(1, 41)))
    assert seats == list(range(1, 41))


async def test_a_student_without_registration_has_empty_facts(stored: Stored) -> None:
    await stored.add(*a_small_university(students=0), a_student("new"))

    facts = await stored.facts(a_request("new", adding("unknown")))

    assert facts.students[student_id("new")].enrollments == ()
    assert (facts.offerings, facts.sections, facts.seating, facts.offering_ids) == ({}, {}, {}, {})
