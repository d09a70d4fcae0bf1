"""The choices of an add are ranked: the first that can be had, else the first that can be waited for."""

from domain.registration.commands import IfFull
from domain.registration.outcomes import Outcome
from domain.scheduling.calendar import Weekday
from tests.support.asking import adding_one_of, choice, revising, swapping
from tests.support.clerk import Clerk, codes
from tests.support.domain_builders import a_hold, a_meeting, offering_id
from tests.support.university import University

FIRST, SECOND, THIRD = choice("CS-1", "CS-1-A"), choice("CS-2", "CS-2-A"), choice("CS-3")


def three_courses(*full: str) -> University:
    """Three courses on three days with waitlists, some of them full."""
    university = University()
    days = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY)
    for course, day in zip(("CS-1", "CS-2", "CS-3"), days, strict=True):
        university.lecture(course, a_meeting(day), capacity=0 if course in full else 1, waitlist=1)
    return university


def test_the_first_choice_that_can_be_had_is_taken() -> None:
    clerk = Clerk(three_courses("CS-1"))

    decision = clerk.ask("S1", adding_one_of(FIRST, SECOND, THIRD, as_name="mine"))

    assert decision.outcome is Outcome.ENROLLED
    assert clerk.sections_of("S1") == ["CS-2-A"]


def test_an_unknown_choice_does_not_stand_in_the_way_of_the_next_one() -> None:
    clerk = Clerk(three_courses())

    clerk.ask("S1", adding_one_of(choice("CS-9"), choice("CS-1", "CS-1-Z"), THIRD, as_name="mine"))

    assert clerk.sections_of("S1") == ["CS-3-A"]


def test_when_no_choice_can_be_had_the_reasons_against_each_are_told_once() -> None:
    university = three_courses("CS-1", "CS-2", "CS-3")
    university.hold(a_hold("S1"))

    rejections = Clerk(university).ask("S1", adding_one_of(FIRST, SECOND, THIRD, as_name="mine")).rejections

    assert [(r.code, r.parameters.get("section")) for r in rejections] == [
        ("hold", None),
        ("seats_full", "CS-1-A"),
        ("seats_full", "CS-2-A"),
        ("no_open_combination", None),
    ]


def test_a_later_choice_that_can_be_had_goes_before_an_earlier_one_that_can_only_be_waited_for() -> None:
    clerk = Clerk(three_courses("CS-1"))

    decision = clerk.ask("S1", adding_one_of(FIRST, SECOND, as_name="mine", if_full=IfFull.WAITLIST))

    assert (decision.outcome, clerk.sections_of("S1")) == (Outcome.ENROLLED, ["CS-2-A"])


def test_when_all_are_full_the_first_with_room_in_its_queue_is_waited_for() -> None:
    university = three_courses("CS-1", "CS-2", "CS-3")
    university.wait("S2", "CS-1", "CS-1-A")

    decision = Clerk(university).ask("S1", adding_one_of(FIRST, SECOND, THIRD, as_name="mine", if_full=IfFull.WAITLIST))

    assert decision.outcome is Outcome.WAITLISTED
    assert decision.entry is not None
    assert decision.entry.offering_id == offering_id("CS-2")


def test_a_choice_that_more_than_seats_speaks_against_is_not_waited_for() -> None:
    university = three_courses("CS-1", "CS-2")
    university.lecture("CS-4", a_meeting(Weekday.MONDAY))
    university.seat("S1", "CS-4", "CS-4-A")

    decision = Clerk(university).ask("S1", adding_one_of(FIRST, SECOND, as_name="mine", if_full=IfFull.WAITLIST))

    assert decision.entry is not None
    assert decision.entry.offering_id == offering_id("CS-2")


def test_when_neither_seats_nor_places_in_queues_are_left_both_are_told() -> None:
    university = three_courses("CS-1", "CS-2")
    for course in ("CS-1", "CS-2"):
        university.wait("S2", course, f"{course}-A")

    decision = Clerk(university).ask("S1", adding_one_of(FIRST, SECOND, as_name="mine", if_full=IfFull.WAITLIST))

    assert codes(decision) == ["seats_full", "waitlist_full", "seats_full", "waitlist_full"]


def test_whoever_names_no_sections_waits_for_the_first_combination_that_will_do() -> None:
    university = University()
    offering = university.offer("CS-1")
    university.section(offering, "A", a_meeting(Weekday.MONDAY), capacity=0, waitlist=1)
    university.section(offering, "B", a_meeting(Weekday.TUESDAY), capacity=0, waitlist=0)
    second = university.section(offering, "C", a_meeting(Weekday.TUESDAY), capacity=0, waitlist=1)
    university.lecture("CS-2", a_meeting(Weekday.MONDAY))
    university.seat("S1", "CS-2", "CS-2-A")
    clerk = Clerk(university)

    decision = clerk.ask("S1", adding_one_of(choice("CS-1"), as_name="mine", if_full=IfFull.WAITLIST))
    clerk.take(revising(second, capacity=1))

    assert decision.outcome is Outcome.WAITLISTED
    assert clerk.sections_of("S1") == ["C", "CS-2-A"]


def test_a_swap_has_ranked_choices_too() -> None:
    university = three_courses("CS-2")
    university.seat("S1", "CS-1", "CS-1-A", as_name="old")
    clerk = Clerk(university)

    clerk.ask("S1", swapping("old", adding_one_of(SECOND, THIRD, as_name="new")))

    assert clerk.sections_of("S1") == ["CS-3-A"]
