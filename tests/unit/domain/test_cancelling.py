"""Cancelling a section frees everyone; a cut capacity evicts nobody; new times must suit those who sit there."""

from datetime import UTC, date, datetime
from typing import Any

from domain.registration.codes import RejectionCode
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.events import EnrollmentEnded, SectionChanged
from domain.registration.outcomes import Movement, Outcome, RevisionRefused, SectionRevised
from domain.registration.waitlist import EntryStatus
from domain.scheduling.calendar import Weekday
from domain.scheduling.section import Section, SectionStatus
from tests.support.asking import a_permission, revising, waiting_for
from tests.support.clerk import Clerk, codes
from tests.support.domain_builders import (
    LECTURE_AND_LAB,
    NOON,
    a_meeting,
    a_term,
    adding,
    dropping,
    enrollment_id,
    entry_id,
    section_id,
    student_id,
)
from tests.support.university import University

S1, S2, S3 = student_id("S1"), student_id("S2"), student_id("S3")
CANCELLED: dict[str, Any] = {"status": SectionStatus.CANCELLED}


def lecture_and_lab() -> University:
    """S1 and S2 in the only lecture and a lab each; S3 waits for the lecture with the second lab."""
    university = University(a_term(withdrawal_deadline=date(2027, 4, 1)))
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1", a_meeting(), capacity=2, waitlist=5)
    university.section(offering, "LAB-1", component="1/LAB", capacity=1)
    university.section(offering, "LAB-2", component="1/LAB", capacity=2)
    university.seat("S1", "CS-101", "LEC-1", "LAB-1", as_name="first")
    university.seat("S2", "CS-101", "LEC-1", "LAB-2", as_name="second")
    university.wait("S3", "CS-101", "LEC-1", "LAB-2")
    return university


def section(university: University, code: str) -> Section:
    return university.facts().sections[section_id(code)]


def test_cancelling_a_section_frees_everyone_who_sits_in_it_with_all_their_seats() -> None:
    university = lecture_and_lab()
    clerk = Clerk(university)

    answer = clerk.take(revising(section(university, "LAB-1"), **CANCELLED))

    assert isinstance(answer, SectionRevised)
    assert clerk.sections_of("S1") == []
    assert clerk.term.ended[enrollment_id("first")].status is EnrollmentStatus.DROPPED
    assert clerk.free("LAB-1") == 1


def test_the_seats_that_a_cancelled_lab_frees_in_the_lecture_go_to_those_who_wait() -> None:
    university = lecture_and_lab()
    clerk = Clerk(university)

    clerk.take(revising(section(university, "LAB-1"), **CANCELLED))

    assert clerk.moved == [(Movement.REMOVED, S1), (Movement.PROMOTED, S3)]
    assert clerk.sections_of("S3") == ["LAB-2", "LEC-1"]


def test_whoever_waits_for_a_cancelled_section_waits_no_longer() -> None:
    university = lecture_and_lab()
    clerk = Clerk(university)

    clerk.take(revising(section(university, "LEC-1"), **CANCELLED))

    assert clerk.moved == [(Movement.CANCELLED, S3), (Movement.REMOVED, S1), (Movement.REMOVED, S2)]
    assert clerk.term.gone[entry_id("S3/CS-101")].status is EntryStatus.CANCELLED
    assert clerk.waiting() == []


def test_everybody_is_told_and_nobody_gets_a_w_however_late_it_is() -> None:
    university = lecture_and_lab()
    late = datetime(2027, 5, 1, tzinfo=UTC)
    clerk = Clerk(university)

    clerk.take(revising(section(university, "LAB-2"), at=late, **CANCELLED))

    told = [event for event in clerk.events if isinstance(event, EnrollmentEnded)]
    assert [(event.student_id, event.status, event.because) for event in told] == [(S2, "dropped", "section_cancelled")]
    (changed,) = (event for event in clerk.events if isinstance(event, SectionChanged))
    assert (changed.section_id, changed.status, changed.capacity) == (section_id("LAB-2"), "cancelled", 2)


def test_a_cancelled_section_takes_nobody_and_is_waited_for_by_nobody() -> None:
    university = lecture_and_lab()
    clerk = Clerk(university)
    clerk.take(revising(section(university, "LEC-1"), capacity=0, **CANCELLED))

    decision = clerk.ask("S4", waiting_for("CS-101", "LEC-1", "LAB-1"))

    assert codes(decision) == ["section_not_open", "seats_full"]


def test_a_seat_above_capacity_goes_with_the_section() -> None:
    university = University()
    university.lecture("CS-101", capacity=0)
    university.permit(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))
    clerk = Clerk(university)
    clerk.ask("S1", adding("CS-101", "CS-101-A"))

    clerk.take(revising(section(university, "CS-101-A"), **CANCELLED))

    assert clerk.term.seats[section_id("CS-101-A")] == {}


def test_cancelling_an_unlimited_section_frees_everyone_too() -> None:
    university = University()
    unlimited = university.lecture("CS-101", capacity=None)
    university.seat("S1", "CS-101", "CS-101-A")
    clerk = Clerk(university)

    clerk.take(revising(unlimited, **CANCELLED))

    assert clerk.moved == [(Movement.REMOVED, S1)]


# Capacity


def test_cutting_the_capacity_below_the_roster_evicts_nobody_and_promotes_nobody() -> None:
    university = lecture_and_lab()
    clerk = Clerk(university)

    clerk.take(revising(section(university, "LEC-1"), capacity=1))
    assert clerk.moved == []
    clerk.ask("S1", dropping("first"))

    assert clerk.moved == []
    assert (clerk.sections_of("S2"), clerk.waiting()) == (["LAB-2", "LEC-1"], [S3])


def test_a_cut_that_is_taken_back_before_anybody_left_changes_nothing() -> None:
    university = lecture_and_lab()
    clerk = Clerk(university)
    clerk.take(revising(section(university, "LEC-1"), capacity=0))

    clerk.take(revising(section(university, "LEC-1"), capacity=2))

    assert clerk.moved == []
    assert clerk.ask("S1", dropping("first")).outcome is Outcome.DROPPED
    assert clerk.moved == [(Movement.PROMOTED, S3)]


def test_closing_a_section_keeps_its_students_and_its_queue() -> None:
    university = lecture_and_lab()
    clerk = Clerk(university)

    clerk.take(revising(section(university, "LEC-1"), status=SectionStatus.CLOSED))
    clerk.ask("S1", dropping("first"))

    assert clerk.moved == [(Movement.SKIPPED, S3)]
    assert clerk.sections_of("S2") == ["LAB-2", "LEC-1"]
    clerk.take(revising(section(university, "LEC-1")))
    assert clerk.moved == [(Movement.PROMOTED, S3)]


# Times


def test_new_times_that_clash_for_somebody_are_refused_with_their_number() -> None:
    university = lecture_and_lab()
    university.lecture("CS-102", a_meeting(Weekday.TUESDAY))
    university.seat("S1", "CS-102", "CS-102-A")
    clerk = Clerk(university)

    answer = clerk.take(revising(section(university, "LEC-1"), meetings=(a_meeting(Weekday.TUESDAY),)))

    assert isinstance(answer, RevisionRefused)
    assert "1 who sit" in answer.reason
    assert not clerk.effects.revised


def test_new_times_that_suit_everybody_are_taken() -> None:
    university = lecture_and_lab()
    university.lecture("CS-102", a_meeting(Weekday.TUESDAY))
    university.seat("S9", "CS-102", "CS-102-A")
    clerk = Clerk(university)

    answer = clerk.take(revising(section(university, "LEC-1"), meetings=(a_meeting(Weekday.TUESDAY),)))

    assert isinstance(answer, SectionRevised)


def test_new_times_must_not_clash_with_the_other_components_either() -> None:
    university = lecture_and_lab()
    clerk = Clerk(university)

    answer = clerk.take(revising(section(university, "LAB-2"), meetings=(a_meeting(at="11:00", until="13:00"),)))

    assert isinstance(answer, RevisionRefused)


def test_a_clash_that_a_student_has_already_does_not_keep_other_fields_from_changing() -> None:
    university = University()
    university.lecture("CS-101", a_meeting())
    university.lecture("CS-102", a_meeting())
    university.seat("S1", "CS-101", "CS-101-A")
    university.seat("S1", "CS-102", "CS-102-A")
    clerk = Clerk(university)

    answer = clerk.take(revising(section(university, "CS-101-A"), capacity=5))
    moved = clerk.take(revising(section(university, "CS-101-A"), meetings=(a_meeting(at="11:00", until="12:00"),)))

    assert isinstance(answer, SectionRevised)
    assert isinstance(moved, SectionRevised)


def test_a_section_that_is_cancelled_may_have_any_times() -> None:
    university = lecture_and_lab()
    university.lecture("CS-102", a_meeting(Weekday.TUESDAY))
    university.seat("S1", "CS-102", "CS-102-A")
    clerk = Clerk(university)

    tuesday = (a_meeting(Weekday.TUESDAY),)
    answer = clerk.take(revising(section(university, "LEC-1"), meetings=tuesday, **CANCELLED))

    assert isinstance(answer, SectionRevised)
    assert clerk.sections_of("S1") == ["CS-102-A"]


def test_new_times_make_who_waits_eligible_or_not_from_then_on() -> None:
    university = University()
    lecture = university.lecture("CS-101", a_meeting(), capacity=1, waitlist=5)
    university.lecture("CS-102", a_meeting())
    university.seat("S1", "CS-102", "CS-102-A")
    university.wait("S1", "CS-101", "CS-101-A")
    clerk = Clerk(university)

    clerk.take(revising(lecture, meetings=(a_meeting(Weekday.FRIDAY),)))

    assert clerk.moved == [(Movement.SKIPPED, S1), (Movement.PROMOTED, S1)]
    assert clerk.followed[0].number < clerk.followed[1].number
    assert clerk.term.enrollments[enrollment_id("S1/CS-101")].enrolled_at == NOON
