"""The `RegistrationBook` port: waitlist entries are stored whole, and end as their students are promoted or leave."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from application.registration.dto import RejectionView
from application.registration.waitlists import WAITLIST_ENTRIES
from application.shared.errors import AlreadyExists, StillReferenced
from application.shared.paging import PageQuery
from domain.catalog.grading import GradingBasis
from domain.registration.codes import RejectionCode
from domain.registration.commands import LeaveWaitlist, ReviewQueues
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.outcomes import Movement, Outcome
from domain.registration.verification import verify
from domain.registration.waitlist import EntryStatus, WaitlistEntry
from domain.shared.identifiers import OfferingId, TermId
from tests.contracts.arranging import TERM_ID, Stored
from tests.contracts.queueing import (
    OFFERINGS,
    a_crowded_university,
    a_permission,
    consequences_of,
    credits_taken,
    offering,
    taking,
    waiting,
)
from tests.contracts.registering import apply, effects_of
from tests.support.builders import a_section, a_student, a_term
from tests.support.domain_builders import (
    NOON,
    a_request,
    course_id,
    dropping,
    enrollment_id,
    entry_id,
    section_id,
    student_id,
)


async def _entry(stored: Stored, name: str) -> WaitlistEntry | None:
    facts = await stored.facts(ReviewQueues(NOON))
    return facts.entries.get(entry_id(name))


async def test_an_entry_is_stored_whole(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), taking("s2", "Y1"))

    (joined,) = await stored.register(waiting("s2", "X1", for_="s2-Y1"))

    assert joined.outcome is Outcome.WAITLISTED
    assert await _entry(stored, "s2-X1") == WaitlistEntry(
        id=entry_id("s2-X1"),
        enrollment_id=enrollment_id("s2-X1"),
        student_id=student_id("s2"),
        term_id=TERM_ID,
        offering_id=offering("X-1"),
        course_id=course_id("X-1"),
        section_ids=(section_id("X1"),),
        grading_basis=GradingBasis.GRADED,
        number=3,
        joined_at=NOON,
        drop_if_enrolled=enrollment_id("s2-Y1"),
    )


async def test_a_freed_seat_goes_to_the_first_who_waits(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"), waiting("s3", "X1"))

    (promoted,) = await consequences_of(stored, a_request("s1", dropping("s1-X1")))

    assert promoted.movement is Movement.PROMOTED
    assert list(await credits_taken(stored, "s2")) == [enrollment_id("s2-X1")]
    assert await credits_taken(stored, "s3") == {}
    assert await _entry(stored, "s2-X1") is None
    assert await _entry(stored, "s3-X1") is not None


async def test_seats_go_round_along_a_chain_of_swaps(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), taking("s2", "Y1"), taking("s3", "Z1"))
    await stored.register(waiting("s2", "X1", for_="s2-Y1"), waiting("s3", "Y1", for_="s3-Z1"), waiting("s4", "Z1"))

    moved = await consequences_of(stored, a_request("s1", dropping("s1-X1")))

    assert [consequence.movement for consequence in moved] == [Movement.PROMOTED] * 3
    for student, name in (("s2", "s2-X1"), ("s3", "s3-Y1"), ("s4", "s4-Z1")):
        assert list(await credits_taken(stored, student)) == [enrollment_id(name)]
    async with stored.persistence.reading(stored.institution) as views:
        assert verify(await views.term_roster(TERM_ID)) == ()


async def test_why_an_entry_was_passed_over_is_remembered_exactly(stored: Stored) -> None:
    await stored.add(*a_crowded_university(credit_maximum="5.5"))
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"))
    await stored.register(taking("s2", "Y1"))

    (skipped,) = await consequences_of(stored, a_request("s1", dropping("s1-X1")))

    entry = await _entry(stored, "s2-X1")
    assert skipped.movement is Movement.SKIPPED
    assert entry is not None
    assert entry.skipped == skipped.reasons
    assert [reason.code for reason in entry.skipped] == ["credit_maximum"]
    assert entry.skipped[0].parameters["maximum"] == Decimal("5.5")
    assert await consequences_of(stored, ReviewQueues(NOON)) == []


async def test_whoever_leaves_waits_no_longer(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"))

    (left,) = await stored.register(a_request("s2", LeaveWaitlist(entry_id("s2-X1"))))

    view = await stored.view(WAITLIST_ENTRIES, entry_id("s2-X1"))
    assert left.outcome is Outcome.LEFT_WAITLIST
    assert await _entry(stored, "s2-X1") is None
    assert (view.status, view.position, view.ended_at, view.enrollment) == (EntryStatus.LEFT, None, NOON, None)


async def test_who_left_may_wait_again(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"))
    await stored.register(a_request("s2", LeaveWaitlist(entry_id("s2-X1"))))

    _, again = await stored.register(taking("s3", "X2"), waiting("s2", "X2"))

    assert again.outcome is Outcome.WAITLISTED


async def test_a_student_is_not_put_on_a_queue_twice(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), taking("s3", "X2"))
    one, other = await effects_of(stored, waiting("s2", "X1")), await effects_of(stored, waiting("s2", "X2"))

    await apply(stored, one)
    with pytest.raises(AlreadyExists):
        await apply(stored, other)


async def test_entries_show_their_place_in_the_queue(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), taking("s6", "X2"))
    await stored.register(waiting("s2", "X1"), waiting("s3", "X2"), waiting("s4", "X1"))

    page = await stored.page(WAITLIST_ENTRIES, PageQuery(filters={"student_code": "s4"}))

    (view,) = page.items
    assert view.model_dump() == {
        "id": entry_id("s4-X1"),
        "student": student_id("s4"),
        "student_code": "s4",
        "term": TERM_ID,
        "term_code": "2027-1",
        "offering": offering("X-1"),
        "course": course_id("X-1"),
        "course_code": "X-1",
        "sections": ("X1",),
        "status": EntryStatus.WAITING,
        "position": 2,
        "priority": 0,
        "number": 5,
        "grading_basis": GradingBasis.GRADED,
        "drop_if_enrolled": None,
        "enrollment": None,
        "skipped": (),
        "joined_at": NOON,
        "ended_at": None,
    }


async def test_entries_show_what_spoke_against_their_students(stored: Stored) -> None:
    await stored.add(*a_crowded_university(credit_maximum="5.5"))
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"))
    await stored.register(taking("s2", "Y1"), a_request("s1", dropping("s1-X1")))

    view = await stored.view(WAITLIST_ENTRIES, entry_id("s2-X1"))

    (reason,) = view.skipped
    assert isinstance(reason, RejectionView)
    assert reason.code == "credit_maximum"
    assert "5.5" in reason.message


async def test_a_promoted_entry_names_the_enrollment(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"))
    await stored.register(a_request("s1", dropping("s1-X1"), at=NOON + timedelta(hours=1)))

    view = await stored.view(WAITLIST_ENTRIES, entry_id("s2-X1"))

    assert (view.status, view.enrollment) == (EntryStatus.PROMOTED, enrollment_id("s2-X1"))
    assert (view.position, view.ended_at) == (None, NOON + timedelta(hours=1))


async def test_the_terms_in_which_somebody_waits_are_found(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"))

    async def found() -> tuple[list[object], list[object]]:
        async with stored.persistence.reading(stored.institution) as views:
            return list(await views.queues_of(student_id("s2"))), list(await views.queues_of(student_id("s1")))

    before = await found()
    await stored.register(waiting("s2", "X1"))
    during = await found()
    await stored.register(a_request("s2", LeaveWaitlist(entry_id("s2-X1"))))

    assert before == ([], [])
    assert during == ([TERM_ID], [])
    assert await found() == ([], [])


async def test_a_queue_may_move_by_itself_where_seats_are_free_or_an_enrollment_would_be_given_up(
    stored: Stored,
) -> None:
    await stored.add(*a_crowded_university(credit_maximum="5.5"))
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"), taking("s2", "Y1"))
    await stored.register(taking("s3", "Z1"), taking("s4", "Y2"), waiting("s4", "Z1", for_="s4-Y2"))
    full = await _moving(stored)

    await stored.register(a_request("s1", dropping("s1-X1")))

    assert full == {TERM_ID: (offering("Z-1"),)}
    assert await _moving(stored) == {TERM_ID: tuple(sorted((offering("X-1"), offering("Z-1"))))}


async def test_a_queue_may_move_where_a_permission_seats_above_capacity(stored: Stored) -> None:
    """What else spoke against its student, such as a time ticket, may have passed."""
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"), taking("s1", "Y1"), waiting("s2", "Y1"))
    permission = a_permission("s2", RejectionCode.SEATS_FULL, section="X1")
    await stored.add(permission, a_permission("s2", RejectionCode.HOLD, course="Y-1", name="no seat"))
    given = await _moving(stored)

    await stored.save(permission.revoke(NOON))

    assert given == {TERM_ID: (offering("X-1"),)}
    assert await _moving(stored) == {}


async def test_every_queue_may_move_once_the_waitlists_have_closed(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"))
    before = await _moving(stored)

    await stored.save(replace(a_term(), waitlist_closes_at=NOON))

    assert before == {}
    assert await _moving(stored) == {TERM_ID: (offering("X-1"),)}


async def _moving(stored: Stored) -> Mapping[TermId, tuple[OfferingId, ...]]:
    async with stored.persistence.reading(stored.institution) as views:
        return await views.queues_that_may_move(NOON)


async def test_whose_enrollment_or_entry_it_is(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"))

    async with stored.persistence.reading(stored.institution) as views:
        assert await views.student_of(enrollment_id("s1-X1")) == student_id("s1")
        assert await views.student_of(entry_id("s2-X1")) == student_id("s2")
        assert await views.student_of(section_id("X1")) is None


async def test_the_standing_of_a_term_is_what_the_facts_are(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), taking("s2", "Y1"), waiting("s2", "X1"), taking("s3", "Z1"))
    await stored.register(a_request("s3", dropping("s3-Z1")))

    async with stored.persistence.reading(stored.institution) as views:
        standing = await views.standing(TERM_ID)

    facts = await stored.facts(ReviewQueues(NOON), a_request("s1"))
    assert standing.enrollments == tuple(
        made for student in ("s1", "s2") for made in facts.students[student_id(student)].enrollments
    )
    assert {made.status for made in standing.enrollments} == {EnrollmentStatus.ENROLLED}
    assert standing.entries == tuple(facts.entries.values())


async def test_who_waited_stays_on_record(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"))
    await stored.register(a_request("s2", LeaveWaitlist(entry_id("s2-X1"))))

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(a_student("s2"))

    assert refused.value.parameters == {"kind": "student", "by": "waitlist-entries"}


async def test_a_section_for_which_people_waited_does_not_go(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"))
    await stored.register(a_request("s1", dropping("s1-X1")), a_request("s2", dropping("s2-X1")))

    with pytest.raises(StillReferenced):
        await stored.remove(a_section(OFFERINGS["X-1"], "X1"))
