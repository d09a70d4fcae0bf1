"""Verification finds each planted offence, names the offender, and finds nothing in a clean term."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from domain.registration.codes import RejectionCode
from domain.registration.commands import ReviseSection
from domain.registration.decide import decide
from domain.registration.verification import SeatRows, Sitting, TermRoster, verify
from domain.scheduling.calendar import Weekday
from domain.shared.identifiers import CourseId
from tests.support.asking import a_permission
from tests.support.clerk import Clerk
from tests.support.domain_builders import (
    LECTURE_AND_LAB,
    NOON,
    a_meeting,
    a_term,
    adding,
    enrollment_id,
    identifier,
    section_id,
    student_id,
)
from tests.support.stored_term import StoredTerm
from tests.support.university import University


def a_university() -> University:
    """CS-101 with two lectures and labs, CS-102 at another time, CS-103 at the time of CS-102, an unlimited CS-104."""
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    for number in ("1", "2"):
        university.section(offering, f"LEC-{number}", a_meeting(Weekday.MONDAY), capacity=2)
        university.section(offering, f"LAB-{number}", component="1/LAB", parent=f"LEC-{number}", capacity=2)
    university.lecture("CS-102", a_meeting(Weekday.TUESDAY))
    university.lecture("CS-103", a_meeting(Weekday.TUESDAY, at="11:30", until="13:00"))
    university.lecture("CS-104", capacity=None)
    university.seat("S1", "CS-101", "LEC-1", "LAB-1")
    university.seat("S2", "CS-101", "LEC-1", "LAB-1")
    university.seat("S1", "CS-102", "CS-102-A")
    university.seat("S1", "CS-104", "CS-104-A")
    university.seat("S2", "CS-104", "CS-104-A")
    return university


def roster(university: University) -> TermRoster:
    return StoredTerm(university.facts()).roster()


def with_sittings(before: TermRoster, sittings: tuple[Sitting, ...]) -> TermRoster:
    return replace(before, sittings=sittings)


def with_seats(before: TermRoster, section: str, seats: SeatRows) -> TermRoster:
    return replace(before, seats={**before.seats, section_id(section): seats})


def one_sitting_too_many() -> TermRoster:
    clean = roster(a_university())
    lecture, laboratory = (
        replace(
            sitting,
            enrollment_id=enrollment_id("third"),
            student_id=student_id("third"),
            student_code="third",
            seat_no=3,
        )
        for sitting in clean.sittings[:2]
    )
    return with_sittings(clean, (*clean.sittings, lecture, laboratory))


def two_on_one_seat() -> TermRoster:
    clean = roster(a_university())
    return with_sittings(
        clean, tuple(replace(s, seat_no=1) if s.section_id == section_id("LEC-1") else s for s in clean.sittings)
    )


def no_seat_number() -> TermRoster:
    clean = roster(a_university())
    return with_sittings(clean, (replace(clean.sittings[0], seat_no=None), *clean.sittings[1:]))


def an_enrollment_that_sits_nowhere() -> TermRoster:
    return replace(roster(a_university()), unseated=(enrollment_id("lost"),))


def a_lab_without_lecture() -> TermRoster:
    clean = roster(a_university())
    return with_sittings(clean, clean.sittings[1:])


def two_lectures() -> TermRoster:
    university = a_university()
    university.seat("S3", "CS-101", "LEC-2", "LAB-2")
    clean = roster(university)
    extra = next(s for s in clean.sittings if s.section_id == section_id("LEC-2"))
    return with_sittings(
        clean,
        (*clean.sittings, replace(extra, section_id=section_id("LEC-1"), seat_no=None)),
    )


def a_section_of_another_term_on_top() -> TermRoster:
    clean = roster(a_university())
    return with_sittings(
        clean, (*clean.sittings, replace(clean.sittings[0], section_id=section_id("ELSEWHERE"), seat_no=9))
    )


def a_lab_without_its_own_lecture() -> TermRoster:
    clean = roster(a_university())
    moved = replace(clean.sittings[0], section_id=section_id("LEC-2"))
    return with_sittings(clean, (moved, *clean.sittings[1:]))


def the_same_course_twice() -> TermRoster:
    university = a_university()
    university.seat("S2", "CS-102", "CS-102-A", as_name="first")
    university.section(university.offer("CS-102-B", course="CS-102"), "B")
    university.seat("S2", "CS-102-B", "B", as_name="second")
    return roster(university)


def two_courses_at_once() -> TermRoster:
    university = a_university()
    university.seat("S1", "CS-103", "CS-103-A")
    return roster(university)


def no_enrollment_behind_a_seat() -> TermRoster:
    clean = roster(a_university())
    sittings = clean.sittings
    ghost = replace(
        sittings[0], enrollment_id=enrollment_id("ghost"), student_code="ghost", offering_id=None, course_id=None
    )
    return with_sittings(clean, (replace(ghost, section_id=section_id("CS-103-A"), seat_no=1), *sittings))


def a_seat_that_is_not_there() -> TermRoster:
    clean = roster(a_university())
    return with_sittings(
        clean, tuple(replace(s, seat_no=31) if s.section_id == section_id("CS-102-A") else s for s in clean.sittings)
    )


def a_seat_in_an_unlimited_section() -> TermRoster:
    clean = roster(a_university())
    return with_seats(clean, "CS-104-A", SeatRows(frozenset({1}), 1))


def an_enrollment_for_another_course() -> TermRoster:
    clean = roster(a_university())
    elsewhere = CourseId(identifier("course", "CS-103"))
    return with_sittings(
        clean,
        tuple(replace(s, course_id=elsewhere) if s.section_id == section_id("CS-102-A") else s for s in clean.sittings),
    )


def more_seats_than_the_capacity() -> TermRoster:
    return with_seats(roster(a_university()), "LEC-2", SeatRows(frozenset({1, 2, 3}), 3))


def fewer_seats_than_the_capacity() -> TermRoster:
    return with_seats(roster(a_university()), "LEC-2", SeatRows(frozenset({2}), 1))


def a_seat_brought_along() -> TermRoster:
    seated = one_sitting_too_many()
    for lecture in ("LEC-1", "LAB-1"):
        seated = with_seats(seated, lecture, SeatRows(frozenset({1, 2, 3}), 2))
    return seated


def both_courses_of_a_cross_listing() -> TermRoster:
    university = a_university()
    university.section(university.offer("CS-105", cross_listed=["MATH-105"]), "CS-105-A")
    university.section(university.offer("MATH-105"), "MATH-105-A")
    university.seat("S2", "CS-105", "CS-105-A")
    university.seat("S2", "MATH-105", "MATH-105-A")
    return roster(university)


def a_seat_above_capacity_that_nobody_holds() -> TermRoster:
    return with_seats(roster(a_university()), "LEC-2", SeatRows(frozenset({1, 2, 3}), 2, frozenset({3})))


OFFENCES: list[tuple[Callable[[], TermRoster], set[str], str]] = [
    (one_sitting_too_many, {"capacity"}, "section LEC-1 seats 3 of 2, with no seat for third"),
    (a_seat_brought_along, {"capacity"}, "section LEC-1 seats 3 of 2"),
    (more_seats_than_the_capacity, {"seats"}, "section LEC-2 has 3 seats, 0 of them taken, instead of 2"),
    (fewer_seats_than_the_capacity, {"seats"}, "section LEC-2 has 1 seats, 0 of them taken, instead of 2"),
    (a_seat_in_an_unlimited_section, {"seats"}, "section CS-104-A has 1 seats"),
    (a_seat_that_is_not_there, {"seated"}, "section CS-102-A does not have the seat that it gave to"),
    (no_enrollment_behind_a_seat, {"enrolled"}, "student ghost sits in section CS-103-A by"),
    (an_enrollment_for_another_course, {"course"}, "in CS-102 for another course"),
    (two_on_one_seat, {"seat_shared"}, "seat 1 of section LEC-1"),
    (no_seat_number, {"seated"}, "LEC-1"),
    (an_enrollment_that_sits_nowhere, {"seated"}, str(enrollment_id("lost"))),
    (a_lab_without_lecture, {"components", "parent"}, "LAB-1"),
    (two_lectures, {"components", "seated", "capacity", "time_conflict"}, "LEC-1, LEC-2"),
    (a_section_of_another_term_on_top, {"components"}, "LAB-1, LEC-1"),
    (a_lab_without_its_own_lecture, {"parent"}, "LAB-1 without its parent"),
    (the_same_course_twice, {"duplicate"}, f"CS-102 ({enrollment_id('first')}), CS-102-B ("),
    (both_courses_of_a_cross_listing, {"duplicate"}, "is enrolled in one course by CS-105 ("),
    (a_seat_above_capacity_that_nobody_holds, {"seats"}, "section LEC-2 keeps seat 3 above capacity"),
    (two_courses_at_once, {"time_conflict"}, "CS-103-A and CS-102-A, which clash at Tue 11:30-13:00"),
]


@pytest.mark.parametrize(("plant", "invariants", "detail"), OFFENCES)
def test_a_planted_offence_is_found_and_no_other(
    plant: Callable[[], TermRoster], invariants: set[str], detail: str
) -> None:
    offences = verify(plant())

    assert {offence.invariant for offence in offences} == invariants
    assert any(detail in offence.detail for offence in offences)


def test_a_clean_term_has_no_offence() -> None:
    assert verify(roster(a_university())) == ()


def test_an_empty_term_has_no_offence() -> None:
    assert verify(TermRoster(a_term(), (), (), ())) == ()


def test_an_enrollment_of_an_offering_that_the_term_does_not_have_is_found() -> None:
    clean = roster(a_university())

    offences = verify(replace(clean, offerings=clean.offerings[1:]))

    assert [offence.invariant for offence in offences] == ["offering", "offering"]


def test_a_section_whose_capacity_the_desk_cut_below_its_roster_is_no_offence() -> None:
    university = a_university()
    stored = StoredTerm(university.facts())
    lecture = replace(stored.sections[section_id("LEC-1")], capacity=1)

    _, effects = decide(stored.facts(), [ReviseSection(lecture, NOON)])
    stored.apply(effects)

    assert verify(stored.roster()) == ()


def test_a_cut_section_that_keeps_a_seat_which_was_given_back_is_found() -> None:
    university = a_university()
    stored = StoredTerm(university.facts())
    lecture = replace(stored.sections[section_id("LEC-1")], capacity=0)
    _, effects = decide(stored.facts(), [ReviseSection(lecture, NOON)])
    stored.apply(effects)
    cut = stored.roster()

    gone = tuple(sitting for sitting in cut.sittings if sitting.student_id != student_id("S2"))
    offences = verify(with_sittings(cut, gone))

    assert [offence.detail for offence in offences] == ["section LEC-1 has 2 seats, 1 of them taken, instead of 1"]


def test_a_seat_above_capacity_is_no_offence_while_somebody_holds_it() -> None:
    university = a_university()
    university.permit(a_permission("S3", "CS-101", RejectionCode.SEATS_FULL))
    clerk = Clerk(university)

    clerk.ask("S3", adding("CS-101", "LEC-1", "LAB-1"))

    assert clerk.sections_of("S3") == ["LAB-1", "LEC-1"]
    assert verify(clerk.term.roster()) == ()


def test_a_clash_that_a_permission_waived_is_no_offence_even_after_it_was_revoked() -> None:
    waiver = a_permission("S1", "CS-103", RejectionCode.TIME_CONFLICT)
    clashing = two_courses_at_once()

    assert verify(replace(clashing, permissions=(waiver.revoke(NOON),))) == ()
    elsewhere = replace(waiver, student_id=student_id("S2"))
    assert {offence.invariant for offence in verify(replace(clashing, permissions=(elsewhere,)))} == {"time_conflict"}


def test_a_cross_listed_offering_may_be_taken_as_any_of_its_courses() -> None:
    university = a_university()
    university.section(university.offer("CS-105", cross_listed=["MATH-105"]), "CS-105-A")
    clerk = Clerk(university)

    clerk.ask("S3", adding("CS-105", course="MATH-105"))

    assert clerk.sections_of("S3") == ["CS-105-A"]
    assert verify(clerk.term.roster()) == ()
