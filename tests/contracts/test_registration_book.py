"""The `RegistrationBook` port: what is decided is stored, and the next decision looks at it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from application.shared.errors import NotFound, StaleWrite
from domain.people.hold import HoldBlock
from domain.registration.outcomes import Outcome, RevisionRefused, SectionRevised
from domain.registration.seating import Seating
from domain.scheduling.section import Section
from domain.shared.identifiers import TermId
from tests.contracts.arranging import Stored
from tests.contracts.registering import CS, a_known_section, both, revising, seat_numbers
from tests.support.builders import a_course, a_hold, a_small_university, a_term
from tests.support.domain_builders import (
    NOON,
    a_request,
    adding,
    by_code,
    dropping,
    enrollment_id,
    identifier,
    section_id,
    student_id,
)


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
    assert (known.offering, known.courses) == (CS, (a_course(),))
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

    (made,) = await stored.register(both("s1"))

    facts = await stored.facts(a_request("s1", adding("MA-1")), a_request("s2", adding("CS-101")))
    (found,) = facts.students[student_id("s1")].enrollments
    assert made.outcome is Outcome.ENROLLED
    assert made.enrollment is not None
    assert replace(found, seats=()) == replace(made.enrollment, seats=())
    assert set(found.seats) == set(made.enrollment.seats)
    assert {seat.seat_no for seat in found.seats} == {1}
    assert {section_id("A"), section_id("A-LAB"), section_id("M")} <= set(facts.sections)
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

    first = await stored.register(both("s1"), a_request("s2", dropping("nothing"), adding("X")))
    second = await stored.register(both("s2"))

    assert [decision.number for decision in (*first, *second)] == [1, 2, 3, 4]
    assert (await stored.facts(both("s3"))).next_number == 5


async def test_every_term_has_an_order_of_its_own(stored: Stored) -> None:
    await stored.add(*a_small_university(), a_term("2027-2"))
    await stored.register(both("s1"))

    assert (await stored.facts(a_request("s1"), term=a_term("2027-2").id)).next_number == 1


async def test_a_full_section_refuses_and_a_drop_makes_room(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=2))
    await stored.register(both("s1"), both("s2"))

    (refused,) = await stored.register(both("s3"))
    await stored.register(a_request("s1", dropping("s1")))
    (let_in,) = await stored.register(both("s3", "again"))

    assert refused.outcome is Outcome.REJECTED
    assert let_in.outcome is Outcome.ENROLLED
    assert await seat_numbers(stored, "s1", "s2", "s3") == [None, 2, 1]
    assert (await stored.facts(both("s1"))).seating[section_id("A")] == Seating(2, 3, 2, 2)


async def test_a_seat_given_back_and_taken_in_one_list_changes_hands(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=1))
    await stored.register(both("s1"))

    decisions = await stored.register(a_request("s1", dropping("s1")), both("s2"))

    assert [decision.outcome for decision in decisions] == [Outcome.DROPPED, Outcome.ENROLLED]
    assert await seat_numbers(stored, "s1", "s2") == [None, 1]


async def test_who_changes_their_mind_in_one_list_leaves_no_trace_in_the_seats(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=1))

    decisions = await stored.register(
        a_request("s1", adding("CS-101", as_name="first"), dropping("first"), adding("CS-101", as_name="second")),
    )

    assert [decision.outcome for decision in decisions] == [Outcome.ENROLLED, Outcome.DROPPED, Outcome.ENROLLED]
    facts = await stored.facts(both("s1"))
    assert [made.id for made in facts.students[student_id("s1")].enrollments] == [enrollment_id("second")]
    assert facts.seating[section_id("A")].taken == 1


async def test_a_course_dropped_can_be_taken_again(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.register(both("s1", "first"))
    (twice,) = await stored.register(both("s1", "twice"))
    await stored.register(a_request("s1", dropping("first")))

    (again,) = await stored.register(both("s1", "second"))

    assert twice.rejections[0].code == "already_enrolled"
    assert again.outcome is Outcome.ENROLLED


async def test_a_raised_capacity_adds_seats(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=1))
    await stored.register(both("s1"))

    answers = await stored.decide(revising("A", 3, 1), revising("A-LAB", 3))
    decisions = await stored.register(both("s2"), both("s3"), both("s4"))

    assert all(isinstance(answer, SectionRevised) for answer in answers)
    assert [decision.outcome for decision in decisions] == [Outcome.ENROLLED, Outcome.ENROLLED, Outcome.REJECTED]
    assert await seat_numbers(stored, "s1", "s2", "s3") == [1, 2, 3]
    found = await stored.get(Section, section_id("A"))
    assert found is not None
    assert (found.entity, found.version) == (a_known_section("A", 3), 2)


async def test_a_capacity_cut_takes_free_seats_away(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=3))
    await stored.register(both("s1"))

    await stored.decide(revising("A", 1))
    (refused,) = await stored.register(both("s2"))

    assert refused.rejections[0].code == "seats_full"
    assert (await stored.facts(both("s2"))).seating[section_id("A")] == Seating(1, 2, 1, 1)


async def test_a_capacity_cut_below_the_roster_evicts_nobody(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=3))
    await stored.register(both("s1"), both("s2"), both("s3"))

    await stored.decide(revising("A", 1))
    assert await seat_numbers(stored, "s1", "s2", "s3") == [1, 2, 3]
    cut = (await stored.facts(both("s4"))).seating[section_id("A")]
    await stored.register(a_request("s1", dropping("s1")), a_request("s3", dropping("s3")))
    shrunk = (await stored.facts(both("s4"))).seating[section_id("A")]
    (refused,) = await stored.register(both("s4"))
    await stored.register(a_request("s2", dropping("s2")))
    (let_in,) = await stored.register(both("s4", "again"))

    assert (cut.capacity, cut.taken, cut.free, cut.seats) == (1, 3, 0, 3)
    assert (shrunk.capacity, shrunk.taken, shrunk.free, shrunk.seats) == (1, 1, 0, 1)
    assert refused.rejections[0].code == "seats_full"
    assert let_in.outcome is Outcome.ENROLLED
    assert await seat_numbers(stored, "s4") == [2]


async def test_a_section_without_seats_gets_some(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=0))

    await stored.decide(revising("A", 1), revising("A-LAB", 1))
    (let_in,) = await stored.register(both("s1"))

    assert let_in.outcome is Outcome.ENROLLED


async def test_a_refused_revision_changes_nothing(stored: Stored) -> None:
    await stored.add(*a_small_university())

    (answer,) = await stored.decide(revising("A", None))

    assert isinstance(answer, RevisionRefused)
    found = await stored.get(Section, section_id("A"))
    assert found is not None
    assert (found.entity.capacity, found.version) == (2, 1)


async def test_a_stale_revision_changes_nothing(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.decide(revising("A", 3, 1))

    with pytest.raises(StaleWrite):
        await stored.decide(revising("B", 9, None), revising("A", 4, 1))

    assert (await stored.facts(both("s1"))).seating[section_id("A")].seats == 3
    assert (await stored.facts(both("s1"))).seating[section_id("B")].seats == 2
