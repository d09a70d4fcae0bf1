"""A swap gives up an enrollment for another one, and only for it."""

from domain.registration.enrollment import Enrollment, EnrollmentStatus, SeatTaken
from domain.registration.events import EnrollmentEnded, StudentEnrolled
from domain.registration.outcomes import Decision, Outcome
from domain.scheduling.calendar import Weekday
from domain.shared.identifiers import ComponentId
from tests.support.asking import swapping, waiting_for
from tests.support.clerk import Clerk, codes
from tests.support.domain_builders import (
    LECTURE_AND_LAB,
    a_meeting,
    adding,
    dropping,
    enrollment_id,
    entry_id,
    identifier,
    section_id,
)
from tests.support.university import University


def two_labs(*, lecture: int = 1, second: int = 1) -> University:
    """CS-101: one lecture with `lecture` seats and two labs, of which S1 has the first; and CS-102 at the same time."""
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1", a_meeting(), capacity=lecture, waitlist=5)
    university.section(offering, "LAB-1", component="1/LAB", capacity=1)
    university.section(offering, "LAB-2", component="1/LAB", capacity=second, waitlist=5)
    university.lecture("CS-102", a_meeting(), capacity=1, waitlist=5)
    university.seat("S1", "CS-101", "LEC-1", "LAB-1", as_name="old")
    return university


def enrollment(decision: Decision) -> Enrollment:
    assert decision.enrollment is not None
    return decision.enrollment


def test_a_swap_says_what_came_to_be_and_what_was_given_up() -> None:
    decision = Clerk(two_labs()).ask("S1", swapping("old", adding("CS-102", as_name="new")))

    assert decision.outcome is Outcome.SWAPPED
    assert (enrollment(decision).id, enrollment(decision).status) == (enrollment_id("new"), EnrollmentStatus.ENROLLED)
    assert decision.ended is not None
    assert (decision.ended.id, decision.ended.status) == (enrollment_id("old"), EnrollmentStatus.DROPPED)


def test_a_swap_may_use_the_time_of_what_it_gives_up_and_frees_its_seats() -> None:
    clerk = Clerk(two_labs())

    clerk.ask("S1", swapping("old", adding("CS-102", as_name="new")))

    assert clerk.sections_of("S1") == ["CS-102-A"]
    assert (clerk.free("LEC-1"), clerk.free("LAB-1")) == (1, 1)


def test_a_swap_that_is_refused_keeps_the_old_seats() -> None:
    university = two_labs()
    university.fill("CS-102", "CS-102-A")
    clerk = Clerk(university)

    assert codes(clerk.ask("S1", swapping("old", adding("CS-102", "CS-102-A", as_name="new")))) == ["seats_full"]
    assert clerk.sections_of("S1") == ["LAB-1", "LEC-1"]
    assert not clerk.effects.enrollments


def test_a_swap_within_an_offering_keeps_the_seat_in_the_section_that_stays_though_it_is_full() -> None:
    swap = swapping("old", adding("CS-101", "LEC-1", "LAB-2", as_name="new"))

    decision = Clerk(two_labs()).ask("S1", swap)

    assert decision.outcome is Outcome.SWAPPED
    laboratory = ComponentId(identifier("component", "CS-101/1/LAB"))
    assert enrollment(decision).seats[0] == (decision.ended.seats[0] if decision.ended else None)
    assert enrollment(decision).seats[1] == SeatTaken(section_id("LAB-2"), laboratory, 1)


def test_a_swap_within_an_offering_frees_only_what_is_left_behind() -> None:
    clerk = Clerk(two_labs())

    clerk.ask("S1", swapping("old", adding("CS-101", "LEC-1", "LAB-2", as_name="new")))

    assert (clerk.free("LEC-1"), clerk.free("LAB-1"), clerk.free("LAB-2")) == (0, 1, 0)


def test_a_swap_to_a_full_lab_keeps_lecture_and_old_lab() -> None:
    clerk = Clerk(two_labs(second=0))

    decision = clerk.ask("S1", swapping("old", adding("CS-101", "LEC-1", "LAB-2", as_name="new")))

    assert codes(decision) == ["seats_full"]
    assert clerk.sections_of("S1") == ["LAB-1", "LEC-1"]


def test_a_swap_is_placed_in_the_seats_that_the_student_has_where_that_comes_first() -> None:
    clerk = Clerk(two_labs(second=0))

    decision = clerk.ask("S1", swapping("old", adding("CS-101", as_name="new")))

    assert decision.outcome is Outcome.SWAPPED
    assert clerk.sections_of("S1") == ["LAB-1", "LEC-1"]


def test_a_swap_of_what_is_not_there_is_refused_with_all_that_speaks_against_its_add() -> None:
    university = two_labs()
    university.fill("CS-102", "CS-102-A")

    decision = Clerk(university).ask("S1", swapping("nothing", adding("CS-102", "CS-102-A")))

    assert codes(decision) == ["not_enrolled", "time_conflict", "seats_full"]


def test_nobody_swaps_the_enrollment_of_another_student() -> None:
    clerk = Clerk(two_labs())

    assert codes(clerk.ask("S2", swapping("old", adding("CS-102")))) == ["not_enrolled"]


def test_a_swap_of_one_course_does_not_let_another_course_be_taken_twice() -> None:
    university = two_labs()
    university.lecture("CS-103", a_meeting(Weekday.FRIDAY))
    university.seat("S1", "CS-103", "CS-103-A")

    decision = Clerk(university).ask("S1", swapping("old", adding("CS-103", as_name="again")))

    assert codes(decision) == ["already_enrolled"]


def test_a_swap_that_waits_keeps_the_old_seats_and_the_entry_remembers_what_to_drop() -> None:
    university = two_labs()
    university.fill("CS-102", "CS-102-A")
    clerk = Clerk(university)

    decision = clerk.ask("S1", swapping("old", waiting_for("CS-102", as_name="new")))

    assert (decision.outcome, decision.position) == (Outcome.WAITLISTED, 1)
    assert decision.entry is not None
    assert (decision.entry.id, decision.entry.drop_if_enrolled) == (entry_id("new"), enrollment_id("old"))
    assert clerk.sections_of("S1") == ["LAB-1", "LEC-1"]


def test_a_swap_tells_of_the_new_enrollment_before_the_end_of_the_old_one() -> None:
    clerk = Clerk(two_labs())

    clerk.ask("S1", swapping("old", adding("CS-102", as_name="new")))

    started, ended = clerk.events
    assert isinstance(started, StudentEnrolled)
    assert isinstance(ended, EnrollmentEnded)
    assert (started.enrollment_id, ended.enrollment_id) == (enrollment_id("new"), enrollment_id("old"))
    assert (ended.because, ended.status) == ("swapped", "dropped")


def test_two_swaps_of_one_cart_do_not_take_each_others_seats() -> None:
    university = University()
    for course in ("CS-1", "CS-2"):
        university.lecture(course, capacity=1)
        university.seat("S1", course, f"{course}-A", as_name=course)
    university.lecture("CS-3", capacity=1)
    clerk = Clerk(university)

    decisions = clerk.ask_atomically(
        "S1", swapping("CS-1", adding("CS-3", as_name="a")), swapping("CS-2", adding("CS-3", as_name="b"))
    )

    assert [codes(decision) for decision in decisions] == [[], ["already_enrolled"]]
    assert clerk.sections_of("S1") == ["CS-1-A", "CS-2-A"]


def test_what_was_swapped_away_can_no_longer_be_dropped() -> None:
    clerk = Clerk(two_labs())
    clerk.ask("S1", swapping("old", adding("CS-102", as_name="new")))

    assert codes(clerk.ask("S1", dropping("old"))) == ["not_enrolled"]
    assert clerk.ask("S1", dropping("new")).outcome is Outcome.DROPPED
