"""A permission turns exactly the rejections that it names into an enrollment, for its student, offering and time."""

from datetime import timedelta

import pytest

from domain.registration.codes import REJECTIONS, RejectionCode
from domain.registration.commands import Command
from domain.registration.decide import decide
from domain.registration.enrollment import Enrollment
from domain.registration.events import PermissionGiven, PermissionRevoked
from domain.registration.outcomes import Decision, Noted, Outcome, SeatAdded, Waived
from domain.registration.permission import Permission
from domain.scheduling.section import SectionStatus
from domain.shared.invalid import InvalidValue
from tests.support.asking import a_cohort, a_permission, moving, permitting, reserved, revising, revoking
from tests.support.clerk import Clerk, codes
from tests.support.decided import decided_at_once
from tests.support.domain_builders import (
    LECTURE_AND_LAB,
    NOON,
    a_hold,
    a_meeting,
    a_request,
    adding,
    dropping,
    permission_id,
    section_id,
)
from tests.support.university import University
from tests.unit.domain.rejection_cases import PROVOCATIONS, full_course

WAIVABLE = [code for code in RejectionCode if REJECTIONS[code].waivable]
FIXED = [code for code in RejectionCode if not REJECTIONS[code].waivable]
WHAT_BECOMES = {
    RejectionCode.CREDIT_MINIMUM: Outcome.DROPPED,
    RejectionCode.WAITLIST_FULL: Outcome.WAITLISTED,
}
WAIVER = permission_id("S1/waiver")


def waived(decision: Decision) -> list[str]:
    return [str(j.verdict.rejection.code) for j in decision.judged if isinstance(j.verdict, Waived)]


def with_permission(university: University, permission: Permission) -> Decision:
    """What becomes of the plain add of CS-101 through its section."""
    university.permit(permission)
    return Clerk(university).ask("S1", adding("CS-101", "CS-101-A"))


def enrollment(decision: Decision) -> Enrollment:
    assert decision.enrollment is not None
    return decision.enrollment


@pytest.mark.parametrize("code", WAIVABLE)
def test_a_permission_turns_the_rejection_that_it_waives_into_what_was_asked_for(code: RejectionCode) -> None:
    case = PROVOCATIONS[code]()
    case.university.permit(a_permission("S1", case.offering, code))

    clerk = Clerk(case.university)
    (outcome,) = clerk.ask_for(case.request)

    assert outcome is WHAT_BECOMES.get(code, Outcome.ENROLLED)
    (recorded,) = clerk.effects.recorded
    (decision,) = recorded.answer.decisions  # type: ignore[union-attr]  # a request was asked
    assert Waived(case.expected[-1], WAIVER) in [judged.verdict for judged in decision.judged]
    assert decision.rejections == ()


@pytest.mark.parametrize("code", WAIVABLE)
def test_no_other_permission_helps(code: RejectionCode) -> None:
    case = PROVOCATIONS[code]()
    # Whoever may have a seat need not wait for one.
    others = {*WAIVABLE} - {code} - ({RejectionCode.SEATS_FULL} if code == RejectionCode.WAITLIST_FULL else set())
    case.university.permit(a_permission("S1", case.offering, *others))

    clerk = Clerk(case.university)

    assert clerk.ask_for(case.request) == [Outcome.REJECTED]


@pytest.mark.parametrize("code", FIXED)
def test_no_permission_can_be_made_out_for_what_must_not_be_waived(code: RejectionCode) -> None:
    with pytest.raises(InvalidValue, match=code):
        a_permission("S1", "CS-101", code, RejectionCode.HOLD)


def test_what_must_not_be_waived_is_what_no_registrar_could_make_true() -> None:
    assert set(FIXED) == {
        RejectionCode.UNKNOWN_OFFERING,
        RejectionCode.UNKNOWN_SECTION,
        RejectionCode.ALREADY_ENROLLED,
        RejectionCode.COMPONENT_MISSING,
        RejectionCode.PARENT_SECTION_MISMATCH,
        RejectionCode.NO_OPEN_COMBINATION,
        RejectionCode.ALREADY_WAITLISTED,
        RejectionCode.NOT_ENROLLED,
        RejectionCode.NOT_WAITING,
    }


def test_a_permission_of_another_student_or_offering_does_not_count() -> None:
    university = full_course()
    university.lecture("CS-102")
    university.permit(a_permission("S2", "CS-101", RejectionCode.SEATS_FULL))

    decision = with_permission(university, a_permission("S1", "CS-102", RejectionCode.SEATS_FULL))

    assert codes(decision) == ["seats_full"]


def test_a_permission_counts_from_when_it_is_in_force_until_just_before_it_expires() -> None:
    expires_at = NOON + timedelta(hours=1)
    university = full_course()
    university.permit(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL, expires_at=expires_at))
    clerk = Clerk(university)

    late = clerk.ask("S1", adding("CS-101", "CS-101-A"), at=expires_at)
    in_time = clerk.ask("S1", adding("CS-101", "CS-101-A"), at=expires_at - timedelta(microseconds=1))

    assert (codes(late), in_time.outcome) == (["seats_full"], Outcome.ENROLLED)


def test_a_revoked_permission_does_not_count() -> None:
    revoked = a_permission("S1", "CS-101", RejectionCode.SEATS_FULL).revoke(NOON)

    assert codes(with_permission(full_course(), revoked)) == ["seats_full"]


def test_a_permission_for_one_section_counts_for_no_other() -> None:
    university = University()
    offering = university.offer("CS-101")
    for section in ("A", "B"):
        university.section(offering, section, capacity=0)
    university.permit(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL, section="B"))
    clerk = Clerk(university)

    assert codes(clerk.ask("S1", adding("CS-101", "A"))) == ["seats_full"]
    assert clerk.ask("S1", adding("CS-101", "B")).outcome is Outcome.ENROLLED


def test_the_permission_for_one_of_two_full_components_leaves_the_other_one_full() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1", capacity=0)
    university.section(offering, "LAB-1", component="1/LAB", capacity=0)
    university.permit(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL, section="LEC-1"))

    decision = Clerk(university).ask("S1", adding("CS-101", "LEC-1", "LAB-1"))

    assert [(r.code, r.parameters["section"]) for r in decision.rejections] == [("seats_full", "LAB-1")]
    assert waived(decision) == ["seats_full"]


def test_a_permission_that_waives_one_of_several_reasons_leaves_the_others() -> None:
    university = full_course()
    university.hold(a_hold("S1"))

    decision = with_permission(university, a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))

    assert codes(decision) == ["hold"]
    assert waived(decision) == ["seats_full"]


def test_two_permissions_waive_together_what_neither_waives_alone() -> None:
    university = full_course()
    university.hold(a_hold("S1"))
    university.permit(a_permission("S1", "CS-101", RejectionCode.HOLD, name="fees"))

    decision = with_permission(university, a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))

    assert decision.outcome is Outcome.ENROLLED
    assert waived(decision) == ["hold", "seats_full"]


def test_a_seat_above_capacity_has_a_number_of_its_own_and_names_its_permission() -> None:
    decision = with_permission(full_course(), a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))

    (seat,) = enrollment(decision).seats
    assert (seat.seat_no, seat.permission_id) == (3, WAIVER)


def test_a_permission_to_sit_above_capacity_uses_a_free_seat_while_there_is_one() -> None:
    university = University()
    university.lecture("CS-101", capacity=1)

    decision = with_permission(university, a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))

    assert enrollment(decision).seats[0].permission_id is None


def test_a_seat_above_capacity_goes_when_it_is_given_back() -> None:
    university = full_course()
    university.permit(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))
    clerk = Clerk(university)
    clerk.ask("S1", adding("CS-101", "CS-101-A", as_name="mine"))

    clerk.ask("S1", dropping("mine"))

    assert clerk.effects.seats_removed == {(section_id("CS-101-A"), 3)}
    assert clerk.free("CS-101-A") == 0
    assert codes(clerk.ask("S2", adding("CS-101", "CS-101-A"))) == ["seats_full"]


def test_an_ordinary_seat_that_is_given_back_is_free_though_somebody_sits_above_capacity() -> None:
    university = University()
    university.lecture("CS-101", capacity=1)
    university.seat("S2", "CS-101", "CS-101-A", as_name="theirs")
    university.permit(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))
    clerk = Clerk(university)
    clerk.ask("S1", adding("CS-101", "CS-101-A"))

    clerk.ask("S2", dropping("theirs"))

    assert clerk.free("CS-101-A") == 1
    assert clerk.ask("S3", adding("CS-101", "CS-101-A", as_name="S3")).outcome is Outcome.ENROLLED


def test_seats_above_capacity_take_nothing_from_a_capacity_that_is_raised_later() -> None:
    university = University()
    section = university.lecture("CS-101", capacity=0)
    university.permit(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))
    clerk = Clerk(university)
    clerk.ask("S1", adding("CS-101", "CS-101-A"))

    clerk.take(revising(section, capacity=2))

    assert clerk.free("CS-101-A") == 2
    assert set(clerk.term.seats[section.id]) == {1, 2, 3}


def test_a_seat_above_capacity_may_have_the_number_of_a_free_one_that_went_in_the_same_list() -> None:
    university = University()
    section = university.lecture("CS-101", capacity=1)
    university.permit(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))
    number = (section.id, 1)
    commands: list[Command] = [
        revising(section, capacity=0),
        a_request("S1", adding("CS-101", "CS-101-A", as_name="mine")),
        a_request("S1", dropping("mine")),
    ]

    _, taken = decide(university.facts(), commands[:2])
    _, gone = decide(university.facts(), commands)

    assert (taken.seats_replaced, taken.seats_removed) == ({number}, set())
    assert taken.seats_added == {number: SeatAdded(section.id, 1, WAIVER)}
    assert (gone.seats_replaced, gone.seats_removed, gone.seats_added) == (set(), {number}, {})
    _, stored = decided_at_once(university.facts(), commands[:2])
    assert stored.seats[section.id] == {1: WAIVER}


def test_a_seat_above_capacity_is_left_behind_by_a_change_of_sections() -> None:
    university = University()
    offering = university.offer("CS-101")
    university.section(offering, "A", capacity=0)
    university.section(offering, "B")
    university.permit(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL))
    clerk = Clerk(university)
    clerk.ask("S1", adding("CS-101", "A", as_name="mine"))

    assert clerk.ask("S1", moving("mine", "B")).outcome is Outcome.CHANGED
    assert clerk.term.seats[section_id("A")] == {}


def test_a_permission_for_reserved_seats_takes_one_of_them_and_counts_against_no_pool() -> None:
    university = University()
    university.lecture("CS-101", capacity=1, reserved=[reserved("transfers", 1, a_cohort("S2"))])

    decision = with_permission(university, a_permission("S1", "CS-101", RejectionCode.SEATS_RESERVED))

    (seat,) = enrollment(decision).seats
    assert (seat.seat_no, seat.pool, seat.permission_id) == (1, None, None)


def test_placement_uses_what_the_student_may_have() -> None:
    university = University()
    university.lecture("CS-100", a_meeting())
    university.lecture("CS-101", a_meeting(), capacity=0)
    university.seat("S1", "CS-100", "CS-100-A")
    university.permit(a_permission("S1", "CS-101", RejectionCode.SEATS_FULL, RejectionCode.TIME_CONFLICT))

    decision = Clerk(university).ask("S1", adding("CS-101"))

    assert decision.outcome is Outcome.ENROLLED
    assert waived(decision) == ["time_conflict", "seats_full"]


def test_nothing_seats_anybody_in_a_cancelled_section() -> None:
    university = University()
    university.section(university.offer("CS-101"), "CS-101-A", status=SectionStatus.CANCELLED)

    decision = with_permission(university, a_permission("S1", "CS-101", RejectionCode.SECTION_NOT_OPEN))

    assert codes(decision) == ["section_not_open"]


def test_revoking_a_permission_is_numbered_stored_and_told_and_counts_at_once() -> None:
    permission = a_permission("S1", "CS-101", RejectionCode.SEATS_FULL)
    university = full_course()
    university.permit(permission)
    clerk = Clerk(university)

    answer = clerk.take(revoking(permission))

    assert answer == Noted(3)
    assert [revoked.permission for revoked in clerk.effects.revoked] == [permission.revoke(NOON)]
    assert clerk.events == [PermissionRevoked(3, NOON, permission.term_id, permission.student_id, permission.id)]
    assert codes(clerk.ask("S1", adding("CS-101", "CS-101-A"))) == ["seats_full"]


def test_giving_a_permission_is_numbered_stored_and_told_and_counts_at_once() -> None:
    clerk = Clerk(full_course())
    permission = a_permission("S1", "CS-101", RejectionCode.SEATS_FULL, RejectionCode.HOLD)

    answer = clerk.take(permitting(permission))

    assert answer == Noted(3)
    assert clerk.effects.permissions == [permission]
    assert clerk.events == [
        PermissionGiven(3, NOON, permission.term_id, permission.student_id, permission.id, ("hold", "seats_full"))
    ]
    assert clerk.ask("S1", adding("CS-101", "CS-101-A")).outcome is Outcome.ENROLLED
