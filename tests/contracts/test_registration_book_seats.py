"""The `RegistrationBook` port as seats are given back, added and taken away."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from application.registration.ports import StaleSeating
from application.shared.errors import AlreadyExists, UnknownReference
from application.shared.records import Entity
from domain.registration.commands import ReviseSection
from domain.registration.enrollment import SeatTaken
from domain.registration.outcomes import Effects, Outcome, SeatAdded
from domain.registration.seating import Seating
from tests.contracts.arranging import Stored
from tests.contracts.registering import a_known_section, apply, both, effects_of, recount, revising, seat_numbers
from tests.support.builders import a_section, a_small_university, a_student, a_term, an_offering
from tests.support.domain_builders import (
    NOON,
    a_meeting,
    a_request,
    adding,
    dropping,
    enrollment_id,
    section_id,
    student_id,
)

ELSEWHERE = an_offering("CS-101", "LEC", "LAB", term="2027-2")


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
    for identifier, change in effects.enrollments.items():
        seats = tuple(SeatTaken(seat.section_id, seat.component_id, seat_no) for seat in change.after.seats)
        effects.enrollments[identifier] = replace(change, after=replace(change.after, seats=seats))
    return effects


def _numbered(effects: Effects, number: int) -> Effects:
    """The same effects, but the enrollment has that number."""
    for identifier, change in effects.enrollments.items():
        effects.enrollments[identifier] = replace(change, after=replace(change.after, number=number))
    return effects


@pytest.mark.parametrize(
    "seat_no", [1, 3, 0, None], ids=["taken", "beyond the last", "before the first", "as if there were no limit"]
)
async def test_only_a_seat_that_is_free_can_be_taken(stored: Stored, seat_no: int | None) -> None:
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
    _numbered(other, 7)

    await apply(stored, one)
    with pytest.raises(StaleSeating):
        await apply(stored, other)

    assert await seat_numbers(stored, "s1", "s2") == [1, None]


async def test_an_unlimited_section_has_no_numbered_seat_to_take(stored: Stored) -> None:
    await stored.add(*a_small_university())

    with pytest.raises(StaleSeating):
        await apply(stored, _with_seat(await effects_of(stored, a_request("s1", adding("MA-1"))), 1))


async def test_a_seat_that_somebody_holds_does_not_go(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=2))
    await stored.register(both("s1"))

    with pytest.raises(StaleSeating):
        await apply(stored, Effects(next_number=2, seats_removed={(section_id("A"), 1)}))

    assert await seat_numbers(stored, "s1") == [1]


async def test_a_seat_that_is_there_cannot_be_added(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=2))

    with pytest.raises(StaleSeating):
        await apply(stored, Effects(next_number=1, seats_added={(section_id("A"), 2): SeatAdded(section_id("A"), 2)}))


async def test_a_student_who_vanished_meanwhile_is_not_enrolled(stored: Stored) -> None:
    await stored.add(*a_small_university())
    effects = await effects_of(stored, both("s1"))
    await stored.remove(a_student("s1"))

    with pytest.raises(UnknownReference) as refused:
        await apply(stored, effects)

    assert refused.value.parameters["field"] == "student"
    facts = await stored.facts(both("s2"))
    assert (facts.next_number, facts.seating[section_id("A")].taken) == (1, 0)


VANISHED: Sequence[tuple[str, Sequence[Entity]]] = (
    ("section", [a_section(an_offering("MA-1"), "M", capacity=None)]),
    ("offering or course", [a_section(an_offering("MA-1"), "M", capacity=None), an_offering("MA-1")]),
)


@pytest.mark.parametrize(("field", "vanished"), VANISHED, ids=[field for field, _ in VANISHED])
async def test_what_vanished_meanwhile_enrolls_nobody(stored: Stored, field: str, vanished: Sequence[Entity]) -> None:
    await stored.add(*a_small_university())
    effects = await effects_of(stored, a_request("s1", adding("MA-1")))
    for entity in vanished:
        await stored.remove(entity)

    with pytest.raises(UnknownReference) as refused:
        await apply(stored, effects)

    assert refused.value.parameters["field"] in field.split(" or ")


async def test_a_section_that_vanished_with_its_seats_enrolls_nobody(stored: Stored) -> None:
    await stored.add(*a_small_university())
    effects = await effects_of(stored, both("s1"))
    await stored.remove(a_known_section("A-LAB", 2))

    with pytest.raises(UnknownReference) as refused:
        await apply(stored, effects)

    assert refused.value.parameters["field"] == "section"


async def test_of_two_decisions_to_enroll_a_student_in_a_course_the_second_is_refused(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=2))
    one, other = await effects_of(stored, both("s1", "one")), await effects_of(stored, both("s1", "other"))
    _numbered(other, 7)

    await apply(stored, one)
    with pytest.raises(AlreadyExists) as refused:
        await apply(stored, _with_seat(other, 2))

    assert refused.value.parameters == {"kind": "enrollment", "key": "student and term and course"}
    (standing,) = (await stored.facts(both("s1"))).students[student_id("s1")].enrollments
    assert standing.id == enrollment_id("one")


async def test_the_id_of_an_enrollment_is_given_once(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.register(both("s1", "made"))

    with pytest.raises(AlreadyExists) as refused:
        await apply(stored, await effects_of(stored, both("s2", "made")))

    assert refused.value.parameters == {"kind": "enrollment", "key": "id"}
    assert await seat_numbers(stored, "s1", "s2") == [1, None]


async def test_a_list_of_which_one_enrollment_is_refused_stores_none_of_it(stored: Stored) -> None:
    await stored.add(*a_small_university())
    effects = await effects_of(stored, both("s1"), both("s2"))
    await stored.remove(a_student("s2"))

    with pytest.raises(UnknownReference):
        await apply(stored, effects)

    assert await seat_numbers(stored, "s1") == [None]


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


@pytest.mark.parametrize("wrong", [Seating(0, 1, 3, 3), Seating(0, 4, 3, 3), Seating(0, 1, 0, 0, (1, 2))])
async def test_a_recount_reaches_a_section_that_never_had_a_seat(stored: Stored, wrong: Seating) -> None:
    await stored.add(*a_small_university(capacity=0))
    await apply(stored, Effects(next_number=1, seating={section_id("A"): wrong}))

    await recount(stored)

    assert (await stored.facts(both("s1"))).seating[section_id("A")] == Seating.new(0)


async def test_a_recount_reaches_a_section_whose_seats_are_all_gone(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=2))
    await apply(stored, Effects(next_number=1, seats_removed={(section_id("A"), 1), (section_id("A"), 2)}))

    await recount(stored)

    assert (await stored.facts(both("s1"))).seating[section_id("A")] == Seating(2, 1, 0, 0)


async def test_a_recount_leaves_other_terms_alone(stored: Stored) -> None:
    await stored.add(*a_small_university(), a_term("2027-2"), ELSEWHERE, a_section(ELSEWHERE, "C", capacity=3))
    wrong = Effects(next_number=1, seating={section_id("C"): Seating(3, 2, 2, 2)})
    await apply(stored, wrong)

    await recount(stored)

    request = a_request("s1", adding("CS-101"))
    facts = await stored.facts(request, term=ELSEWHERE.term_id)
    assert facts.seating[section_id("C")] == Seating(3, 2, 2, 2)


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
