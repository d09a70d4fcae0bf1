"""Each command is recorded with its answer, what followed, and whose facts were looked at, in the term's one order."""

from domain.registration.codes import RejectionCode
from domain.registration.commands import Command
from domain.registration.decide import decide
from domain.registration.events import HoldReleased, StudentEnrolled
from domain.registration.outcomes import Judged, Movement, Noted, RequestDecided, SectionRevised, Waived
from domain.shared.verdict import Allowed, Rejection
from tests.support.asking import a_permission, releasing, reviewing, revising, waiting_for
from tests.support.clerk import Clerk
from tests.support.domain_builders import (
    NOON,
    a_hold,
    a_request,
    adding,
    dropping,
    entry_id,
    offering_id,
    permission_id,
    student_id,
)
from tests.support.university import University


def waited_for() -> University:
    university = University(next_number=10)
    university.lecture("CS-101", capacity=1, waitlist=5)
    university.seat("S0", "CS-101", "CS-101-A", as_name="seated")
    university.wait("S1", "CS-101", "CS-101-A")
    return university


def test_a_command_is_recorded_with_its_answer_and_what_followed() -> None:
    command = a_request("S0", dropping("seated"))

    (answer,), effects = decide(waited_for().facts(), [command])

    (recorded,) = effects.recorded
    assert (recorded.number, recorded.command, recorded.answer) == (12, command, answer)
    assert [consequence.movement for consequence in recorded.consequences] == [Movement.PROMOTED]
    assert recorded.offerings == {offering_id("CS-101")}
    assert recorded.students == {student_id("S0")}
    assert recorded.entries == {entry_id("S1/CS-101")}


def test_every_command_of_a_list_is_recorded_once_in_order_with_numbers_of_its_own() -> None:
    university = waited_for()
    section = next(iter(university.facts().sections.values()))
    commands: list[Command] = [
        a_request("S0", dropping("seated")),
        revising(section, capacity=2),
        a_request("S2", waiting_for("CS-101", as_name="S2"), adding("CS-999")),
        reviewing(),
    ]

    answers, effects = decide(university.facts(), commands)

    assert [recorded.command for recorded in effects.recorded] == commands
    assert [recorded.number for recorded in effects.recorded] == [12, 14, 15, 17]
    assert [type(answer) for answer in answers] == [RequestDecided, SectionRevised, RequestDecided, Noted]
    assert effects.next_number == 18


def test_what_follows_before_the_answer_has_the_lower_numbers() -> None:
    university = University()
    university.lecture("CS-101", capacity=1, waitlist=5)
    university.wait("S1", "CS-101", "CS-101-A")
    clerk = Clerk(university)

    decision = clerk.ask("S2", adding("CS-101", "CS-101-A"))

    assert clerk.followed[0].number < decision.number
    assert clerk.effects.recorded[0].number == clerk.followed[0].number


def test_a_decision_keeps_what_every_rule_said_of_it() -> None:
    university = University()
    university.lecture("CS-101", capacity=0)
    university.hold(a_hold("S1"))
    university.permit(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))

    decision = Clerk(university).ask("S1", adding("CS-101", "CS-101-A"))

    said = {judged.rule: judged.verdict for judged in decision.judged}
    assert isinstance(said["registration_is_open"], Allowed)
    assert isinstance(said["no_hold_blocks"], Rejection)
    full = Rejection(RejectionCode.SEATS_FULL, {"section": "CS-101-A", "capacity": 0})
    assert Judged("seat_is_free", Waived(full, permission_id("S1/waiver"))) in decision.judged
    assert set(said) >= {
        "time_ticket_is_open",
        "add_deadline_is_ahead",
        "course_is_not_taken_twice",
        "credits_stay_within_maximum",
        "prerequisite_is_met",
        "corequisite_is_met",
        "nothing_excludes",
        "schedule_has_no_clash",
    }


def test_an_enrollment_is_told_with_its_sections() -> None:
    university = University()
    section = university.lecture("CS-101")
    clerk = Clerk(university)

    decision = clerk.ask("S1", adding("CS-101"))

    (told,) = clerk.events
    assert isinstance(told, StudentEnrolled)
    assert decision.enrollment is not None
    assert (told.number, told.occurred_at, told.from_waitlist) == (decision.number, NOON, None)
    assert (told.enrollment_id, told.section_ids) == (decision.enrollment.id, (section.id,))


def test_the_release_of_a_hold_is_noted_stored_and_told() -> None:
    university = University()
    hold = a_hold("S1")
    university.hold(hold)
    university.lecture("CS-101")
    clerk = Clerk(university)

    answer = clerk.take(releasing("S1"))

    assert answer == Noted(1)
    assert [(released.hold_id, released.at) for released in clerk.effects.released] == [(hold.id, NOON)]
    assert clerk.events == [HoldReleased(1, NOON, university.term.id, student_id("S1"), hold.id)]
    assert clerk.ask("S1", adding("CS-101")).rejections == ()
