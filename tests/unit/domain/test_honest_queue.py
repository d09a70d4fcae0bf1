"""The queue is honest: who is passed over keeps the place and is told why, and one promotion may lead to the next."""

from decimal import Decimal

from domain.catalog.requisite import CourseTaken
from domain.registration.codes import RejectionCode
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.events import EnrollmentEnded, WaitlistEntrySkipped
from domain.registration.outcomes import Movement, Outcome
from domain.scheduling.calendar import Weekday
from tests.support.asking import a_permission, permitting, releasing, reviewing, revising, swapping, waiting_for
from tests.support.clerk import Clerk
from tests.support.domain_builders import (
    LECTURE_AND_LAB,
    NOON,
    a_hold,
    a_meeting,
    a_request,
    a_term,
    adding,
    dropping,
    enrollment_id,
    entry_id,
    section_id,
    student_id,
)
from tests.support.university import University

PROMOTED, SKIPPED, LEFT = Movement.PROMOTED, Movement.SKIPPED, Movement.LEFT
S1, S2, S3 = student_id("S1"), student_id("S2"), student_id("S3")


# Skipping


def held_up() -> University:
    """S1, who has a hold, and S2 wait for the seat of S0."""
    university = University()
    university.lecture("CS-101", capacity=1, waitlist=5)
    university.seat("S0", "CS-101", "CS-101-A", as_name="seated")
    university.hold(a_hold("S1"))
    for name in ("S1", "S2", "S3"):
        university.wait(name, "CS-101", "CS-101-A")
    return university


def test_whoever_may_not_enroll_is_passed_over_with_the_reasons_and_keeps_the_place() -> None:
    clerk = Clerk(held_up())

    clerk.ask("S0", dropping("seated"))

    assert clerk.moved == [(SKIPPED, S1), (PROMOTED, S2)]
    assert clerk.waiting() == [S1, S3]
    skipped = clerk.followed[0]
    assert [reason.code for reason in skipped.reasons] == ["hold"]
    assert clerk.term.entries[entry_id("S1/CS-101")].skipped == skipped.reasons
    assert "no_hold_blocks" in {judged.rule for judged in skipped.judged}


def test_a_skip_is_told_with_its_codes() -> None:
    clerk = Clerk(held_up())

    clerk.ask("S0", dropping("seated"))

    (told,) = (event for event in clerk.events if isinstance(event, WaitlistEntrySkipped))
    assert (told.entry_id, told.codes) == (entry_id("S1/CS-101"), ("hold",))


def test_the_same_reasons_are_not_told_again() -> None:
    clerk = Clerk(held_up())
    clerk.ask("S0", dropping("seated"))

    clerk.ask("S2", dropping("S2/CS-101"))

    assert clerk.moved == [(PROMOTED, S3)]


def test_other_reasons_are_told_anew() -> None:
    university = held_up()
    university.lecture("CS-102", a_meeting())
    university.lecture("CS-103", a_meeting())
    university.seat("S1", "CS-103", "CS-103-A")
    university.hold(a_hold("S1", name="books"))
    clerk = Clerk(university)
    clerk.ask("S0", dropping("seated"))
    clerk.ask("S2", dropping("S2/CS-101"))
    clerk.ask("S3", dropping("S3/CS-101"))

    clerk.take(releasing("S1"))

    assert clerk.moved == [(SKIPPED, S1)]
    assert [reason.parameters["reason"] for reason in clerk.followed[0].reasons] == ["Open books"]


def test_who_was_passed_over_is_first_again_when_nothing_stands_in_the_way() -> None:
    clerk = Clerk(held_up())
    clerk.ask("S0", dropping("seated"))
    clerk.take(releasing("S1"))
    assert clerk.moved == []  # no seat is free

    clerk.ask("S2", dropping("S2/CS-101"))

    assert clerk.moved == [(PROMOTED, S1)]
    assert clerk.waiting() == [S3]


def test_who_was_passed_over_goes_before_a_newcomer_to_the_seat_that_nobody_else_wanted() -> None:
    university = held_up()
    clerk = Clerk(university)
    for name, what in (("S0", "seated"), ("S2", "S2/CS-101"), ("S3", "S3/CS-101")):
        clerk.ask(name, dropping(what))
    assert clerk.free("CS-101-A") == 1

    clerk.take(releasing("S1"))

    assert clerk.moved == [(PROMOTED, S1)]
    assert clerk.ask("S9", adding("CS-101")).outcome is Outcome.REJECTED


def test_an_entry_that_ends_no_longer_says_why_it_was_passed_over() -> None:
    clerk = Clerk(held_up())
    clerk.ask("S0", dropping("seated"))
    clerk.take(releasing("S1"))

    clerk.ask("S2", dropping("S2/CS-101"))

    assert clerk.term.gone[entry_id("S1/CS-101")].skipped == ()


def test_a_student_who_waits_twice_gets_what_comes_first_and_is_judged_on_it_then() -> None:
    university = University()
    for course in ("CS-101", "CS-102"):
        university.lecture(course, a_meeting(), capacity=0, waitlist=5)
        university.wait("S1", course, f"{course}-A")
    sections = university.facts().sections
    clerk = Clerk(university)

    clerk.take(revising(sections[section_id("CS-102-A")], capacity=1))
    clerk.take(revising(sections[section_id("CS-101-A")], capacity=1))

    assert clerk.sections_of("S1") == ["CS-102-A"]
    assert clerk.moved == [(SKIPPED, S1)]
    assert [reason.code for reason in clerk.followed[0].reasons] == ["time_conflict"]


def test_a_drop_by_the_student_lets_the_passed_over_entry_in() -> None:
    university = University()
    university.lecture("CS-101", a_meeting(), capacity=1, waitlist=5)
    university.lecture("CS-102", a_meeting())
    university.seat("S1", "CS-102", "CS-102-A", as_name="other")
    university.wait("S1", "CS-101", "CS-101-A")
    clerk = Clerk(university)
    clerk.take(reviewing())
    assert clerk.moved == [(SKIPPED, S1)]

    clerk.ask("S1", dropping("other"))

    assert clerk.moved == [(PROMOTED, S1)]


# Drop if enrolled, and chains


def exchange() -> University:
    """Everybody sits where somebody else wants to: S1 in A for B, S2 in B for C; C is full of S0."""
    university = University()
    for course in ("A", "B", "C"):
        university.lecture(course, a_meeting(), capacity=1, waitlist=5)
    university.seat("S1", "A", "A-A", as_name="S1 in A")
    university.seat("S2", "B", "B-A", as_name="S2 in B")
    university.seat("S0", "C", "C-A", as_name="S0 in C")
    university.wait("S1", "B", "B-A", instead_of="S1 in A")
    university.wait("S2", "C", "C-A", instead_of="S2 in B")
    university.wait("S3", "A", "A-A")
    return university


def test_a_promotion_drops_what_it_was_to_replace_in_the_same_step() -> None:
    clerk = Clerk(exchange())

    clerk.ask("S0", dropping("S0 in C"))

    first = clerk.followed[0]
    assert (first.movement, first.ended and first.ended.id) == (PROMOTED, enrollment_id("S2 in B"))
    assert first.ended is not None
    assert (first.ended.status, first.ended.ended_at) == (EnrollmentStatus.DROPPED, NOON)
    ended = [event for event in clerk.events if isinstance(event, EnrollmentEnded)]
    assert [event.because for event in ended] == ["asked", "promoted", "promoted"]


def test_a_promotion_frees_a_seat_for_the_next_one_until_the_queues_rest() -> None:
    clerk = Clerk(exchange())

    clerk.ask("S0", dropping("S0 in C"))

    assert clerk.moved == [(PROMOTED, S2), (PROMOTED, S1), (PROMOTED, S3)]
    assert [clerk.sections_of(name) for name in ("S0", "S1", "S2", "S3")] == [[], ["B-A"], ["C-A"], ["A-A"]]
    assert clerk.waiting() == []


def test_while_the_old_course_is_kept_its_time_does_not_stand_in_the_way_of_the_new_one() -> None:
    university = University()
    university.lecture("A", a_meeting())
    university.lecture("B", a_meeting(), capacity=0, waitlist=1)
    university.seat("S1", "A", "A-A", as_name="old")
    clerk = Clerk(university)

    assert clerk.ask("S1", waiting_for("B", "B-A")).outcome is Outcome.REJECTED
    assert clerk.ask("S1", swapping("old", waiting_for("B", "B-A"))).outcome is Outcome.WAITLISTED
    assert clerk.sections_of("S1") == ["A-A"]


def test_an_entry_whose_old_enrollment_is_gone_is_promoted_all_the_same() -> None:
    clerk = Clerk(exchange())
    clerk.ask("S2", dropping("S2 in B"))
    assert clerk.sections_of("S1") == ["B-A"]

    clerk.ask("S0", dropping("S0 in C"))

    assert clerk.moved == [(PROMOTED, S2)]
    assert clerk.followed[0].ended is None


def test_a_promotion_within_an_offering_keeps_the_seat_in_the_section_that_stays() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1", capacity=1, waitlist=5)
    university.section(offering, "LAB-1", component="1/LAB", capacity=1)
    better = university.section(offering, "LAB-2", component="1/LAB", capacity=0, waitlist=5)
    university.seat("S1", "CS-101", "LEC-1", "LAB-1", as_name="old")
    clerk = Clerk(university)
    clerk.ask("S1", swapping("old", waiting_for("CS-101", "LEC-1", "LAB-2", as_name="new")))

    clerk.take(revising(better, capacity=1))

    assert clerk.sections_of("S1") == ["LAB-2", "LEC-1"]
    assert (clerk.free("LEC-1"), clerk.free("LAB-1")) == (0, 1)


def test_an_entry_that_exchanges_an_enrollment_outlives_a_change_of_that_enrollment() -> None:
    university = University()
    offering = university.offer("CS-101")
    for section in ("A", "B"):
        university.section(offering, section)
    wanted = university.section(offering, "C", capacity=0, waitlist=5)
    university.seat("S1", "CS-101", "A", as_name="old")
    university.wait("S1", "CS-101", "C", instead_of="old")
    clerk = Clerk(university)

    clerk.ask("S1", dropping("nothing"))
    clerk.take(revising(wanted, capacity=1))

    assert clerk.sections_of("S1") == ["C"]
    assert clerk.waiting() == []


def test_a_promotion_that_would_leave_another_course_without_what_it_needs_is_passed_over() -> None:
    university = University()
    university.course("LAB", corequisite=CourseTaken("LEC"))
    for course in ("LEC", "LAB"):
        university.lecture(course)
        university.seat("S1", course, f"{course}-A", as_name=course)
    wanted = university.lecture("NEW", capacity=0, waitlist=5)
    university.wait("S1", "NEW", "NEW-A", instead_of="LEC")
    clerk = Clerk(university)

    clerk.take(revising(wanted, capacity=1))

    assert clerk.moved == [(SKIPPED, S1)]
    assert [reason.code for reason in clerk.followed[0].reasons] == ["corequisite"]
    clerk.ask("S1", dropping("LAB"))
    assert clerk.moved == [(PROMOTED, S1)]


def test_a_promotion_that_would_leave_too_few_credits_is_passed_over() -> None:
    university = University(a_term(credit_minimum=Decimal(3)))
    university.lecture("OLD")
    university.course("NEW", credits_="1")
    wanted = university.lecture("NEW", capacity=0, waitlist=5)
    university.seat("S1", "OLD", "OLD-A", as_name="old")
    university.wait("S1", "NEW", "NEW-A", instead_of="old")
    clerk = Clerk(university)

    clerk.take(revising(wanted, capacity=1))

    assert clerk.moved == [(SKIPPED, S1)]
    assert [reason.code for reason in clerk.followed[0].reasons] == ["credit_minimum"]
    clerk.take(permitting(a_permission("S1", "OLD", RejectionCode.CREDIT_MINIMUM)))
    assert clerk.moved == [(PROMOTED, S1)]


def test_a_request_frees_seats_for_those_who_wait_between_its_actions() -> None:
    university = University()
    for course, day in (("A", Weekday.MONDAY), ("B", Weekday.TUESDAY)):
        university.lecture(course, a_meeting(day), capacity=1, waitlist=5)
    university.seat("S1", "A", "A-A", as_name="mine")
    university.seat("S2", "B", "B-A", as_name="theirs")
    university.wait("S2", "A", "A-A", instead_of="theirs")
    clerk = Clerk(university)

    outcomes = clerk.ask_for(a_request("S1", dropping("mine"), adding("B", "B-A", as_name="new")))

    assert outcomes == [Outcome.DROPPED, Outcome.ENROLLED]
    assert (clerk.sections_of("S1"), clerk.sections_of("S2")) == (["B-A"], ["A-A"])
