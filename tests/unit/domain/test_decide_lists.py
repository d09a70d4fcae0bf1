"""A list of commands is decided one after the other, each on what those before it left."""

from datetime import UTC, datetime
from decimal import Decimal

from domain.registration.codes import RejectionCode
from domain.registration.commands import Command
from domain.registration.decide import decide
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.outcomes import Outcome
from domain.scheduling.calendar import Weekday
from tests.support.decided import decided_at_once, decided_one_by_one, decisions, ended_in, enrolled_in, outcomes
from tests.support.domain_builders import (
    LECTURE_AND_LAB,
    NOON,
    a_meeting,
    a_request,
    a_term,
    adding,
    dropping,
    section_id,
)
from tests.support.university import University


def test_an_enrollment_says_who_sits_where_since_when() -> None:
    university = University(next_number=7)
    university.section(university.offer("CS-101", credits_="4.5"), "CS-101-A")

    (answer,), effects = decide(university.facts(), [a_request("S1", adding("CS-101"))])

    (enrollment,) = enrolled_in(effects)
    assert decisions(answer)[0].enrollment == enrollment
    assert (enrollment.number, enrollment.credits, enrollment.enrolled_at) == (7, Decimal("4.5"), NOON)
    assert (enrollment.status, enrollment.ended_at) == (EnrollmentStatus.ENROLLED, None)
    assert [(seat.section_id, seat.seat_no) for seat in enrollment.seats] == [(section_id("CS-101-A"), 1)]
    assert effects.next_number == 8


def test_deciding_nothing_changes_nothing() -> None:
    answers, effects = decide(University(next_number=7).facts(), [])

    assert answers == ()
    assert (effects.next_number, effects.enrollments, effects.seating) == (7, {}, {})


def test_best_effort_grants_what_it_can_in_the_listed_order() -> None:
    university = University(a_term(credit_maximum=Decimal(6)))
    for code in ("CS-101", "CS-102", "CS-103"):
        university.lecture(code)

    (answer,), effects = decide(
        university.facts(),
        [a_request("S1", adding("CS-103"), adding("CS-999"), adding("CS-101"), adding("CS-102"))],
    )

    assert outcomes(answer) == [Outcome.ENROLLED, Outcome.REJECTED, Outcome.ENROLLED, Outcome.REJECTED]
    assert [d.number for d in decisions(answer)] == [1, 2, 3, 4]
    assert len(enrolled_in(effects)) == 2


def test_the_second_of_two_clashing_adds_is_refused() -> None:
    university = University()
    university.lecture("CS-101", a_meeting())
    university.lecture("CS-102", a_meeting())

    (answer,), _ = decide(
        university.facts(), [a_request("S1", adding("CS-101", "CS-101-A"), adding("CS-102", "CS-102-A"))]
    )

    assert outcomes(answer) == [Outcome.ENROLLED, Outcome.REJECTED]
    assert [r.code for r in decisions(answer)[1].rejections] == [RejectionCode.TIME_CONFLICT]


def test_the_same_course_added_twice_is_enrolled_once() -> None:
    university = University()
    university.lecture("CS-101")

    (answer,), _ = decide(university.facts(), [a_request("S1", adding("CS-101"), adding("CS-101", as_name="again"))])

    assert outcomes(answer) == [Outcome.ENROLLED, Outcome.REJECTED]
    assert [r.code for r in decisions(answer)[1].rejections] == [RejectionCode.ALREADY_ENROLLED]


def test_a_drop_before_an_add_makes_room_in_the_schedule_and_in_the_credits() -> None:
    university = University(a_term(credit_maximum=Decimal(3)))
    university.lecture("CS-101", a_meeting())
    university.lecture("CS-102", a_meeting())
    university.seat("S1", "CS-101", "CS-101-A")

    (answer,), _ = decide(university.facts(), [a_request("S1", dropping("S1/CS-101"), adding("CS-102"))])

    assert outcomes(answer) == [Outcome.DROPPED, Outcome.ENROLLED]


def test_an_add_before_the_drop_that_would_make_room_is_refused() -> None:
    university = University()
    university.lecture("CS-101", a_meeting())
    university.lecture("CS-102", a_meeting())
    university.seat("S1", "CS-101", "CS-101-A")

    (answer,), _ = decide(university.facts(), [a_request("S1", adding("CS-102"), dropping("S1/CS-101"))])

    assert outcomes(answer) == [Outcome.REJECTED, Outcome.DROPPED]


def test_what_a_request_adds_a_later_one_drops_and_both_are_to_be_stored() -> None:
    university = University()
    university.lecture("CS-101", capacity=1)

    answers, effects = decide(
        university.facts(),
        [a_request("S1", adding("CS-101", as_name="mine")), a_request("S1", dropping("mine"))],
    )

    assert [outcomes(answer) for answer in answers] == [[Outcome.ENROLLED], [Outcome.DROPPED]]
    (change,) = effects.enrollments.values()
    assert change.before is None
    assert (change.after.status, change.after.ended_at) == (EnrollmentStatus.DROPPED, NOON)
    assert effects.seating[section_id("CS-101-A")].free == 1


def test_a_seat_that_is_dropped_can_be_taken_again_in_the_same_request() -> None:
    university = University()
    offering = university.offer("CS-101")
    university.section(offering, "CS-101-A", capacity=1)
    university.seat("S1", "CS-101", "CS-101-A")

    (answer,), effects = decide(
        university.facts(), [a_request("S1", dropping("S1/CS-101"), adding("CS-101", "CS-101-A"))]
    )

    assert outcomes(answer) == [Outcome.DROPPED, Outcome.ENROLLED]
    assert enrolled_in(effects)[0].seats[0].seat_no == ended_in(effects)[0].seats[0].seat_no == 1
    assert effects.seating[section_id("CS-101-A")].free == 0


def test_an_enrollment_is_dropped_once() -> None:
    university = University()
    university.lecture("CS-101")
    university.seat("S1", "CS-101", "CS-101-A")

    (answer,), effects = decide(university.facts(), [a_request("S1", dropping("S1/CS-101"), dropping("S1/CS-101"))])

    assert outcomes(answer) == [Outcome.DROPPED, Outcome.REJECTED]
    assert effects.seating[section_id("CS-101-A")].free == 30


def test_dropping_gives_back_the_seats_of_all_components() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1", capacity=5)
    university.section(offering, "LAB-1", component="1/LAB", capacity=None)
    university.seat("S1", "CS-101", "LEC-1", "LAB-1")

    _, effects = decide(university.facts(), [a_request("S1", dropping("S1/CS-101"))])

    assert effects.seating.keys() == {section_id("LEC-1")}
    assert effects.seating[section_id("LEC-1")].freed == (1,)
    assert not effects.seats_removed


def test_the_last_seat_goes_to_the_first_of_two_students() -> None:
    university = University()
    university.lecture("CS-101", capacity=1)

    first, second = decide(
        university.facts(),
        [a_request(name, adding("CS-101", "CS-101-A", as_name=name)) for name in ("S1", "S2")],
    )[0]

    assert (outcomes(first), outcomes(second)) == ([Outcome.ENROLLED], [Outcome.REJECTED])
    assert [r.code for r in decisions(second)[0].rejections] == [RejectionCode.SEATS_FULL]


def test_each_command_is_judged_by_its_own_moment() -> None:
    university = University()
    university.lecture("CS-101")
    late = datetime(2027, 3, 1, tzinfo=UTC)

    first, second = decide(
        university.facts(),
        [a_request("S1", adding("CS-101", as_name="a"), at=late), a_request("S2", adding("CS-101", as_name="b"))],
    )[0]

    assert (outcomes(first), outcomes(second)) == ([Outcome.REJECTED], [Outcome.ENROLLED])


def test_students_see_neither_each_others_schedule_nor_credits() -> None:
    university = University(a_term(credit_maximum=Decimal(3)))
    for code in ("CS-101", "CS-102"):
        university.lecture(code, a_meeting(Weekday.FRIDAY))
    university.seat("S1", "CS-101", "CS-101-A")

    (answer,), _ = decide(university.facts(), [a_request("S2", adding("CS-102"))])

    assert outcomes(answer) == [Outcome.ENROLLED]


def test_a_list_is_decided_like_its_commands_one_by_one() -> None:
    university = University()
    university.lecture("CS-101", a_meeting(), capacity=2)
    university.lecture("CS-102", a_meeting(at="11:00", until="13:00"), capacity=1)
    university.seat("S1", "CS-101", "CS-101-A")
    commands: list[Command] = [
        a_request("S2", adding("CS-101", as_name="S2/1"), adding("CS-102", as_name="S2/2")),
        a_request("S3", adding("CS-101", as_name="S3/1"), adding("CS-102", as_name="S3/2")),
        a_request("S1", dropping("S1/CS-101"), adding("CS-102", as_name="S1/2")),
        a_request("S3", adding("CS-101", as_name="S3/3"), dropping("S3/2"), adding("CS-101", as_name="S3/4")),
        a_request("S1", adding("CS-102", as_name="S1/3")),
    ]

    answers, at_once = decided_at_once(university.facts(), commands)
    singly, one_by_one = decided_one_by_one(university.facts(), commands)

    assert answers == singly
    assert at_once.facts() == one_by_one.facts()
    assert [outcomes(answer) for answer in answers][-1] == [Outcome.ENROLLED]
