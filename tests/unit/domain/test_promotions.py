"""Whatever frees a seat, or opens the way to one, promotes the first eligible entry in the same step."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.catalog.grading import GradingBasis
from domain.catalog.requisite import ConsentBy
from domain.registration.codes import RejectionCode
from domain.registration.commands import Command
from domain.registration.decide import decide
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.events import StudentEnrolled, WaitlistEntryEnded
from domain.registration.outcomes import Movement, Outcome
from domain.registration.waitlist import EntryStatus
from domain.scheduling.section import Section
from tests.support.asking import (
    a_cohort,
    a_permission,
    a_ticket,
    graded_by,
    moving,
    permitting,
    releasing,
    reserved,
    reviewing,
    revising,
    swapping,
)
from tests.support.clerk import Clerk
from tests.support.domain_builders import (
    LECTURE_AND_LAB,
    NOON,
    a_hold,
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

LATER = NOON + timedelta(hours=1)
PROMOTED, SKIPPED, LEFT = Movement.PROMOTED, Movement.SKIPPED, Movement.LEFT
S1, S2, S3 = student_id("S1"), student_id("S2"), student_id("S3")


def waited_for(**rules: Any) -> University:
    """CS-101 in one section, whose only seat S0 has and for which S1 and S2 wait; CS-102 has room."""
    university = University(a_term(**rules))
    university.lecture("CS-101", capacity=1, waitlist=5)
    university.lecture("CS-102")
    university.seat("S0", "CS-101", "CS-101-A", as_name="seated")
    for name in ("S1", "S2"):
        university.wait(name, "CS-101", "CS-101-A")
    return university


def a_drop() -> tuple[University, Command]:
    return waited_for(), a_request("S0", dropping("seated"))


def a_withdrawal() -> tuple[University, Command]:
    # Adds go on after drops have ended: a rare term, but the queue must not care.
    rules = {"add_deadline": date(2027, 2, 20), "drop_deadline": date(2027, 2, 1)}
    moment = datetime.fromisoformat("2027-02-11T00:00:00+00:00")
    return (
        waited_for(**rules, withdrawal_deadline=date(2027, 3, 1)),
        a_request("S0", dropping("seated"), at=moment),
    )


def a_swap() -> tuple[University, Command]:
    return waited_for(), a_request("S0", swapping("seated", adding("CS-102", as_name="new")))


def a_change_of_sections() -> tuple[University, Command]:
    university = waited_for()
    university.section(university.offer("CS-101"), "CS-101-B")
    return university, a_request("S0", moving("seated", "CS-101-B"))


def a_raised_capacity() -> tuple[University, Command]:
    university = waited_for()
    section = university.facts().sections[section_id("CS-101-A")]
    return university, revising(section, capacity=2)


def kept_for_others() -> tuple[University, Section]:
    """The only seat of CS-101, for which S1 and S2 wait, is reserved for somebody else until later."""
    university = University()
    pool = reserved("law", 1, a_cohort("S9"), LATER)
    section = university.lecture("CS-101", capacity=1, waitlist=5, reserved=[pool])
    for name in ("S1", "S2"):
        university.wait(name, "CS-101", "CS-101-A")
    return university, section


def an_unreserved_section() -> tuple[University, Command]:
    university, section = kept_for_others()
    return university, revising(section, reserved=())


def a_release_of_reserved_seats() -> tuple[University, Command]:
    return kept_for_others()[0], reviewing(LATER)


def a_permission_to_sit_above_capacity() -> tuple[University, Command]:
    return waited_for(), permitting(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))


def a_consent() -> tuple[University, Command]:
    university = University()
    offering = university.offer("CS-101", consent=ConsentBy.INSTRUCTOR)
    university.section(offering, "CS-101-A", capacity=1, waitlist=5)
    for name in ("S1", "S2"):
        university.wait(name, "CS-101", "CS-101-A")
    return university, permitting(a_permission("S1", "CS-101", RejectionCode.CONSENT_REQUIRED))


def a_released_hold() -> tuple[University, Command]:
    university = University()
    university.lecture("CS-101", capacity=1, waitlist=5)
    for name in ("S1", "S2"):
        university.wait(name, "CS-101", "CS-101-A")
        university.hold(a_hold(name))
    return university, releasing("S1")


def an_opened_ticket() -> tuple[University, Command]:
    university = University()
    university.lecture("CS-101", capacity=1, waitlist=5)
    for name in ("S1", "S2"):
        university.wait(name, "CS-101", "CS-101-A")
    university.ticket(a_ticket("late", a_cohort("S1", "S2"), LATER))
    return university, reviewing(LATER)


def a_drop_of_what_stood_in_the_way() -> tuple[University, Command]:
    university = University(a_term(credit_maximum=Decimal(3)))
    university.lecture("CS-101", capacity=1, waitlist=5)
    university.lecture("CS-102")
    university.wait("S1", "CS-101", "CS-101-A")
    university.seat("S1", "CS-102", "CS-102-A", as_name="other")
    return university, a_request("S1", dropping("other"))


OPENINGS = [
    a_drop,
    a_withdrawal,
    a_swap,
    a_change_of_sections,
    a_raised_capacity,
    an_unreserved_section,
    a_release_of_reserved_seats,
    a_permission_to_sit_above_capacity,
    a_consent,
    a_released_hold,
    an_opened_ticket,
    a_drop_of_what_stood_in_the_way,
]


@pytest.mark.parametrize("opening", OPENINGS, ids=lambda opening: opening.__name__)
def test_the_first_who_waits_is_promoted_in_the_step_that_opens_the_way(
    opening: Callable[[], tuple[University, Command]],
) -> None:
    university, command = opening()
    clerk = Clerk(university)

    clerk.take(command)

    assert [moved for moved in clerk.moved if moved[0] is PROMOTED] == [(PROMOTED, S1)]
    assert "CS-101-A" in clerk.sections_of("S1")
    assert S1 not in clerk.waiting()
    assert clerk.term.gone[entry_id("S1/CS-101")].status is EntryStatus.PROMOTED


def test_a_promotion_is_numbered_after_the_decision_and_makes_the_enrollment_that_was_promised() -> None:
    clerk = Clerk(waited_for())

    decision = clerk.ask("S0", dropping("seated"))

    (promotion,) = clerk.followed
    assert promotion.number == decision.number + 1
    assert promotion.entry is not None
    assert promotion.entry.id == entry_id("S1/CS-101")
    assert promotion.enrollment == clerk.term.enrollments[enrollment_id("S1/CS-101")]
    assert promotion.enrollment.number == promotion.number
    assert promotion.judged[0].rule == "registration_is_open"


def test_a_promotion_is_told_as_the_end_of_the_wait_and_the_beginning_of_the_enrollment() -> None:
    clerk = Clerk(waited_for())

    clerk.ask("S0", dropping("seated"))

    _, ended, started = clerk.events
    assert isinstance(ended, WaitlistEntryEnded)
    assert isinstance(started, StudentEnrolled)
    assert (ended.status, started.from_waitlist) == ("promoted", entry_id("S1/CS-101"))


def test_each_free_seat_promotes_one_in_the_order_of_the_queue() -> None:
    university = waited_for()
    university.wait("S3", "CS-101", "CS-101-A", priority=-1)
    section = university.facts().sections[section_id("CS-101-A")]
    clerk = Clerk(university)

    clerk.take(revising(section, capacity=3))

    assert clerk.moved == [(PROMOTED, S3), (PROMOTED, S1)]
    assert clerk.waiting() == [S2]


def test_a_newcomer_never_passes_an_eligible_waiting_entry() -> None:
    university = waited_for()
    clerk = Clerk(university)

    outcomes = clerk.ask_for(a_request("S0", dropping("seated"), adding("CS-101", "CS-101-A", as_name="mine again")))

    assert outcomes == [Outcome.DROPPED, Outcome.REJECTED]
    assert clerk.sections_of("S1") == ["CS-101-A"]


def test_a_newcomer_takes_the_seat_that_nobody_who_waits_may_have() -> None:
    university, _ = a_released_hold()
    clerk = Clerk(university)

    decision = clerk.ask("S3", adding("CS-101"))

    assert decision.outcome is Outcome.ENROLLED
    assert clerk.moved == [(SKIPPED, S1), (SKIPPED, S2)]
    assert clerk.waiting() == [S1, S2]


def test_what_time_has_opened_goes_to_those_who_wait_before_the_next_command_is_decided() -> None:
    university, _ = a_release_of_reserved_seats()
    clerk = Clerk(university)

    decision = clerk.ask("S3", adding("CS-101", "CS-101-A"), at=LATER)

    assert decision.outcome is Outcome.REJECTED
    assert clerk.moved == [(PROMOTED, S1)]


def test_an_entry_is_promoted_only_to_all_of_its_sections() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    lecture = university.section(offering, "LEC-1", capacity=0, waitlist=5)
    laboratory = university.section(offering, "LAB-1", component="1/LAB", capacity=0, waitlist=5)
    university.wait("S1", "CS-101", "LEC-1", "LAB-1")
    clerk = Clerk(university)

    clerk.take(revising(lecture, capacity=1))
    assert (clerk.moved, clerk.free("LEC-1")) == ([], 1)
    clerk.take(revising(laboratory, capacity=1))
    assert clerk.moved == [(PROMOTED, S1)]


def test_an_entry_that_waits_for_more_does_not_hold_up_one_that_needs_less() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    lecture = university.section(offering, "LEC-1", capacity=0, waitlist=5)
    university.section(offering, "LAB-1", component="1/LAB", capacity=0, waitlist=5)
    university.section(offering, "LAB-2", component="1/LAB", capacity=1, waitlist=5)
    university.wait("S1", "CS-101", "LEC-1", "LAB-1")
    university.wait("S2", "CS-101", "LEC-1", "LAB-2")
    clerk = Clerk(university)

    clerk.take(revising(lecture, capacity=1))

    assert (clerk.moved, clerk.waiting()) == ([(PROMOTED, S2)], [S1])


def test_a_member_of_a_cohort_is_promoted_to_its_reserved_seat_before_others_who_wait_longer() -> None:
    university = University()
    pool = reserved("law", 1, a_cohort("S2"))
    section = university.lecture("CS-101", capacity=0, waitlist=5, reserved=[pool])
    for name in ("S1", "S2"):
        university.wait(name, "CS-101", "CS-101-A")
    clerk = Clerk(university)

    clerk.take(revising(section, capacity=1))

    assert (clerk.moved, clerk.waiting()) == ([(PROMOTED, S2)], [S1])
    assert clerk.term.enrollments[enrollment_id("S2/CS-101")].seats[0].pool == "law"


def test_nobody_is_promoted_to_what_can_no_longer_be_added() -> None:
    university = waited_for()
    after = datetime.fromisoformat("2027-02-11T00:00:00+00:00")
    clerk = Clerk(university)

    clerk.ask("S0", dropping("seated"), at=after)

    assert clerk.moved == [(SKIPPED, S1), (SKIPPED, S2)]
    assert [str(r.code) for r in clerk.followed[0].reasons] == ["deadline_passed"]


def test_a_change_that_frees_nothing_moves_no_queue() -> None:
    university = waited_for()
    clerk = Clerk(university)

    clerk.ask("S0", graded_by("seated", GradingBasis.GRADED))

    assert (clerk.moved, clerk.waiting()) == ([], [S1, S2])


def test_a_queue_at_rest_stays_at_rest() -> None:
    clerk = Clerk(waited_for())

    clerk.take(reviewing())

    assert (clerk.moved, clerk.effects.next_number) == ([], clerk.term.next_number)
    assert clerk.events == []


def test_a_promotion_within_a_list_of_commands_is_seen_by_those_that_follow() -> None:
    university = waited_for()

    answers, effects = decide(
        university.facts(),
        [a_request("S0", dropping("seated")), a_request("S1", dropping("S1/CS-101"))],
    )

    assert len(answers) == 2
    ended = effects.enrollments[enrollment_id("S1/CS-101")]
    assert (ended.before, ended.after.status) == (None, EnrollmentStatus.DROPPED)
    assert effects.enrollments[enrollment_id("S2/CS-101")].after.status is EnrollmentStatus.ENROLLED
