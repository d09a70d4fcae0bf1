"""Deciding a unit of actions: together they are applied, or none of them is.

A best-effort request is a unit for each action (mutual corequisites are one), an atomic one is a single unit.
"""

from collections.abc import Sequence

from domain.registration.assessment import Assessment
from domain.registration.commands import Action, ChangeBasis, RegistrationRequest, adds_in
from domain.registration.enrollment import Enrollment, EnrollmentStatus
from domain.registration.ledger import Ledger
from domain.registration.moves import Moves
from domain.registration.outcomes import Decision, Outcome
from domain.registration.planning import Plan, Planner
from domain.registration.waitlist import EntryStatus, WaitlistEntry


def decide_unit(ledger: Ledger, request: RegistrationRequest, actions: Sequence[Action]) -> tuple[Decision, ...]:
    """Decide `actions` of `request` as one: all are applied, or, when something speaks against one, none."""
    numbers = [ledger.next_number() for _ in actions]
    plans = Planner(ledger, request).plan(actions)
    if any([plan.rejections for plan in plans]):  # noqa: C419 - a generator costs more than a cart is long
        return tuple(_refused(number, plan) for number, plan in zip(numbers, plans, strict=True))
    return _Application(ledger, request).apply(numbers, plans)


def _refused(number: int, plan: Plan) -> Decision:
    outcome = Outcome.REJECTED if plan.rejections else Outcome.NOT_APPLIED
    return Decision(number, plan.action, outcome, rejections=plan.rejections, judged=plan.everything_judged)


class _Application:
    """Does what was planned for one student."""

    def __init__(self, ledger: Ledger, request: RegistrationRequest) -> None:
        self._ledger = ledger
        self._student = request.student_id
        self._moment = request.arrived_at

    def apply(self, numbers: Sequence[int], plans: Sequence[Plan]) -> tuple[Decision, ...]:
        """Do what was planned: seats are taken first, then given up, so that a student can keep one."""
        moves = Moves(self._ledger, self._moment)
        return tuple([self._apply(moves, number, plan) for number, plan in zip(numbers, plans, strict=True)])

    def _apply(self, moves: Moves, number: int, plan: Plan) -> Decision:
        assessment = None if plan.chosen is None else plan.chosen.assessment
        if plan.changing is not None:
            return self._change(moves, number, plan, plan.changing, assessment)
        if assessment is not None:
            return (
                self._join(moves, number, plan, assessment)
                if plan.waits
                else self._enroll(moves, number, plan, assessment)
            )
        if plan.leaving is not None:
            ended = moves.end(number, plan.leaving, "asked")
            outcome = Outcome.DROPPED if ended.status is EnrollmentStatus.DROPPED else Outcome.WITHDRAWN
            return Decision(number, plan.action, outcome, ended, judged=plan.judged)
        if plan.entry is not None:
            left = moves.leave(number, plan.entry, EntryStatus.LEFT)
            return Decision(number, plan.action, Outcome.LEFT_WAITLIST, entry=left, judged=plan.judged)
        raise TypeError(plan.action)

    def _enroll(self, moves: Moves, number: int, plan: Plan, assessment: Assessment) -> Decision:
        (add,) = adds_in(plan.action)
        enrollment = moves.enroll(number, add.enrollment_id, self._student, assessment)
        if plan.leaving is None:
            return Decision(number, plan.action, Outcome.ENROLLED, enrollment, judged=plan.everything_judged)
        ended = moves.end(number, plan.leaving, "swapped", keeping=enrollment)
        return Decision(number, plan.action, Outcome.SWAPPED, enrollment, ended, judged=plan.everything_judged)

    def _join(self, moves: Moves, number: int, plan: Plan, assessment: Assessment) -> Decision:
        entry = self._entry(number, plan, assessment)
        position = moves.join(entry)
        judged = plan.everything_judged
        return Decision(number, plan.action, Outcome.WAITLISTED, entry=entry, position=position, judged=judged)

    def _change(
        self, moves: Moves, number: int, plan: Plan, enrollment: Enrollment, assessment: Assessment | None
    ) -> Decision:
        if isinstance(plan.action, ChangeBasis):
            changed = moves.change(number, enrollment.grade_by(plan.action.grading_basis))
        elif assessment is not None:
            changed = moves.change_sections(number, enrollment, assessment)
        else:
            raise TypeError(plan.action)
        return Decision(number, plan.action, Outcome.CHANGED, changed, judged=plan.everything_judged)

    def _entry(self, number: int, plan: Plan, assessment: Assessment) -> WaitlistEntry:
        (add,) = adds_in(plan.action)
        candidate = assessment.candidate
        return WaitlistEntry(
            id=add.entry_id,
            enrollment_id=add.enrollment_id,
            student_id=self._student,
            term_id=self._ledger.facts.term.id,
            offering_id=candidate.facts.offering.id,
            course_id=candidate.course.id,
            section_ids=tuple(section.id for section in candidate.sections),
            grading_basis=candidate.basis,
            number=number,
            joined_at=self._moment,
            drop_if_enrolled=None if plan.leaving is None else plan.leaving.id,
        )
