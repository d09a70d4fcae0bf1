"""The `RegistrationBook` port: what is decided is stored, and the next decision looks at it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from application.registration.ports import StaleSeating
from application.shared.errors import AlreadyExists, NotFound, StaleWrite, UnknownReference
from domain.people.hold import HoldBlock
from domain.registration.commands import RegistrationRequest, ReviseSection
from domain.registration.decide import decide
from domain.registration.enrollment import SeatTaken
from domain.registration.outcomes import Effects, Outcome, RevisionRefused, SectionRevised
from domain.registration.seating import Seating
from domain.scheduling.section import Section
from domain.shared.identifiers import TermId
from tests.contracts.arranging import TERM_ID, Stored
from tests.support.builders import (
    a_hold,
    a_small_university,
    a_student,
    a_term,
    an_offering,
)
from tests.support.domain_builders import (
    NOON,
    a_meeting,
    a_request,
    adding,
    by_code,
    dropping,
    enrollment_id,
    identifier,
    section_id,
    student_id,
)

CS = an_offering("CS-101", "LEC", "LAB")


def _both(student: str, name: str | None = None) -> RegistrationRequest:
    """A request for the lecture `A` with its lab; the enrollment is called like the student."""
    return a_request(student, adding("CS-101", "A", "A-LAB", as_name=name or student))


def _section(code: str, capacity: int | None) -> Section:
    known = {entity.id: entity for entity in a_small_university() if isinstance(entity, Section)}
    return replace(known[section_id(code)], capacity=capacity)


def _revising(code: str, capacity: int | None, version: int | None = None) -> ReviseSection:
    return ReviseSection(_section(code, capacity), NOON, version)


async def _seat_numbers(stored: Stored, *students: str, section: str = "A") -> list[int | None]:
    """The seats that students hold in a section; None for who holds none."""
    facts = await stored.facts(*(a_request(student, adding("CS-101")) for student in students))
    held = []
    for student in students:
        seats = [seat for made in facts.students[student_id(student)].enrollments for seat in made.seats]
        held.append(next((seat.seat_no for seat in seats if seat.section_id == section_id(section)), None))
    return held


async def test_facts_hold_what_the_commands_speak_of(stored: Stored) -> None:
    university = a_small_university()
    await stored.add(*university)

    facts = await stored.facts(a_request("s1", adding("CS-101", "A", "A-LAB")))

    sections = {entity.code: entity for entity in university if isinstance(entity, Section)}
    assert facts.term == a_term()
    assert facts.next_number == 1
    assert facts.students[student_id("s1")].enrollments == ()
    assert facts.students[student_id("s1")].holds == ()
    assert list(facts.offerings) == [CS.id]
    known = facts.offerings[CS.id]
    assert (known.offering, known.credits) == (CS, Decimal(3))
    assert known.sections == (sections["A"], sections["A-LAB"], sections["B"])
    assert facts.sections == {section.id: section for section in known.sections}
    assert facts.seating == {section.id: Seating.new(2) for section in known.sections}
    assert facts.offering_ids == {by_code("CS-101"): CS.id}
    assert facts.section_ids == {by_code(code): section_id(code) for code in ("A", "A-LAB")}


async def test_facts_hold_the_holds_that_block_registration(stored: Stored) -> None:
    released = a_hold("s1", "released").release(NOON)
    others = (a_hold("s1", "papers", HoldBlock.TRANSCRIPTS), a_hold("s2", "fees"))
    await stored.add(*a_small_university(), a_hold("s1", "fees"), released, *others)

    facts = await stored.facts(a_request("s1", adding("CS-101")))

    assert facts.students[student_id("s1")].holds == (a_hold("s1", "fees"),)


async def test_a_term_that_is_gone_has_no_facts(stored: Stored) -> None:
    with pytest.raises(NotFound):
        await stored.facts(a_request("s1", adding("CS-101")), term=TermId(identifier("term", "gone")))


async def test_a_student_who_enrolled_sits_in_the_facts(stored: Stored) -> None:
    await stored.add(*a_small_university())

    (made,) = await stored.register(_both("s1"))

    facts = await stored.facts(a_request("s1", adding("MA-1")), a_request("s2", adding("MA-1")))
    (found,) = facts.students[student_id("s1")].enrollments
    assert made.outcome is Outcome.ENROLLED
    assert made.enrollment is not None
    assert replace(found, seats=()) == replace(made.enrollment, seats=())
    assert set(found.seats) == set(made.enrollment.seats)
    assert {seat.seat_no for seat in found.seats} == {1}
    assert {section_id("A"), section_id("A-LAB"), section_id("M")} == set(facts.sections)
    assert facts.seating[section_id("A")] == Seating(2, 2, 2, 2)
    assert section_id("M") not in facts.seating
    assert facts.students[student_id("s2")].enrollments == ()


async def test_an_unlimited_section_numbers_no_seats(stored: Stored) -> None:
    await stored.add(*a_small_university())

    await stored.register(*(a_request(f"s{n}", adding("MA-1", as_name=f"e{n}")) for n in (1, 2, 3)))

    facts = await stored.facts(a_request("s3"))
    (found,) = facts.students[student_id("s3")].enrollments
    assert found.credits == Decimal("4.5")
    (seat,) = found.seats
    assert (seat.section_id, seat.seat_no) == (section_id("M"), None)
    assert facts.seating == {}


async def test_the_order_of_decisions_goes_on(stored: Stored) -> None:
    await stored.add(*a_small_university())

    first = await stored.register(_both("s1"), a_request("s2", dropping("nothing"), adding("X")))
    second = await stored.register(_both("s2"))

    assert [decision.number for decision in (*first, *second)] == [1, 2, 3, 4]
    assert (await stored.facts(_both("s3"))).next_number == 5


async def test_every_term_has_an_order_of_its_own(stored: Stored) -> None:
    await stored.add(*a_small_university(), a_term("2027-2"))
    await stored.register(_both("s1"))

    assert (await stored.facts(a_request("s1"), term=a_term("2027-2").id)).next_number == 1


async def test_a_full_section_refuses_and_a_drop_makes_room(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=2))
    await stored.register(_both("s1"), _both("s2"))

    (refused,) = await stored.register(_both("s3"))
    await stored.register(a_request("s1", dropping("s1")))
    (let_in,) = await stored.register(_both("s3", "again"))

    assert refused.outcome is Outcome.REJECTED
    assert let_in.outcome is Outcome.ENROLLED
    assert await _seat_numbers(stored, "s1", "s2", "s3") == [None, 2, 1]
    assert (await stored.facts(_both("s1"))).seating[section_id("A")] == Seating(2, 3, 2, 2)


async def test_a_seat_given_back_and_taken_in_one_list_changes_hands(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=1))
    await stored.register(_both("s1"))

    decisions = await stored.register(a_request("s1", dropping("s1")), _both("s2"))

    assert [decision.outcome for decision in decisions] == [Outcome.DROPPED, Outcome.ENROLLED]
    assert await _seat_numbers(stored, "s1", "s2") == [None, 1]


async def test_who_changes_their_mind_in_one_list_leaves_no_trace_in_the_seats(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=1))

    decisions = await stored.register(
        a_request("s1", adding("CS-101", as_name="first"), dropping("first"), adding("CS-101", as_name="second")),
    )

    assert [decision.outcome for decision in decisions] == [Outcome.ENROLLED, Outcome.DROPPED, Outcome.ENROLLED]
    facts = await stored.facts(_both("s1"))
    assert [made.id for made in facts.students[student_id("s1")].enrollments] == [enrollment_id("second")]
    assert facts.seating[section_id("A")].taken == 1


async def test_a_course_dropped_can_be_taken_again(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.register(_both("s1", "first"))
    (twice,) = await stored.register(_both("s1", "twice"))
    await stored.register(a_request("s1", dropping("first")))

    (again,) = await stored.register(_both("s1", "second"))

    assert twice.rejections[0].code == "already_enrolled"
    assert again.outcome is Outcome.ENROLLED


async def test_a_raised_capacity_adds_seats(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=1))
    await stored.register(_both("s1"))

    answers = await stored.decide(_revising("A", 3, 1), _revising("A-LAB", 3))
    decisions = await stored.register(_both("s2"), _both("s3"), _both("s4"))

    assert all(isinstance(answer, SectionRevised) for answer in answers)
    assert [decision.outcome for decision in decisions] == [Outcome.ENROLLED, Outcome.ENROLLED, Outcome.REJECTED]
    assert await _seat_numbers(stored, "s1", "s2", "s3") == [1, 2, 3]
    found = await stored.get(Section, section_id("A"))
    assert found is not None
    assert (found.entity, found.version) == (_section("A", 3), 2)


async def test_a_capacity_cut_takes_free_seats_away(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=3))
    await stored.register(_both("s1"))

    await stored.decide(_revising("A", 1))
    (refused,) = await stored.register(_both("s2"))

    assert refused.rejections[0].code == "seats_full"
    assert (await stored.facts(_both("s2"))).seating[section_id("A")] == Seating(1, 2, 1, 1)


async def test_a_capacity_cut_below_the_roster_evicts_nobody(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=3))
    await stored.register(_both("s1"), _both("s2"), _both("s3"))

    await stored.decide(_revising("A", 1))
    assert await _seat_numbers(stored, "s1", "s2", "s3") == [1, 2, 3]
    cut = (await stored.facts(_both("s4"))).seating[section_id("A")]
    await stored.register(a_request("s1", dropping("s1")), a_request("s3", dropping("s3")))
    shrunk = (await stored.facts(_both("s4"))).seating[section_id("A")]
    (refused,) = await stored.register(_both("s4"))
    await stored.register(a_request("s2", dropping("s2")))
    (let_in,) = await stored.register(_both("s4", "again"))

    assert (cut.capacity, cut.taken, cut.free, cut.seats) == (1, 3, 0, 3)
    assert (shrunk.capacity, shrunk.taken, shrunk.free, shrunk.seats) == (1, 1, 0, 1)
    assert refused.rejections[0].code == "seats_full"
    assert let_in.outcome is Outcome.ENROLLED
    assert await _seat_numbers(stored, "s4") == [2]


async def test_a_section_without_seats_gets_some(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=0))

    await stored.decide(_revising("A", 1), _revising("A-LAB", 1))
    (let_in,) = await stored.register(_both("s1"))

    assert let_in.outcome is Outcome.ENROLLED


async def test_a_refused_revision_changes_nothing(stored: Stored) -> None:
    await stored.add(*a_small_university())

    (answer,) = await stored.decide(_revising("A", None))

    assert isinstance(answer, RevisionRefused)
    found = await stored.get(Section, section_id("A"))
    assert found is not None
    assert (found.entity.capacity, found.version) == (2, 1)


async def test_a_stale_revision_changes_nothing(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.decide(_revising("A", 3, 1))

    with pytest.raises(StaleWrite):
        await stored.decide(_revising("B", 9, None), _revising("A", 4, 1))

    assert (await stored.facts(_both("s1"))).seating[section_id("A")].seats == 3
    assert (await stored.facts(_both("s1"))).seating[section_id("B")].seats == 2


async def test_a_revised_section_keeps_a_code_of_its_own(stored: Stored) -> None:
    await stored.add(*a_small_university())

    with pytest.raises(AlreadyExists):
        await stored.decide(ReviseSection(replace(_section("A", 2), code="B"), NOON))
    await stored.decide(ReviseSection(replace(_section("A", 2), code="Z", meetings=(a_meeting(at="08:00"),)), NOON))

    (made,) = await stored.register(a_request("s1", adding("CS-101", "Z", "A-LAB")))
    assert made.outcome is Outcome.ENROLLED


async def test_a_deleted_section_takes_its_seats_along(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=1))

    await stored.remove(_section("B", 1))
    await stored.add(_section("B", 3))

    assert (await stored.facts(_both("s1"))).seating[section_id("B")] == Seating.new(3)


async def _apply(stored: Stored, effects: Effects) -> None:
    async with stored.persistence.work(stored.institution) as work:
        await work.book.apply(TERM_ID, effects)


async def _effects(stored: Stored, *requests: RegistrationRequest) -> Effects:
    """The effects of requests, not stored yet."""
    _, effects = decide(await stored.facts(*requests), requests)
    return effects


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
    await stored.register(_both("s1"))

    with pytest.raises(StaleSeating):
        await _apply(stored, _with_seat(await _effects(stored, _both("s2")), seat_no))

    facts = await stored.facts(_both("s2"))
    assert facts.next_number == 2
    assert facts.students[student_id("s2")].enrollments == ()


async def test_of_two_decisions_on_the_same_facts_the_second_finds_the_seat_taken(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=1))
    one, other = await _effects(stored, _both("s1")), await _effects(stored, _both("s2"))
    other.enrolled = [replace(made, number=7) for made in other.enrolled]

    await _apply(stored, one)
    with pytest.raises(StaleSeating):
        await _apply(stored, other)

    assert await _seat_numbers(stored, "s1", "s2") == [1, None]


WRONG_HINTS: Sequence[Seating] = (
    Seating(3, 1, 3, 3),
    Seating(3, 4, 3, 3),
    Seating(3, 2, 3, 3, (1,)),
    Seating(3, 3, 9, 9, (2, 7)),
)


@pytest.mark.parametrize("wrong", WRONG_HINTS)
async def test_a_recount_puts_the_hints_right(stored: Stored, wrong: Seating) -> None:
    await stored.add(*a_small_university(capacity=3))
    await stored.register(_both("s1"), _both("s2"), a_request("s1", dropping("s1")))
    await _apply(stored, Effects(next_number=4, seating={section_id("A"): wrong}))

    async with stored.persistence.work(stored.institution) as work:
        await work.book.recount(TERM_ID)

    seating = (await stored.facts(_both("s3"))).seating[section_id("A")]
    assert (seating.capacity, seating.seats, seating.taken, seating.free) == (3, 3, 1, 2)
    decisions = await stored.register(_both("s1", "again"), _both("s3"), _both("s4"))
    assert [decision.outcome for decision in decisions] == [Outcome.ENROLLED, Outcome.ENROLLED, Outcome.REJECTED]
    assert sorted(map(str, await _seat_numbers(stored, "s1", "s2", "s3"))) == ["1", "2", "3"]


async def test_seats_added_after_a_recount_have_new_numbers(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=2))
    await stored.register(_both("s1"))
    async with stored.persistence.work(stored.institution) as work:
        await work.book.recount(TERM_ID)

    await stored.decide(_revising("A", 4), _revising("A-LAB", 4))
    decisions = await stored.register(_both("s2"), _both("s3"), _both("s4"))

    assert {decision.outcome for decision in decisions} == {Outcome.ENROLLED}
    assert sorted(map(str, await _seat_numbers(stored, "s1", "s2", "s3", "s4"))) == ["1", "2", "3", "4"]


async def test_a_student_who_is_gone_cannot_enroll(stored: Stored) -> None:
    await stored.add(*a_small_university())

    with pytest.raises(UnknownReference) as refused:
        await stored.register(_both("gone"))

    assert refused.value.parameters["field"] == "student"


async def test_many_requests_are_stored_as_one(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=40, students=40))

    decisions = await stored.register(*(_both(f"s{number}") for number in range(1, 41)))

    assert {decision.outcome for decision in decisions} == {Outcome.ENROLLED}
    seats = await _seat_numbers(stored, *(f"s{number}" for number in range(1, 41)))
    assert seats == list(range(1, 41))


async def test_a_student_without_registration_has_empty_facts(stored: Stored) -> None:
    await stored.add(*a_small_university(students=0), a_student("new"))

    facts = await stored.facts(a_request("new", adding("unknown")))

    assert facts.students[student_id("new")].enrollments == ()
    assert (facts.offerings, facts.sections, facts.seating, facts.offering_ids) == ({}, {}, {}, {})
