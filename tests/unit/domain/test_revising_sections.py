"""A registrar's change of a section passes the same list as the students, moves seats, and evicts nobody."""

from dataclasses import replace

from domain.registration.commands import Command
from domain.registration.decide import decide
from domain.registration.outcomes import Effects, Outcome, RequestDecided, RevisionRefused, SeatAdded, SectionRevised
from domain.scheduling.calendar import Weekday
from domain.scheduling.section import Section, SectionStatus
from tests.support.asking import revising
from tests.support.decided import enrolled_in
from tests.support.domain_builders import LECTURE_AND_LAB, a_meeting, a_request, adding, dropping, section_id
from tests.support.stored_term import StoredTerm
from tests.support.university import University

A = section_id("CS-101-A")


def with_roster(capacity: int, seated: int) -> tuple[University, Section]:
    university = University()
    section = university.lecture("CS-101", capacity=capacity)
    for number in range(1, seated + 1):
        university.seat(f"S{number}", "CS-101", "CS-101-A", as_name=f"S{number}")
    return university, section


def stored(university: University, commands: list[Command]) -> Effects:
    """The effects of the commands, after seeing that a careful clerk can store them."""
    term = StoredTerm(university.facts())
    _, effects = decide(university.facts(), commands)
    term.apply(effects)
    return effects


def outcomes_of(university: University, commands: list[Command]) -> list[Outcome]:
    answers, _ = decide(university.facts(), commands)
    return [d.outcome for answer in answers if isinstance(answer, RequestDecided) for d in answer.decisions]


def test_a_revision_is_numbered_and_stored_with_the_version_it_expects() -> None:
    university, section = with_roster(30, 0)
    revised = replace(section, status=SectionStatus.CLOSED)

    (answer,), effects = decide(university.facts(), [revising(revised, version=4)])

    assert answer == SectionRevised(1, revised)
    assert [(r.section, r.expected_version) for r in effects.revised] == [(revised, 4)]
    assert (effects.next_number, effects.seats_added, effects.seats_removed) == (2, {}, set())


def test_raising_the_capacity_adds_seats_for_the_commands_that_follow() -> None:
    university, section = with_roster(1, 1)
    commands: list[Command] = [
        a_request("N1", adding("CS-101", as_name="N1")),
        revising(replace(section, capacity=2)),
        a_request("N2", adding("CS-101", as_name="N2")),
    ]

    assert outcomes_of(university, commands) == [Outcome.REJECTED, Outcome.ENROLLED]
    effects = stored(university, commands)
    assert list(effects.seats_added.values()) == [SeatAdded(A, 2)]
    assert enrolled_in(effects)[0].seats[0].seat_no == 2


def test_cutting_the_capacity_removes_free_seats() -> None:
    university, section = with_roster(4, 1)

    effects = stored(university, [revising(replace(section, capacity=2))])

    assert effects.seats_removed == {(A, 3), (A, 4)}
    assert effects.seating[A].free == 1


def test_cutting_below_the_roster_evicts_nobody_and_closes_the_section_to_newcomers() -> None:
    university, section = with_roster(3, 3)
    commands: list[Command] = [
        revising(replace(section, capacity=1)),
        a_request("N1", adding("CS-101", as_name="N1")),
    ]

    effects = stored(university, commands)

    assert outcomes_of(university, commands) == [Outcome.REJECTED]
    assert (effects.enrollments, effects.seats_removed) == ({}, set())


def test_seats_above_the_capacity_go_as_they_are_freed() -> None:
    university, section = with_roster(3, 3)
    commands: list[Command] = [
        revising(replace(section, capacity=1)),
        a_request("S2", dropping("S2")),
        a_request("S1", dropping("S1")),
        a_request("N1", adding("CS-101", as_name="N1")),
        a_request("S3", dropping("S3")),
        a_request("N2", adding("CS-101", as_name="N2")),
    ]

    effects = stored(university, commands)

    assert outcomes_of(university, commands) == [
        Outcome.DROPPED,
        Outcome.DROPPED,
        Outcome.REJECTED,
        Outcome.DROPPED,
        Outcome.ENROLLED,
    ]
    assert effects.seats_removed == {(A, 2), (A, 1)}
    assert enrolled_in(effects)[0].seats[0].seat_no == 3


def test_a_limited_section_does_not_become_unlimited_nor_the_other_way_round() -> None:
    university, limited = with_roster(3, 1)
    unlimited = university.lecture("CS-102", capacity=None)

    answers, effects = decide(
        university.facts(), [revising(replace(limited, capacity=None)), revising(replace(unlimited, capacity=3))]
    )

    assert [type(answer) for answer in answers] == [RevisionRefused, RevisionRefused]
    assert [answer.number for answer in answers if isinstance(answer, RevisionRefused)] == [2, 3]
    assert replace(effects, recorded=[]) == Effects(next_number=4)


def test_an_unlimited_section_is_revised_without_moving_seats() -> None:
    university = University()
    section = university.lecture("CS-101", capacity=None)

    effects = stored(university, [revising(replace(section, status=SectionStatus.CLOSED))])

    assert len(effects.revised) == 1
    assert not effects.seating


def test_the_commands_that_follow_see_the_new_status_and_meetings() -> None:
    university = University()
    section = university.lecture("CS-101", a_meeting(Weekday.MONDAY))
    university.lecture("CS-102", a_meeting(Weekday.TUESDAY))
    university.seat("S1", "CS-102", "CS-102-A")
    moved = replace(section, meetings=(a_meeting(Weekday.TUESDAY),))

    commands: list[Command] = [
        revising(moved),
        a_request("S1", adding("CS-101", as_name="a")),
        a_request("S1", adding("CS-101", "CS-101-A", as_name="b")),
        revising(replace(section, status=SectionStatus.CLOSED)),
        a_request("S2", adding("CS-101", as_name="c")),
        a_request("S2", adding("CS-101", "CS-101-A", as_name="d")),
        revising(section),
        a_request("S2", adding("CS-101", as_name="e")),
    ]

    assert outcomes_of(university, commands) == [Outcome.REJECTED] * 4 + [Outcome.ENROLLED]


def test_the_commands_that_follow_are_placed_in_the_order_of_the_new_codes() -> None:
    university = University()
    offering = university.offer("CS-101")
    university.section(offering, "A")
    second = university.section(offering, "B")
    renamed = replace(second, code="0")

    _, effects = decide(university.facts(), [revising(renamed), a_request("S1", adding("CS-101"))])

    assert enrolled_in(effects)[0].seats[0].section_id == renamed.id


def test_a_seat_added_and_cut_in_one_list_is_neither_added_nor_removed() -> None:
    university, section = with_roster(2, 1)

    effects = stored(university, [revising(replace(section, capacity=3)), revising(replace(section, capacity=2))])

    assert (effects.seats_added, effects.seats_removed) == ({}, set())


def test_a_seat_cut_and_added_again_in_one_list_stays() -> None:
    university, section = with_roster(2, 1)

    effects = stored(university, [revising(replace(section, capacity=1)), revising(replace(section, capacity=2))])

    assert (effects.seats_added, effects.seats_removed) == ({}, set())


def test_a_seat_that_is_added_taken_given_back_and_gone_in_one_list_never_was() -> None:
    university, section = with_roster(1, 1)
    commands: list[Command] = [
        revising(replace(section, capacity=2)),
        a_request("N1", adding("CS-101", as_name="N1")),
        revising(replace(section, capacity=1)),
        a_request("N1", dropping("N1")),
    ]

    effects = stored(university, commands)

    assert (effects.seats_added, effects.seats_removed) == ({}, set())


def test_a_section_that_has_just_been_deleted_cannot_be_revised() -> None:
    university, _ = with_roster(1, 0)
    elsewhere = University()
    gone = elsewhere.lecture("CS-102")

    (answer,), effects = decide(university.facts(), [revising(gone)])

    assert isinstance(answer, RevisionRefused)
    assert not effects.revised


def test_a_section_stays_in_its_component_for_students_sit_in_it_there() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    lecture = university.section(offering, "LEC-1")
    laboratory = university.section(offering, "LAB-1", component="1/LAB")
    university.seat("S1", "CS-101", "LEC-1", "LAB-1")

    (answer,), effects = decide(university.facts(), [revising(replace(lecture, component_id=laboratory.component_id))])

    assert isinstance(answer, RevisionRefused)
    assert not effects.revised


def test_a_section_in_which_students_sit_without_a_parent_gets_none() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1")
    university.section(offering, "LEC-2")
    laboratory = university.section(offering, "LAB-1", component="1/LAB", parent="LEC-1")
    empty = university.section(offering, "LAB-2", component="1/LAB", parent="LEC-1")
    university.seat("S1", "CS-101", "LEC-1", "LAB-1")

    answers, _ = decide(
        university.facts(),
        [
            revising(replace(laboratory, parent_id=section_id("LEC-2"))),
            revising(replace(laboratory, parent_id=None)),
            revising(replace(empty, parent_id=section_id("LEC-2"))),
        ],
    )

    assert [type(answer) for answer in answers] == [RevisionRefused, SectionRevised, SectionRevised]


def test_new_times_may_not_exchange_one_clash_for_another() -> None:
    """The student's clash on Mondays was waived; a clash on Tuesdays was not."""
    university = University()
    monday, tuesday = a_meeting(Weekday.MONDAY), a_meeting(Weekday.TUESDAY)
    section = university.lecture("CS-1", monday)
    university.lecture("CS-2", monday)
    university.lecture("CS-3", tuesday)
    for code in ("CS-1", "CS-2", "CS-3"):
        university.seat("S1", code, f"{code}-A")

    (moved, later), _ = decide(
        university.facts(),
        [revising(section, meetings=(tuesday,)), revising(section, meetings=(a_meeting(Weekday.MONDAY, at="11:00"),))],
    )

    assert isinstance(moved, RevisionRefused)
    assert isinstance(later, SectionRevised)
