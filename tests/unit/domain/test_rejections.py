"""Each rule of registration refuses on its own; several refuse together, and then nothing is to be stored."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.people.hold import HoldBlock
from domain.registration.codes import RejectionCode
from domain.registration.commands import RegistrationRequest
from domain.registration.decide import decide
from domain.registration.outcomes import Decision, Effects, Outcome, RequestDecided
from domain.scheduling.calendar import Weekday
from domain.scheduling.section import SectionStatus
from domain.shared.verdict import Rejection
from tests.support.domain_builders import (
    LECTURE_AND_LAB,
    a_hold,
    a_meeting,
    a_request,
    a_term,
    adding,
    dropping,
)
from tests.support.university import University
from tests.unit.domain.rejection_cases import (
    AFTER_ADD_DEADLINE,
    AFTER_DROP_DEADLINE,
    PROVOCATIONS,
    TOO_EARLY,
    one_course,
)


def decided(university: University, request: RegistrationRequest) -> tuple[tuple[Decision, ...], Effects]:
    (answer,), effects = decide(university.facts(), [request])
    assert isinstance(answer, RequestDecided)
    return answer.decisions, effects


def refusals(university: University, request: RegistrationRequest) -> tuple[Rejection, ...]:
    """Why the only action of the request is refused, after seeing that nothing is to be stored."""
    (decision,), effects = decided(university, request)
    assert decision.outcome is Outcome.REJECTED
    assert decision.enrollment is None
    assert replace(effects, recorded=[]) == Effects(next_number=university.facts().next_number + 1)
    return decision.rejections


@pytest.mark.parametrize("code", RejectionCode)
def test_one_broken_rule_is_the_only_reason(code: RejectionCode) -> None:
    case = PROVOCATIONS[code]()

    assert refusals(case.university, case.request) == case.expected
    assert code in {rejection.code for rejection in case.expected}


def test_a_planned_section_takes_no_students_yet() -> None:
    university = University()
    university.section(university.offer("CS-101"), "CS-101-A", status=SectionStatus.PLANNED)

    (rejection,) = refusals(university, a_request("S1", adding("CS-101", "CS-101-A")))

    assert rejection.parameters["status"] == "planned"


def test_a_drop_is_refused_by_its_own_deadline() -> None:
    university = one_course()
    university.seat("S1", "CS-101", "CS-101-A")

    (rejection,) = refusals(university, a_request("S1", dropping("S1/CS-101"), at=AFTER_DROP_DEADLINE))

    assert rejection.code == RejectionCode.DEADLINE_PASSED
    assert rejection.parameters == {"action": "drop", "term": "2027-1", "deadline": "2027-02-20"}


def test_a_drop_is_possible_after_the_add_deadline() -> None:
    university = one_course()
    university.seat("S1", "CS-101", "CS-101-A")

    (decision,), _ = decided(university, a_request("S1", dropping("S1/CS-101"), at=AFTER_ADD_DEADLINE))

    assert decision.outcome is Outcome.DROPPED


def test_a_drop_outside_the_window_and_under_a_hold_is_refused_for_both_reasons() -> None:
    university = one_course()
    university.seat("S1", "CS-101", "CS-101-A")
    university.hold(a_hold("S1"))

    rejections = refusals(university, a_request("S1", dropping("S1/CS-101"), at=TOO_EARLY))

    assert [r.code for r in rejections] == [RejectionCode.TERM_NOT_OPEN, RejectionCode.HOLD]


def test_nobody_drops_the_enrollment_of_another_student() -> None:
    university = one_course()
    university.seat("S1", "CS-101", "CS-101-A")

    (rejection,) = refusals(university, a_request("S2", dropping("S1/CS-101")))

    assert rejection.code == RejectionCode.NOT_ENROLLED


def test_every_hold_is_named() -> None:
    university = one_course()
    university.hold(a_hold("S1", name="fees"))
    university.hold(a_hold("S1", name="books"))

    rejections = refusals(university, a_request("S1", adding("CS-101")))

    assert [r.parameters["reason"] for r in rejections] == ["Open fees", "Open books"]


def test_holds_of_others_on_transcripts_or_released_do_not_block() -> None:
    university = one_course()
    university.hold(a_hold("S2"))
    university.hold(a_hold("S1", blocks=HoldBlock.TRANSCRIPTS))
    university.hold(a_hold("S1").release(TOO_EARLY))

    (decision,), _ = decided(university, a_request("S1", adding("CS-101")))

    assert decision.outcome is Outcome.ENROLLED


def test_the_same_course_in_another_offering_is_the_same_course() -> None:
    university = one_course()
    university.section(university.offer("CS-101-EVENING", course="CS-101"), "EVENING-A")
    university.seat("S1", "CS-101", "CS-101-A")

    (rejection,) = refusals(university, a_request("S1", adding("CS-101-EVENING")))

    assert rejection.code == RejectionCode.ALREADY_ENROLLED


def test_credits_may_reach_the_maximum() -> None:
    university = University(a_term(credit_maximum=Decimal(6)))
    for code in ("CS-101", "CS-102"):
        university.lecture(code)
    university.seat("S1", "CS-101", "CS-101-A")

    (decision,), _ = decided(university, a_request("S1", adding("CS-102")))

    assert decision.outcome is Outcome.ENROLLED


def test_an_unknown_offering_does_not_hide_that_registration_is_closed_and_a_hold_blocks() -> None:
    university = one_course()
    university.hold(a_hold("S1"))

    rejections = refusals(university, a_request("S1", adding("CS-999"), at=TOO_EARLY))

    assert [r.code for r in rejections] == [
        RejectionCode.TERM_NOT_OPEN,
        RejectionCode.HOLD,
        RejectionCode.UNKNOWN_OFFERING,
    ]


def test_all_reasons_are_told_at_once_in_the_order_of_the_rules() -> None:
    term = replace(a_term(), credit_maximum=Decimal(5))
    university = University(term)
    university.lecture("CS-102", a_meeting(Weekday.MONDAY))
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    monday = a_meeting(Weekday.MONDAY, at="11:00", until="13:00")
    university.section(offering, "LEC-1", monday, capacity=0)
    university.section(offering, "LAB-2", monday, component="1/LAB", status=SectionStatus.CLOSED, parent="LEC-2")
    university.section(offering, "LEC-2")
    university.section(offering, "LEC-3", capacity=1)
    university.section(university.offer("CS-101-B", course="CS-101"), "B-1")
    university.seat("S1", "CS-102", "CS-102-A")
    university.seat("S1", "CS-101-B", "B-1")
    university.hold(a_hold("S1"))

    rejections = refusals(
        university,
        a_request("S1", adding("CS-101", "LEC-1", "LEC-3", "LAB-2"), at=datetime(2027, 3, 5, tzinfo=UTC)),
    )

    assert [(str(r.code), r.parameters.get("section")) for r in rejections] == [
        ("term_not_open", None),
        ("deadline_passed", None),
        ("hold", None),
        ("already_enrolled", None),
        ("credit_maximum", None),
        ("component_missing", None),
        ("parent_section_mismatch", "LAB-2"),
        ("section_not_open", "LAB-2"),
        ("time_conflict", "LEC-1"),
        ("time_conflict", "LAB-2"),
        ("time_conflict", "LAB-2"),
        ("seats_full", "LEC-1"),
    ]
