"""Planning a unit of actions: what each would do, judged on the schedule as it will be after all of them.

Nothing is touched here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from domain.registration import eligibility, windows
from domain.registration.assessment import (
    Assessment,
    assess,
    judge_the_moment,
    judge_the_sections,
    plan_seats,
    rejections_in,
)
from domain.registration.candidate import Candidate
from domain.registration.choosing import Chosen, choose, sections_named
from domain.registration.codes import RejectionCode
from domain.registration.commands import (
    Action,
    Add,
    ChangeBasis,
    ChangeSections,
    Drop,
    LeaveWaitlist,
    RegistrationRequest,
    Swap,
    adds_in,
)
from domain.registration.enrollment import Enrollment, SeatTaken
from domain.registration.leaving import judge_leaving, judge_what_is_left
from domain.registration.ledger import Ledger
from domain.registration.outcomes import Judged, judged_by
from domain.registration.situation import Situation
from domain.registration.waitlist import WaitlistEntry
from domain.shared.identifiers import EnrollmentId
from domain.shared.verdict import ALLOWED, Rejection


@dataclass(slots=True)
class Plan:
    """What an action would do: the verdicts, and what is to be given up, taken or waited for.

    `rejections` are what speaks against it.
    """

    action: Action
    judged: tuple[Judged, ...]
    chosen: Chosen | None = None
    leaving: Enrollment | None = None
    changing: Enrollment | None = None
    entry: WaitlistEntry | None = None
    rejections: tuple[Rejection, ...] = field(init=False)

    def __post_init__(self) -> None:
        own = rejections_in(self.judged)
        of_choice = () if self.chosen is None else self.chosen.rejections
        self.rejections = (*own, *[r for r in of_choice if r not in own])

    @property
    def everything_judged(self) -> tuple[Judged, ...]:
        """What every rule said."""
        return self.judged if self.chosen is None else (*self.judged, *self.chosen.judged)

    @property
    def waits(self) -> bool:
        """Whether the action puts the student on a waitlist."""
        return self.chosen is not None and self.chosen.waits and not self.rejections

    @property
    def gains(self) -> Candidate | None:
        """What the student would take; nothing where something speaks against it already."""
        return None if self.chosen is None or self.chosen.waits or self.rejections else self.chosen.candidate


class Planner:
    """Plans one student's unit of actions."""

    def __init__(self, ledger: Ledger, request: RegistrationRequest) -> None:
        self._ledger = ledger
        self._student = request.student_id
        self._moment = request.arrived_at
        self._standing = ledger.enrollments(request.student_id)
        self._moved: dict[EnrollmentId, Enrollment] = {}

    def plan(self, actions: Sequence[Action]) -> tuple[Plan, ...]:
        """What each action would do, judged on the schedule after all of them."""
        if len(actions) == 1 and isinstance(actions[0], Add):
            return (Plan(actions[0], (), choose(self._as_it_stands(), actions[0])),)
        leaving = self._given_up(actions)
        self._moved = self._moved_by(actions)
        plans: list[Plan | None] = [None] * len(actions)
        for position in _naming_sections_first(actions):
            plans[position] = _claimed_before(actions, position) or self._plan_action(
                actions[position], actions, leaving, plans
            )
        planned = tuple(plan for plan in plans if plan is not None)
        waiting_swaps = [p.leaving for p in planned if p.waits and isinstance(p.action, Swap) and p.leaving]
        stays = tuple(e for e in leaving if e not in waiting_swaps)
        return tuple(self._judge_finally(position, planned, stays) for position in range(len(planned)))

    def _given_up(self, actions: Sequence[Action]) -> tuple[Enrollment, ...]:
        wanted = [action.enrollment_id for action in actions if isinstance(action, (Drop, Swap))]
        return tuple([enrollment for enrollment in self._standing if enrollment.id in wanted])

    def _moved_by(self, actions: Sequence[Action]) -> dict[EnrollmentId, Enrollment]:
        """The enrollments as they will be once their sections are changed; the numbers of the seats are not known yet.

        A change that names unknown sections is refused anyway.
        """
        moved: dict[EnrollmentId, Enrollment] = {}
        for action in actions:
            if not isinstance(action, ChangeSections):
                continue
            enrollment = self._ledger.enrollment(self._student, action.enrollment_id)
            if enrollment is None or enrollment.id in moved:
                continue
            facts = self._ledger.facts.offerings[enrollment.offering_id]
            named = (self._ledger.facts.section_named(reference, facts) for reference in action.sections)
            seats = tuple(SeatTaken(s.id, s.component_id, None) for s in dict.fromkeys(named) if s is not None)
            moved[enrollment.id] = enrollment.move(seats)
        return moved

    def _staying(self, leaving: Sequence[Enrollment]) -> tuple[Enrollment, ...]:
        """What stands beside what is given up, in the sections that it will have."""
        if not leaving and not self._moved:
            return self._standing
        given_up = {enrollment.id for enrollment in leaving}
        return tuple([self._moved.get(e.id, e) for e in self._standing if e.id not in given_up])

    def _plan_action(
        self,
        action: Action,
        actions: Sequence[Action],
        leaving: tuple[Enrollment, ...],
        plans: Sequence[Plan | None],
    ) -> Plan:
        match action:
            case Add():
                situation = self._situation(leaving, (), plans, self._expected(action, actions))
                return Plan(action, (), choose(situation, action))
            case Swap():
                return self._plan_swap(action, actions, leaving, plans)
            case Drop():
                return self._plan_drop(action)
            case ChangeSections() | ChangeBasis():
                return self._plan_change(action, leaving, plans)
            case LeaveWaitlist():
                return self._plan_departure(action)

    def _plan_drop(self, action: Drop) -> Plan:
        enrollment = self._ledger.enrollment(self._student, action.enrollment_id)
        if enrollment is None:
            return Plan(action, (*self._judge_absence(), _not_enrolled(action.enrollment_id)))
        return Plan(action, judge_leaving(self._as_it_stands(), enrollment), leaving=enrollment)

    def _plan_departure(self, action: LeaveWaitlist) -> Plan:
        entry = self._ledger.entry(self._student, action.entry_id)
        if entry is None:
            absent = Rejection(RejectionCode.NOT_WAITING, {"entry": str(action.entry_id)})
            return Plan(action, (Judged("entry_is_waiting", absent),))
        return Plan(action, (Judged("entry_is_waiting", ALLOWED),), entry=entry)

    def _plan_swap(
        self,
        action: Swap,
        actions: Sequence[Action],
        leaving: tuple[Enrollment, ...],
        plans: Sequence[Plan | None],
    ) -> Plan:
        enrollment = self._ledger.enrollment(self._student, action.enrollment_id)
        own = () if enrollment is None else (enrollment,)
        situation = self._situation(leaving, own, plans, self._expected(action.add, actions))
        chosen = choose(situation, action.add)
        if enrollment is None:
            return Plan(action, (_not_enrolled(action.enrollment_id),), chosen)
        return Plan(action, judge_leaving(self._as_it_stands(), enrollment), chosen, leaving=enrollment)

    def _plan_change(
        self, action: ChangeSections | ChangeBasis, leaving: tuple[Enrollment, ...], plans: Sequence[Plan | None]
    ) -> Plan:
        enrollment = self._ledger.enrollment(self._student, action.enrollment_id)
        if enrollment is None or enrollment in leaving:
            return Plan(action, (*self._judge_absence(), _not_enrolled(action.enrollment_id)))
        facts = self._ledger.facts.offerings[enrollment.offering_id]
        course = facts.course(enrollment.course_id)
        situation = self._situation((*leaving, enrollment), (enrollment,), plans)
        if isinstance(action, ChangeBasis):
            sections = self._ledger.sections_of((enrollment,))
            candidate = Candidate.of(facts, course, sections, action.grading_basis)
            verdict = eligibility.grading_basis_is_allowed(course, action.grading_basis)
            basis = situation.judge((judged_by(eligibility.grading_basis_is_allowed, verdict),), candidate)
            return Plan(action, (*judge_the_moment(situation, candidate), *basis), changing=enrollment)
        chosen, unknown = sections_named(situation, action.sections, facts)
        candidate = Candidate.of(facts, course, chosen, enrollment.grading_basis)
        judged = (
            *judge_the_moment(situation, candidate),
            *(Judged("section_is_known", rejection) for rejection in unknown),
        )
        if unknown or not chosen:
            return Plan(action, judged, changing=enrollment)
        return Plan(action, judged, _of_sections(situation, candidate), changing=enrollment)

    def _judge_finally(self, position: int, plans: Sequence[Plan], leaving: tuple[Enrollment, ...]) -> Plan:
        """The plan, with what is known only now: what else is taken, and what is left of the schedule."""
        plan = plans[position]
        others = tuple(p.gains for p in plans if p is not plan and p.gains is not None and p.changing is None)
        staying = self._staying(leaving)
        settled = bool(plan.rejections) or (not others and len(plans) == 1)
        if plan.waits:
            plan = replace(plan, judged=(*plan.judged, *_waits_twice(plan, plans[:position])))
        if plan.leaving is not None and plan.leaving in leaving:
            judged = (*plan.judged, *self._judge_what_is_left(plan.leaving, plans, staying))
            plan = replace(plan, judged=judged)
        assessment = None if plan.chosen is None else plan.chosen.assessment
        if settled or plan.chosen is None or assessment is None:
            return plan
        own = tuple(e for e in (plan.leaving, plan.changing) if e is not None)
        beside = tuple(e for e in staying if e.id not in [mine.id for mine in own])
        situation = Situation(self._ledger, self._student, self._moment, beside, own, others)
        if plan.changing is not None:
            return replace(plan, chosen=_of_sections(situation, assessment.candidate))
        again = assess(situation, assessment.candidate)
        joining = plan.chosen.judged[len(assessment.judged) :]
        chosen = Chosen.waiting(again, joining) if plan.chosen.waits else Chosen.of(again)
        return replace(plan, chosen=chosen)

    def _judge_what_is_left(
        self, leaving: Enrollment, plans: Sequence[Plan], staying: tuple[Enrollment, ...]
    ) -> tuple[Judged, ...]:
        gained = tuple(p.gains for p in plans if p.gains is not None and p.changing is None)
        after = Situation(self._ledger, self._student, self._moment, staying, gained=gained)
        return judge_what_is_left(self._as_it_stands(), after, leaving)

    def _as_it_stands(self) -> Situation:
        return Situation(self._ledger, self._student, self._moment, self._standing)

    def _judge_absence(self) -> tuple[Judged, ...]:
        """What else speaks against leaving or changing an enrollment that there is not."""
        term, student = self._ledger.facts.term, self._ledger.student(self._student)
        verdicts = eligibility.no_hold_blocks(student.holds) or (ALLOWED,)
        opened = windows.registration_has_opened(term, self._moment)
        deadline = windows.leaving_deadline_is_ahead(term, None, self._moment)
        return (
            Judged(windows.registration_has_opened.__name__, opened),
            Judged(windows.leaving_deadline_is_ahead.__name__, deadline),
            *(Judged(eligibility.no_hold_blocks.__name__, verdict) for verdict in verdicts),
        )

    def _situation(
        self,
        leaving: tuple[Enrollment, ...],
        own: tuple[Enrollment, ...],
        plans: Sequence[Plan | None],
        expected: frozenset[str] = frozenset(),
    ) -> Situation:
        staying = self._staying(leaving)
        gained = tuple(p.gains for p in plans if p is not None and p.gains is not None and p.changing is None)
        return Situation(self._ledger, self._student, self._moment, staying, own, gained, expected)

    def _expected(self, add: Add, actions: Sequence[Action]) -> frozenset[str]:
        """The courses that the other adds of the unit ask for first."""
        others = (other for action in actions for other in adds_in(action) if other is not add)
        return frozenset(code for other in others for code in (asked_course(self._ledger, other),) if code is not None)


def _of_sections(situation: Situation, candidate: Candidate) -> Chosen:
    """A change of sections, which only sections and seats can speak against."""
    seats, seats_judged = plan_seats(situation, candidate)
    judged = (*judge_the_sections(situation, candidate), *seats_judged)
    return Chosen.of(Assessment(candidate, judged, seats, rejections_in(judged)))


def _claimed_before(actions: Sequence[Action], position: int) -> Plan | None:
    """The refusal of an action about an enrollment or entry that an action before it gives up or changes."""
    claimed = _claim(actions[position])
    if claimed is None or claimed not in map(_claim, actions[:position]):
        return None
    action = actions[position]
    if isinstance(action, LeaveWaitlist):
        absent = Rejection(RejectionCode.NOT_WAITING, {"entry": str(claimed)})
        return Plan(action, (Judged("entry_is_waiting", absent),))
    return Plan(action, (_not_enrolled(claimed),))


def _claim(action: Action) -> object:
    """What an action gives up or changes."""
    match action:
        case Drop() | Swap() | ChangeSections() | ChangeBasis():
            return action.enrollment_id
        case LeaveWaitlist():
            return action.entry_id
        case Add():
            return None


def _waits_twice(plan: Plan, before: Sequence[Plan]) -> tuple[Judged, ...]:
    """The refusal of waiting for an offering for which an action before it in the cart waits."""
    candidate = None if plan.chosen is None else plan.chosen.candidate
    if not plan.waits or candidate is None:
        return ()
    offering = candidate.facts.offering
    for other in before:
        chosen = None if other.chosen is None or not other.waits else other.chosen.candidate
        if chosen is not None and chosen.facts.offering.id == offering.id:
            already = Rejection(RejectionCode.ALREADY_WAITLISTED, {"entry": None, "offering": offering.code})
            return (Judged("student_waits_once", already),)
    return ()


def _not_enrolled(identifier: object) -> Judged:
    return Judged("enrollment_stands", Rejection(RejectionCode.NOT_ENROLLED, {"enrollment": str(identifier)}))


def _naming_sections_first(actions: Sequence[Action]) -> list[int]:
    """The order of planning: whoever leaves the choice of sections open is placed around what others have named."""

    def leaves_open(action: Action) -> bool:
        return any(not choice.sections for add in adds_in(action) for choice in add.choices)

    return sorted(range(len(actions)), key=lambda position: leaves_open(actions[position]))


def asked_course(ledger: Ledger, add: Add) -> str | None:
    """The code of the course that an add asks for first, if the term offers it."""
    facts = ledger.facts.offering_named(add.choices[0].offering)
    course = None if facts is None else ledger.facts.course_named(add.choices[0].course, facts)
    return None if course is None else course.code
