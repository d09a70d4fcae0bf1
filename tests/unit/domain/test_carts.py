"""An atomic cart is judged on the schedule as it will be after all of it, and changes everything or nothing."""

from dataclasses import replace

from domain.catalog.grading import GradingBasis
from domain.registration.outcomes import Decision, Effects, Outcome
from domain.scheduling.calendar import Weekday
from tests.support.asking import graded_by, leaving, moving, swapping, waiting_for
from tests.support.clerk import Clerk, codes
from tests.support.domain_builders import LECTURE_AND_LAB, a_hold, a_meeting, adding, dropping
from tests.support.university import University

MONDAY, TUESDAY = a_meeting(Weekday.MONDAY), a_meeting(Weekday.TUESDAY)
NOTHING: tuple[Outcome, list[str]] = (Outcome.NOT_APPLIED, [])


def four_courses() -> University:
    """CS-1 and CS-2 on Mondays, CS-3 on Tuesdays, a full CS-4; S1 sits in CS-1."""
    university = University()
    university.lecture("CS-1", MONDAY)
    university.lecture("CS-2", MONDAY)
    university.lecture("CS-3", TUESDAY)
    university.lecture("CS-4", capacity=1, waitlist=1)
    university.fill("CS-4", "CS-4-A")
    university.seat("S1", "CS-1", "CS-1-A", as_name="mine")
    return university


def said(decisions: tuple[Decision, ...]) -> list[tuple[Outcome, list[str]]]:
    return [(decision.outcome, codes(decision)) for decision in decisions]


def test_when_one_action_is_refused_nothing_is_changed() -> None:
    clerk = Clerk(four_courses())

    decisions = clerk.ask_atomically("S1", dropping("mine"), adding("CS-4", "CS-4-A"), adding("CS-3"))

    assert said(decisions) == [NOTHING, (Outcome.REJECTED, ["seats_full"]), NOTHING]
    assert [decision.enrollment for decision in decisions] == [None] * 3
    assert replace(clerk.effects, recorded=[]) == Effects(next_number=decisions[-1].number + 1)


def test_every_refusal_of_a_cart_is_told_at_once() -> None:
    clerk = Clerk(four_courses())

    decisions = clerk.ask_atomically("S1", adding("CS-9"), adding("CS-4", "CS-4-A"), dropping("theirs"), adding("CS-3"))

    assert said(decisions) == [
        (Outcome.REJECTED, ["unknown_offering"]),
        (Outcome.REJECTED, ["seats_full"]),
        (Outcome.REJECTED, ["not_enrolled"]),
        NOTHING,
    ]


def test_an_add_may_use_the_time_that_a_later_drop_frees() -> None:
    clerk = Clerk(four_courses())

    decisions = clerk.ask_atomically("S1", adding("CS-2"), dropping("mine"))

    assert [decision.outcome for decision in decisions] == [Outcome.ENROLLED, Outcome.DROPPED]
    assert clerk.sections_of("S1") == ["CS-2-A"]


def test_two_adds_that_clash_with_each_other_are_refused_together() -> None:
    clerk = Clerk(four_courses())

    decisions = clerk.ask_atomically("S2", adding("CS-1", "CS-1-A"), adding("CS-2", "CS-2-A"))

    assert said(decisions) == [NOTHING, (Outcome.REJECTED, ["time_conflict"])]
    assert clerk.sections_of("S2") == []


def test_the_same_course_twice_is_refused() -> None:
    clerk = Clerk(four_courses())

    decisions = clerk.ask_atomically("S2", adding("CS-3"), adding("CS-3", as_name="again"))

    assert said(decisions) == [NOTHING, (Outcome.REJECTED, ["already_enrolled"])]


def test_a_course_may_be_dropped_and_taken_again_through_another_section() -> None:
    university = four_courses()
    university.section(university.offer("CS-5"), "CS-5-A", MONDAY)
    university.section(university.offer("CS-5"), "CS-5-B", TUESDAY)
    university.seat("S2", "CS-5", "CS-5-A", as_name="old")
    clerk = Clerk(university)

    decisions = clerk.ask_atomically("S2", dropping("old"), adding("CS-5", "CS-5-B", as_name="new"))

    assert [decision.outcome for decision in decisions] == [Outcome.DROPPED, Outcome.ENROLLED]
    assert clerk.sections_of("S2") == ["CS-5-B"]


def test_whoever_names_no_sections_is_placed_around_what_the_rest_of_the_cart_names() -> None:
    university = University()
    offering = university.offer("CS-1")
    university.section(offering, "CS-1-A", MONDAY)
    university.section(offering, "CS-1-B", TUESDAY)
    university.lecture("CS-2", MONDAY)
    clerk = Clerk(university)

    clerk.ask_atomically("S1", adding("CS-1"), adding("CS-2", "CS-2-A"))

    assert clerk.sections_of("S1") == ["CS-1-B", "CS-2-A"]


def test_placements_of_one_cart_do_not_clash_with_each_other() -> None:
    university = University()
    for course in ("CS-1", "CS-2"):
        offering = university.offer(course)
        university.section(offering, f"{course}-A", MONDAY)
        university.section(offering, f"{course}-B", TUESDAY)
    clerk = Clerk(university)

    clerk.ask_atomically("S1", adding("CS-1"), adding("CS-2"))

    assert clerk.sections_of("S1") == ["CS-1-A", "CS-2-B"]


def test_one_seat_is_not_given_to_two_actions_of_a_cart() -> None:
    university = University()
    university.lecture("CS-1", capacity=1)
    university.section(university.offer("CS-2", LECTURE_AND_LAB), "LEC-1")
    university.seat("S1", "CS-1", "CS-1-A", as_name="mine")
    clerk = Clerk(university)

    decisions = clerk.ask_atomically("S1", dropping("mine"), swapping("mine", adding("CS-1", as_name="new")))

    assert Outcome.REJECTED in {decision.outcome for decision in decisions}
    assert clerk.sections_of("S1") == ["CS-1-A"]


def test_an_enrollment_is_given_up_once_in_a_cart() -> None:
    clerk = Clerk(four_courses())

    decisions = clerk.ask_atomically("S1", dropping("mine"), dropping("mine"))

    assert Outcome.REJECTED in {decision.outcome for decision in decisions}
    assert clerk.sections_of("S1") == ["CS-1-A"]


def test_what_a_cart_gives_up_it_cannot_change_too() -> None:
    clerk = Clerk(four_courses())

    decisions = clerk.ask_atomically("S1", dropping("mine"), graded_by("mine", GradingBasis.GRADED))

    assert said(decisions) == [NOTHING, (Outcome.REJECTED, ["not_enrolled"])]


def test_a_cart_may_put_the_student_on_a_waitlist_beside_what_it_grants() -> None:
    clerk = Clerk(four_courses())

    decisions = clerk.ask_atomically("S1", adding("CS-3"), waiting_for("CS-4", "CS-4-A"))

    assert [decision.outcome for decision in decisions] == [Outcome.ENROLLED, Outcome.WAITLISTED]
    assert (clerk.sections_of("S1"), len(clerk.waiting())) == (["CS-1-A", "CS-3-A"], 1)


def test_a_refused_cart_joins_and_leaves_no_queue() -> None:
    university = four_courses()
    university.lecture("CS-5", capacity=0, waitlist=1)
    university.wait("S1", "CS-4", "CS-4-A")
    clerk = Clerk(university)

    decisions = clerk.ask_atomically("S1", leaving("S1/CS-4"), waiting_for("CS-5", "CS-5-A"), adding("CS-9"))

    assert [decision.outcome for decision in decisions][:2] == [Outcome.NOT_APPLIED] * 2
    assert len(clerk.waiting()) == 1


def test_a_hold_refuses_every_action_that_it_blocks() -> None:
    university = four_courses()
    university.hold(a_hold("S1"))

    decisions = Clerk(university).ask_atomically("S1", dropping("mine"), adding("CS-3"))

    assert said(decisions) == [(Outcome.REJECTED, ["hold"])] * 2


def test_the_decisions_of_a_cart_are_numbered_in_the_listed_order() -> None:
    clerk = Clerk(four_courses())

    decisions = clerk.ask_atomically("S1", adding("CS-2", "CS-2-A"), dropping("mine"), adding("CS-3"))

    first = decisions[0].number
    assert [decision.number for decision in decisions] == [first, first + 1, first + 2]
    assert clerk.effects.next_number == first + 3


def test_a_cart_may_move_one_enrollment_out_of_the_way_of_another() -> None:
    university = University()
    offering = university.offer("CS-1")
    university.section(offering, "CS-1-A", MONDAY)
    university.section(offering, "CS-1-B", TUESDAY)
    university.lecture("CS-2", MONDAY)
    university.seat("S1", "CS-1", "CS-1-A", as_name="mine")
    clerk = Clerk(university)

    decisions = clerk.ask_atomically("S1", adding("CS-2", "CS-2-A"), moving("mine", "CS-1-B"))

    assert [decision.outcome for decision in decisions] == [Outcome.ENROLLED, Outcome.CHANGED]
    assert clerk.sections_of("S1") == ["CS-1-B", "CS-2-A"]


def test_a_cart_may_not_move_an_enrollment_into_the_way_of_another() -> None:
    def sitting() -> Clerk:
        university = University()
        offering = university.offer("CS-1")
        university.section(offering, "CS-1-A", MONDAY)
        university.section(offering, "CS-1-B", TUESDAY)
        university.lecture("CS-2", TUESDAY)
        university.seat("S1", "CS-1", "CS-1-A", as_name="mine")
        return Clerk(university)

    move, add = moving("mine", "CS-1-B"), adding("CS-2", "CS-2-A")
    for actions in ((move, add), (add, move)):
        clerk = sitting()
        assert ["time_conflict"] in [codes(decision) for decision in clerk.ask_atomically("S1", *actions)]
        assert clerk.sections_of("S1") == ["CS-1-A"]


def test_a_cart_may_not_move_an_enrollment_into_the_way_of_what_a_swap_keeps_while_it_waits() -> None:
    university = University()
    offering = university.offer("CS-1")
    university.section(offering, "CS-1-A", MONDAY)
    university.section(offering, "CS-1-B", TUESDAY)
    university.lecture("CS-2", TUESDAY)
    university.lecture("CS-3", capacity=1, waitlist=1)
    university.fill("CS-3", "CS-3-A")
    university.seat("S1", "CS-1", "CS-1-A", as_name="moving")
    university.seat("S1", "CS-2", "CS-2-A", as_name="kept")
    exchange = swapping("kept", waiting_for("CS-3", as_name="new"))

    for actions in ((exchange, moving("moving", "CS-1-B")), (moving("moving", "CS-1-B"), exchange)):
        clerk = Clerk(university)
        decisions = dict(zip(actions, said(clerk.ask_atomically("S1", *actions)), strict=True))
        assert decisions == {exchange: NOTHING, moving("moving", "CS-1-B"): (Outcome.REJECTED, ["time_conflict"])}
        assert clerk.sections_of("S1") == ["CS-1-A", "CS-2-A"]


def test_two_enrollments_may_exchange_their_times() -> None:
    university = University()
    for course in ("CS-1", "CS-2"):
        offering = university.offer(course)
        university.section(offering, f"{course}-A", MONDAY)
        university.section(offering, f"{course}-B", TUESDAY)
    university.seat("S1", "CS-1", "CS-1-A", as_name="one")
    university.seat("S1", "CS-2", "CS-2-B", as_name="two")
    clerk = Clerk(university)

    decisions = clerk.ask_atomically("S1", moving("one", "CS-1-B"), moving("two", "CS-2-A"))

    assert [decision.outcome for decision in decisions] == [Outcome.CHANGED] * 2
    assert clerk.sections_of("S1") == ["CS-1-B", "CS-2-A"]
