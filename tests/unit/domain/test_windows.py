"""When a student may act: the window, time tickets, and the deadlines of the term or of a session."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.registration.enrollment import EnrollmentStatus
from domain.registration.events import EnrollmentEnded
from domain.registration.outcomes import Outcome
from domain.scheduling.term import Deadlines, Session
from tests.support.asking import a_cohort, a_ticket, moving, swapping
from tests.support.clerk import Clerk, codes
from tests.support.domain_builders import NOON, a_hold, a_term, adding, dropping
from tests.support.university import University

SECOND = timedelta(seconds=1)
BEFORE_REGISTRATION = datetime(2027, 1, 10, 8, 0, tzinfo=UTC) - SECOND
AFTER_THE_WINDOW = datetime(2027, 1, 20, tzinfo=UTC)
FEBRUARY_15 = datetime(2027, 2, 15, tzinfo=UTC)
FEBRUARY_21 = datetime(2027, 2, 21, tzinfo=UTC)
MARCH_31 = datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC)
LEAVES_A_W = {"withdrawal_deadline": date(2027, 3, 31)}


def two_courses(**rules: Any) -> University:
    """CS-101, in which S1 sits, and CS-102."""
    university = University(replace(a_term(), **rules))
    university.lecture("CS-101", capacity=1)
    university.lecture("CS-102")
    university.seat("S1", "CS-101", "CS-101-A", as_name="mine")
    return university


def test_after_the_drop_deadline_leaving_is_a_withdrawal_that_gives_the_seat_back() -> None:
    clerk = Clerk(two_courses(**LEAVES_A_W))

    decision = clerk.ask("S1", dropping("mine"), at=FEBRUARY_21)

    assert decision.outcome is Outcome.WITHDRAWN
    assert decision.enrollment is not None
    assert (decision.enrollment.status, decision.enrollment.ended_at) == (EnrollmentStatus.WITHDRAWN, FEBRUARY_21)
    assert clerk.free("CS-101-A") == 1
    (event,) = clerk.events
    assert isinstance(event, EnrollmentEnded)
    assert (event.status, event.because) == ("withdrawn", "asked")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2027, 2, 20, 23, 59, 59, tzinfo=UTC), Outcome.DROPPED),
        (FEBRUARY_21, Outcome.WITHDRAWN),
        (MARCH_31, Outcome.WITHDRAWN),
        (MARCH_31 + SECOND, Outcome.REJECTED),
    ],
)
def test_each_deadline_ends_with_its_day(moment: datetime, expected: Outcome) -> None:
    assert Clerk(two_courses(**LEAVES_A_W)).ask("S1", dropping("mine"), at=moment).outcome is expected


def test_whoever_is_too_late_to_withdraw_is_told_the_last_day() -> None:
    (rejection,) = Clerk(two_courses(**LEAVES_A_W)).ask("S1", dropping("mine"), at=MARCH_31 + SECOND).rejections

    assert rejection.parameters == {"action": "withdraw", "term": "2027-1", "deadline": "2027-03-31"}


def test_a_swap_after_the_drop_deadline_withdraws_from_the_old_course() -> None:
    university = two_courses(**LEAVES_A_W, add_deadline=date(2027, 3, 1))

    decision = Clerk(university).ask("S1", swapping("mine", adding("CS-102")), at=FEBRUARY_21)

    assert decision.outcome is Outcome.SWAPPED
    assert decision.ended is not None
    assert decision.ended.status is EnrollmentStatus.WITHDRAWN


def test_a_swap_is_refused_after_the_add_deadline_though_a_drop_is_not() -> None:
    clerk = Clerk(two_courses())

    swap = clerk.ask("S1", swapping("mine", adding("CS-102")), at=FEBRUARY_15)

    assert [r.parameters["action"] for r in swap.rejections] == ["add"]
    assert clerk.sections_of("S1") == ["CS-101-A"]
    assert clerk.ask("S1", dropping("mine"), at=FEBRUARY_15).outcome is Outcome.DROPPED


def test_a_swap_that_comes_too_late_for_both_halves_is_told_both() -> None:
    decision = Clerk(two_courses()).ask("S1", swapping("mine", adding("CS-102")), at=FEBRUARY_21)

    assert [r.parameters["action"] for r in decision.rejections] == ["drop", "add"]


def test_sections_are_changed_only_while_courses_are_added() -> None:
    assert codes(Clerk(two_courses()).ask("S1", moving("mine", "CS-101-A"), at=FEBRUARY_15)) == ["deadline_passed"]


def test_after_the_window_has_closed_courses_can_be_dropped_but_not_added() -> None:
    clerk = Clerk(two_courses(registration_closes_at=AFTER_THE_WINDOW))

    assert codes(clerk.ask("S1", adding("CS-102"), at=AFTER_THE_WINDOW)) == ["term_not_open"]
    assert clerk.ask("S1", dropping("mine"), at=AFTER_THE_WINDOW).outcome is Outcome.DROPPED


def test_nobody_drops_before_the_window_opens() -> None:
    assert codes(Clerk(two_courses()).ask("S1", dropping("mine"), at=BEFORE_REGISTRATION)) == ["term_not_open"]


def test_a_hold_keeps_its_student_from_dropping_too() -> None:
    university = two_courses()
    university.hold(a_hold("S1"))

    assert codes(Clerk(university).ask("S1", dropping("mine"))) == ["hold"]


# Sessions


def in_a_session(session: str | None) -> University:
    """CS-101 in a session of February, whose deadlines are earlier than the term's but for the withdrawal."""
    deadlines = Deadlines(date(2027, 2, 3), date(2027, 2, 5), date(2027, 2, 7))
    known = Session("FEB", "February", date(2027, 2, 1), date(2027, 2, 28), deadlines)
    university = University(replace(a_term(), sessions=(known,)))
    university.section(university.offer("CS-101", session=session), "CS-101-A")
    university.seat("S1", "CS-101", "CS-101-A", as_name="mine")
    return university


def test_an_offering_of_a_session_is_added_until_the_deadline_of_the_session() -> None:
    moment = datetime(2027, 2, 4, tzinfo=UTC)

    (rejection,) = Clerk(in_a_session("FEB")).ask("S2", adding("CS-101"), at=moment).rejections

    assert rejection.parameters == {"action": "add", "term": "2027-1", "deadline": "2027-02-03"}
    assert Clerk(in_a_session(None)).ask("S2", adding("CS-101"), at=moment).outcome is Outcome.ENROLLED


@pytest.mark.parametrize(
    ("day", "expected"), [(5, Outcome.DROPPED), (6, Outcome.WITHDRAWN), (7, Outcome.WITHDRAWN), (8, Outcome.REJECTED)]
)
def test_an_offering_of_a_session_is_left_by_the_deadlines_of_the_session(day: int, expected: Outcome) -> None:
    moment = datetime(2027, 2, day, 12, tzinfo=UTC)

    assert Clerk(in_a_session("FEB")).ask("S1", dropping("mine"), at=moment).outcome is expected


# Time tickets


EARLY, LATE = NOON + timedelta(hours=1), NOON + timedelta(hours=2)


def with_tickets() -> University:
    """Seniors of any program and everybody in law may register early, the others of level 1 late."""
    university = University()
    university.lecture("CS-101")
    university.student("senior", class_level=4, program="ARTS")
    university.student("lawyer", class_level=1, program="LAW")
    university.student("junior", class_level=1, program="ARTS")
    university.ticket(
        a_ticket("seniors", a_cohort(levels=[4]), EARLY, closes_at=LATE),
        a_ticket("law", a_cohort("guest", programs=["LAW"]), EARLY),
        a_ticket("juniors", a_cohort(levels=[1]), LATE),
    )
    return university


def adds_at(student: str, moment: datetime) -> list[str]:
    return codes(Clerk(with_tickets()).ask(student, adding("CS-101"), at=moment))


@pytest.mark.parametrize(
    ("student", "opens_at"), [("senior", EARLY), ("lawyer", EARLY), ("guest", EARLY), ("junior", LATE)]
)
def test_a_ticket_lets_its_cohort_register_from_its_first_moment_on(student: str, opens_at: datetime) -> None:
    assert adds_at(student, opens_at - SECOND) == ["time_ticket_not_open"]
    assert adds_at(student, opens_at) == []


def test_a_ticket_that_has_closed_lets_nobody_register() -> None:
    assert adds_at("senior", LATE - SECOND) == []
    assert adds_at("senior", LATE) == ["time_ticket_not_open"]


def test_whoever_waits_for_a_ticket_is_told_when_the_next_one_of_their_own_opens() -> None:
    def told(student: str, moment: datetime) -> object:
        (rejection,) = Clerk(with_tickets()).ask(student, adding("CS-101"), at=moment).rejections
        return rejection.parameters["opens_at"]

    assert told("lawyer", NOON) == EARLY.isoformat()
    assert told("junior", EARLY) == LATE.isoformat()
    assert told("senior", LATE) is None
    assert told("stranger", LATE) is None


def test_where_a_term_has_no_tickets_everybody_registers() -> None:
    university = University()
    university.lecture("CS-101")

    assert Clerk(university).ask("stranger", adding("CS-101")).outcome is Outcome.ENROLLED


def test_a_ticket_is_needed_to_swap_and_to_change_sections_but_not_to_drop() -> None:
    university = with_tickets()
    university.lecture("CS-102")
    university.seat("junior", "CS-101", "CS-101-A", as_name="mine")
    clerk = Clerk(university)

    assert codes(clerk.ask("junior", swapping("mine", adding("CS-102")))) == ["time_ticket_not_open"]
    assert codes(clerk.ask("junior", moving("mine", "CS-101-A"))) == ["time_ticket_not_open"]
    assert clerk.ask("junior", dropping("mine")).outcome is Outcome.DROPPED


def test_a_ticket_does_not_open_a_window_that_is_closed() -> None:
    university = University()
    university.lecture("CS-101")
    university.ticket(a_ticket("always", a_cohort("S1"), BEFORE_REGISTRATION - SECOND))

    assert codes(Clerk(university).ask("S1", adding("CS-101"), at=BEFORE_REGISTRATION)) == ["term_not_open"]
