"""The `RegistrationBook` port: who changes sections, swaps or withdraws leaves a trace, and keeps what seats stay."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from application.registration.enrollments import ENROLLMENTS
from application.shared.errors import StillReferenced
from domain.catalog.grading import GradingBasis
from domain.people.cohort import Cohort
from domain.people.student import Student
from domain.registration.commands import ChangeBasis, Mode, Swap
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.outcomes import Outcome
from domain.registration.verification import verify
from domain.scheduling.section import ReservedSeats, Section
from tests.contracts.arranging import TERM_ID, Stored
from tests.contracts.queueing import a_crowded_university, moving, taking, two_labs
from tests.contracts.registering import both
from tests.support.builders import a_course, a_program, a_small_university
from tests.support.domain_builders import (
    NOON,
    a_request,
    adding,
    dropping,
    enrollment_id,
    program_id,
    section_id,
    student_id,
)

HOUR = timedelta(hours=1)
LATE = datetime(2027, 2, 25, 12, tzinfo=UTC)


async def _sections_of(stored: Stored, student: str, as_of: datetime | None = None) -> list[tuple[str, int | None]]:
    """The sections in a student's schedule, each with its seat."""
    async with stored.persistence.reading(stored.institution) as views:
        schedule = await views.schedule(TERM_ID, student_id(student), as_of)
    return [(section.section_code, section.seat_no) for course in schedule.courses for section in course.sections]


async def _roster_of(stored: Stored, section: str, as_of: datetime | None = None) -> list[str]:
    async with stored.persistence.reading(stored.institution) as views:
        roster = await views.roster(section_id(section), as_of)
    return [entry.student_code for entry in roster.entries]


async def _is_clean(stored: Stored) -> bool:
    async with stored.persistence.reading(stored.institution) as views:
        return verify(await views.term_roster(TERM_ID)) == ()


async def _two_labs(stored: Stored) -> None:
    """The lecture `A` has one seat and the labs `A-LAB` and `C-LAB`; `s1` sits in the first lab since noon."""
    await stored.add(*a_small_university(capacity=1), two_labs())
    await stored.register(both("s1", "e"))


async def test_a_swap_keeps_the_seat_in_a_section_of_both(stored: Stored) -> None:
    await _two_labs(stored)

    swap = Swap(enrollment_id("e"), adding("CS-101", "A", "C-LAB", as_name="f"))
    (swapped,) = await stored.register(a_request("s1", swap, at=NOON + HOUR))

    assert swapped.outcome is Outcome.SWAPPED
    facts = await stored.facts(both("s2"))
    assert facts.seating[section_id("A")].free == 0
    (standing,) = (await stored.facts(a_request("s1"))).students[student_id("s1")].enrollments
    assert standing.id == enrollment_id("f")
    assert {(seat.section_id, seat.seat_no) for seat in standing.seats} == {
        (section_id("A"), 1),
        (section_id("C-LAB"), 1),
    }
    ended = await stored.view(ENROLLMENTS, enrollment_id("e"))
    assert (ended.status, ended.sections) == (EnrollmentStatus.DROPPED, ("A", "A-LAB"))
    assert await _is_clean(stored)


async def test_a_change_of_sections_keeps_the_seats_in_those_that_stay(stored: Stored) -> None:
    await _two_labs(stored)

    (changed,) = await stored.register(moving("s1", "e", "A", "C-LAB", at=NOON + HOUR))

    assert changed.outcome is Outcome.CHANGED
    assert await _sections_of(stored, "s1") == [("A", 1), ("C-LAB", 1)]
    view = await stored.view(ENROLLMENTS, enrollment_id("e"))
    assert (view.sections, view.number, view.enrolled_at, view.ended_at) == (("A", "C-LAB"), 1, NOON, None)
    assert (await stored.facts(both("s2"))).seating[section_id("A-LAB")].free == 1
    assert await _is_clean(stored)


async def test_a_change_of_sections_is_a_stay_that_ends_and_one_that_begins(stored: Stored) -> None:
    await _two_labs(stored)
    await stored.register(moving("s1", "e", "A", "C-LAB", at=NOON + HOUR))
    await stored.register(moving("s1", "e", "A", "A-LAB", at=NOON + 2 * HOUR))

    minute = timedelta(minutes=1)
    assert await _roster_of(stored, "A-LAB", NOON - minute) == []
    assert await _roster_of(stored, "A-LAB", NOON) == ["s1"]
    assert await _roster_of(stored, "A-LAB", NOON + HOUR) == []
    assert await _roster_of(stored, "A-LAB", NOON + 2 * HOUR) == await _roster_of(stored, "A-LAB") == ["s1"]
    assert await _roster_of(stored, "C-LAB", NOON + HOUR) == ["s1"]
    assert await _roster_of(stored, "C-LAB") == []
    assert await _sections_of(stored, "s1", NOON + HOUR + minute) == [("A", 1), ("C-LAB", None)]
    assert await _sections_of(stored, "s1") == [("A", 1), ("A-LAB", 1)]


async def test_who_dropped_was_there_before(stored: Stored) -> None:
    await _two_labs(stored)
    await stored.register(a_request("s1", dropping("e"), at=NOON + HOUR))

    assert await _sections_of(stored, "s1") == []
    assert await _sections_of(stored, "s1", NOON) == [("A", None), ("A-LAB", None)]
    assert await _roster_of(stored, "A", NOON) == ["s1"]
    assert await _roster_of(stored, "A") == []


async def test_moving_and_dropping_in_one_list_frees_every_seat(stored: Stored) -> None:
    await _two_labs(stored)

    decisions = await stored.register(
        moving("s1", "e", "A", "C-LAB", at=NOON + HOUR), a_request("s1", dropping("e"), at=NOON + 2 * HOUR)
    )

    assert [decision.outcome for decision in decisions] == [Outcome.CHANGED, Outcome.DROPPED]
    seating = (await stored.facts(both("s2"))).seating
    assert {state.taken for state in seating.values()} == {0}
    view = await stored.view(ENROLLMENTS, enrollment_id("e"))
    assert (view.status, view.sections) == (EnrollmentStatus.DROPPED, ("A", "C-LAB"))
    assert await _sections_of(stored, "s1", NOON + HOUR) == [("A", None), ("C-LAB", None)]
    assert await _is_clean(stored)


async def test_moving_within_the_list_that_enrolls_stores_the_last_sections(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=1), two_labs())

    await stored.register(both("s1", "e"), moving("s1", "e", "A", "C-LAB", at=NOON + HOUR))

    assert await _sections_of(stored, "s1") == [("A", 1), ("C-LAB", 1)]
    assert (await stored.facts(both("s2"))).seating[section_id("A-LAB")].taken == 0
    assert await _is_clean(stored)


async def test_two_students_trade_places_in_one_list(stored: Stored) -> None:
    await stored.add(*a_small_university(capacity=2), two_labs(2))
    await stored.register(both("s1", "e"), a_request("s2", adding("CS-101", "A", "C-LAB", as_name="f")))

    await stored.register(moving("s1", "e", "A", "C-LAB"), moving("s2", "f", "A", "A-LAB"))

    assert await _roster_of(stored, "A-LAB") == ["s2"]
    assert await _roster_of(stored, "C-LAB") == ["s1"]
    assert await _is_clean(stored)


async def test_a_cart_that_exchanges_two_enrollments_hands_their_seats_over(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), taking("s1", "Y1"))
    cart = a_request("s1", dropping("s1-X1"), adding("Z-1", "Z1", as_name="z"), dropping("s1-Y1"))

    decisions = await stored.register(replace(cart, mode=Mode.ATOMIC))

    assert [decision.outcome for decision in decisions] == [Outcome.DROPPED, Outcome.ENROLLED, Outcome.DROPPED]
    assert await _sections_of(stored, "s1") == [("Z1", 1)]
    assert await _is_clean(stored)


async def test_leaving_after_the_drop_deadline_is_a_withdrawal(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"))

    (left,) = await stored.register(a_request("s1", dropping("s1-X1"), at=LATE))

    view = await stored.view(ENROLLMENTS, enrollment_id("s1-X1"))
    assert left.outcome is Outcome.WITHDRAWN
    assert (view.status, view.mark, view.ended_at) == (EnrollmentStatus.WITHDRAWN, "W", LATE)
    assert view.sections == ("X1",)
    assert (await stored.facts(taking("s2", "X1"))).seating[section_id("X1")].free == 1
    assert await _sections_of(stored, "s1") == []
    assert await _is_clean(stored)


async def test_a_change_of_the_grading_basis_is_stored(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.save(replace(a_course(), grading_bases=frozenset(GradingBasis)))
    await stored.register(a_request("s1", adding("CS-101", "A", "A-LAB", as_name="e", basis=GradingBasis.AUDIT)))

    before = await stored.view(ENROLLMENTS, enrollment_id("e"))
    await stored.register(a_request("s1", ChangeBasis(enrollment_id("e"), GradingBasis.PASS_FAIL)))

    (standing,) = (await stored.facts(a_request("s1"))).students[student_id("s1")].enrollments
    after = await stored.view(ENROLLMENTS, enrollment_id("e"))
    assert (before.grading_basis, after.grading_basis) == (GradingBasis.AUDIT, GradingBasis.PASS_FAIL)
    assert standing.grading_basis is GradingBasis.PASS_FAIL
    assert await _sections_of(stored, "s1") == [("A", 1), ("A-LAB", 1)]


async def test_a_seat_counts_against_the_pool_from_which_it_was_taken(stored: Stored) -> None:
    await stored.add(*a_crowded_university(), a_program())
    section = await stored.get(Section, section_id("X1"))
    student = await stored.get(Student, student_id("s2"))
    assert section is not None
    assert student is not None
    pool = ReservedSeats("engineers", Cohort(programs=frozenset({program_id("ENG")})), 1)
    await stored.save(replace(student.entity, program_id=program_id("ENG")))
    await stored.save(replace(section.entity, reserved=(pool,)))

    refused, made = await stored.register(taking("s1", "X1"), taking("s2", "X1"))

    facts = await stored.facts(taking("s3", "X1"), a_request("s2"))
    (standing,) = facts.students[student_id("s2")].enrollments
    assert (refused.rejections[0].code, made.outcome) == ("seats_reserved", Outcome.ENROLLED)
    assert facts.sections[section_id("X1")].reserved == (pool,)
    assert facts.pools == {section_id("X1"): {"engineers": 1}}
    assert [seat.pool for seat in standing.seats] == ["engineers"]
    await stored.register(a_request("s2", dropping("s2-X1")))
    assert (await stored.facts(taking("s3", "X1"))).pools == {}


async def test_a_section_that_everybody_left_stays_on_record(stored: Stored) -> None:
    await _two_labs(stored)
    await stored.register(moving("s1", "e", "A", "C-LAB"))
    left = await stored.get(Section, section_id("A-LAB"))
    assert left is not None

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(left.entity)

    assert refused.value.parameters == {"kind": "section", "by": "enrollments"}
