"""Joining a queue and leaving it: who waits where, in which place, until when."""

from datetime import timedelta

from domain.catalog.grading import GradingBasis
from domain.registration.events import StudentWaitlisted, WaitlistEntryEnded
from domain.registration.outcomes import Movement, Outcome
from domain.registration.waitlist import EntryStatus
from domain.scheduling.calendar import Weekday
from tests.support.asking import a_cohort, leaving, reserved, reviewing, waiting_for
from tests.support.clerk import Clerk, codes
from tests.support.domain_builders import (
    LECTURE_AND_LAB,
    NOON,
    a_hold,
    a_meeting,
    a_request,
    a_term,
    adding,
    course_id,
    dropping,
    enrollment_id,
    entry_id,
    offering_id,
    section_id,
    student_id,
)
from tests.support.university import University

CLOSING = NOON + timedelta(days=1)


def full_course(waitlist: int = 5) -> University:
    """CS-101 in one section, whose only seat is taken; its queue closes a day after noon."""
    university = University(a_term(waitlist_closes_at=CLOSING))
    university.lecture("CS-101", a_meeting(), capacity=1, waitlist=waitlist)
    university.seat("S0", "CS-101", "CS-101-A", as_name="first")
    return university


def test_an_add_waits_only_if_it_says_so() -> None:
    clerk = Clerk(full_course())

    assert clerk.ask("S1", adding("CS-101", "CS-101-A")).outcome is Outcome.REJECTED
    assert clerk.ask("S1", waiting_for("CS-101", "CS-101-A")).outcome is Outcome.WAITLISTED


def test_an_add_that_would_wait_takes_a_free_seat_at_once() -> None:
    university = University()
    university.lecture("CS-101", waitlist=1)

    assert Clerk(university).ask("S1", waiting_for("CS-101")).outcome is Outcome.ENROLLED


def test_an_entry_says_who_waits_for_what_since_when() -> None:
    clerk = Clerk(full_course())

    decision = clerk.ask("S1", waiting_for("CS-101", as_name="mine"))

    entry = decision.entry
    assert entry is not None
    assert (entry.id, entry.enrollment_id) == (entry_id("mine"), enrollment_id("mine"))
    assert (entry.student_id, entry.course_id) == (student_id("S1"), course_id("CS-101"))
    assert (entry.section_ids, entry.grading_basis) == ((section_id("CS-101-A"),), GradingBasis.GRADED)
    assert (entry.number, entry.joined_at, entry.status) == (decision.number, NOON, EntryStatus.WAITING)
    assert decision.enrollment is None
    assert decision.rejections == ()


def test_positions_are_counted_in_the_order_of_arrival() -> None:
    clerk = Clerk(full_course())

    positions = [clerk.ask(name, waiting_for("CS-101", as_name=name)).position for name in ("S3", "S1", "S2")]

    assert positions == [1, 2, 3]
    assert clerk.waiting() == [student_id("S3"), student_id("S1"), student_id("S2")]


def test_a_position_counts_those_who_wait_for_one_of_the_same_sections() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1", capacity=0, waitlist=9)
    for number in ("1", "2"):
        university.section(offering, f"LAB-{number}", component="1/LAB", capacity=0, waitlist=9)
    university.lecture("CS-102", capacity=0, waitlist=9)
    clerk = Clerk(university)
    for name in ("S1", "S2"):
        clerk.ask(name, waiting_for("CS-102", as_name=f"{name}/CS-102"))

    first = clerk.ask("S1", waiting_for("CS-101", "LEC-1", "LAB-1", as_name="S1"))
    second = clerk.ask("S2", waiting_for("CS-101", "LEC-1", "LAB-2", as_name="S2"))

    assert (first.position, second.position) == (1, 2)


def test_a_lower_priority_number_goes_before_an_earlier_arrival() -> None:
    university = full_course()
    university.wait("S1", "CS-101", "CS-101-A", priority=1)
    university.wait("S2", "CS-101", "CS-101-A")
    clerk = Clerk(university)

    assert clerk.waiting() == [student_id("S2"), student_id("S1")]
    assert clerk.ask("S3", waiting_for("CS-101")).position == 2


def test_a_queue_takes_only_so_many() -> None:
    clerk = Clerk(full_course(waitlist=1))
    clerk.ask("S1", waiting_for("CS-101", as_name="S1"))

    rejections = clerk.ask("S2", waiting_for("CS-101", "CS-101-A", as_name="S2")).rejections

    assert [r.code for r in rejections] == ["seats_full", "waitlist_full"]
    assert rejections[1].parameters == {"section": "CS-101-A", "capacity": 1}


def test_where_there_is_no_queue_nobody_waits() -> None:
    assert codes(Clerk(full_course(waitlist=0)).ask("S1", waiting_for("CS-101", "CS-101-A"))) == [
        "seats_full",
        "waitlist_full",
    ]


def test_a_place_in_the_queue_is_needed_only_where_seats_are_missing() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1", capacity=0, waitlist=1)
    university.section(offering, "LAB-1", component="1/LAB", capacity=9, waitlist=0)

    assert Clerk(university).ask("S1", waiting_for("CS-101", "LEC-1", "LAB-1")).outcome is Outcome.WAITLISTED


def test_a_student_waits_once_for_an_offering() -> None:
    clerk = Clerk(full_course())
    clerk.ask("S1", waiting_for("CS-101", as_name="mine"))

    rejection = clerk.ask("S1", waiting_for("CS-101", "CS-101-A", as_name="again")).rejections[-1]

    assert (rejection.code, rejection.parameters["entry"]) == ("already_waitlisted", str(entry_id("mine")))


def test_nobody_waits_for_what_more_than_seats_speaks_against() -> None:
    university = full_course()
    university.hold(a_hold("S1"))
    university.lecture("CS-102", a_meeting(Weekday.MONDAY))
    university.seat("S1", "CS-102", "CS-102-A")

    clerk = Clerk(university)

    assert codes(clerk.ask("S1", waiting_for("CS-101", "CS-101-A"))) == ["hold", "time_conflict", "seats_full"]
    assert clerk.waiting() == []


def test_whoever_lacks_a_reserved_seat_may_wait_for_another_one() -> None:
    university = University()
    university.lecture("CS-101", capacity=1, waitlist=1, reserved=[reserved("law", 1, a_cohort(programs=["LAW"]))])

    assert Clerk(university).ask("S1", waiting_for("CS-101")).outcome is Outcome.WAITLISTED


def test_whoever_is_enrolled_does_not_wait_for_the_same_course() -> None:
    decision = Clerk(full_course()).ask("S0", waiting_for("CS-101", "CS-101-A"))

    assert codes(decision) == ["already_enrolled", "seats_full"]


def test_joining_is_told() -> None:
    clerk = Clerk(full_course())

    decision = clerk.ask("S1", waiting_for("CS-101", as_name="mine"))

    assert clerk.events == [
        StudentWaitlisted(
            decision.number,
            NOON,
            a_term().id,
            student_id("S1"),
            entry_id("mine"),
            offering_id("CS-101"),
            (section_id("CS-101-A"),),
            1,
        )
    ]


# Leaving


def test_leaving_gives_up_the_place_and_is_told() -> None:
    clerk = Clerk(full_course())
    for name in ("S1", "S2"):
        clerk.ask(name, waiting_for("CS-101", as_name=name))

    decision = clerk.ask("S1", leaving("S1"))

    assert decision.outcome is Outcome.LEFT_WAITLIST
    assert decision.entry is not None
    assert (decision.entry.status, decision.entry.ended_at) == (EntryStatus.LEFT, NOON)
    assert clerk.waiting() == [student_id("S2")]
    assert clerk.events == [
        WaitlistEntryEnded(decision.number, NOON, a_term().id, student_id("S1"), entry_id("S1"), "left")
    ]


def test_nobody_leaves_for_another_student_or_twice() -> None:
    clerk = Clerk(full_course())
    clerk.ask("S1", waiting_for("CS-101", as_name="mine"))

    assert codes(clerk.ask("S2", leaving("mine"))) == ["not_waiting"]
    assert codes(clerk.ask("S1", leaving("mine"))) == []
    assert codes(clerk.ask("S1", leaving("mine"))) == ["not_waiting"]


def test_whoever_left_and_comes_back_stands_at_the_end() -> None:
    clerk = Clerk(full_course())
    for name in ("S1", "S2"):
        clerk.ask(name, waiting_for("CS-101", as_name=name))

    outcomes = clerk.ask_for(a_request("S1", leaving("S1"), waiting_for("CS-101", as_name="again")))

    assert outcomes == [Outcome.LEFT_WAITLIST, Outcome.WAITLISTED]
    assert clerk.waiting() == [student_id("S2"), student_id("S1")]


def test_one_may_leave_a_queue_at_any_time_and_under_a_hold() -> None:
    university = full_course()
    university.wait("S1", "CS-101", "CS-101-A")
    university.hold(a_hold("S1"))

    clerk = Clerk(university)

    assert clerk.ask("S1", leaving("S1/CS-101"), at=CLOSING - timedelta(seconds=1)).outcome is Outcome.LEFT_WAITLIST


def test_whoever_gets_in_through_another_section_waits_no_longer() -> None:
    university = full_course()
    university.section(university.offer("CS-101"), "CS-101-B")
    university.wait("S1", "CS-101", "CS-101-A")
    clerk = Clerk(university)

    decision = clerk.ask("S1", adding("CS-101", "CS-101-B"))

    assert decision.outcome is Outcome.ENROLLED
    assert clerk.moved == [(Movement.LEFT, student_id("S1"))]
    assert clerk.waiting() == []
    assert clerk.term.gone[entry_id("S1/CS-101")].status is EntryStatus.LEFT


def test_a_wait_for_one_offering_is_not_ended_by_an_enrollment_in_another() -> None:
    university = full_course()
    university.lecture("CS-102")
    university.wait("S1", "CS-101", "CS-101-A")
    clerk = Clerk(university)

    clerk.ask("S1", adding("CS-102"))

    assert clerk.waiting() == [student_id("S1")]


# The end of the queue


def test_when_the_waitlist_closes_every_entry_expires() -> None:
    university = full_course()
    for name in ("S1", "S2"):
        university.wait(name, "CS-101", "CS-101-A")
    clerk = Clerk(university)

    clerk.take(reviewing(CLOSING))

    assert clerk.moved == [(Movement.EXPIRED, student_id("S1")), (Movement.EXPIRED, student_id("S2"))]
    assert clerk.waiting() == []
    assert {entry.status for entry in clerk.term.gone.values()} == {EntryStatus.EXPIRED}
    assert [event.status for event in clerk.events if isinstance(event, WaitlistEntryEnded)] == ["expired"] * 2


def test_just_before_the_waitlist_closes_nobody_expires() -> None:
    university = full_course()
    university.wait("S1", "CS-101", "CS-101-A")
    clerk = Clerk(university)

    clerk.take(reviewing(CLOSING - timedelta(microseconds=1)))

    assert (clerk.moved, clerk.waiting()) == ([], [student_id("S1")])


def test_after_the_waitlist_has_closed_a_seat_goes_to_nobody_who_waited_but_to_who_comes() -> None:
    university = full_course()
    university.wait("S1", "CS-101", "CS-101-A")
    clerk = Clerk(university)

    clerk.ask("S0", dropping("first"), at=CLOSING)

    assert clerk.moved == [(Movement.EXPIRED, student_id("S1"))]
    assert clerk.ask("S2", adding("CS-101"), at=CLOSING).outcome is Outcome.ENROLLED


def test_after_the_waitlist_has_closed_nobody_joins_it() -> None:
    clerk = Clerk(full_course())

    refused, closed = clerk.ask("S1", waiting_for("CS-101", "CS-101-A"), at=CLOSING).rejections

    assert refused.code == "seats_full"
    assert closed.code == "deadline_passed"
    assert closed.parameters == {"action": "wait", "term": "2027-1", "deadline": CLOSING.isoformat()}
    assert clerk.waiting() == []
