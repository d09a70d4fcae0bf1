"""Assessing a candidate: whether one student may take certain sections of an offering, with what every rule said.

The same assessment decides an add, a promotion from the waitlist, and the question whether a student may.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias

from domain.catalog.course import Course
from domain.catalog.grading import GradingBasis
from domain.catalog.requisite import ConsentBy
from domain.registration import eligibility, fitting, windows
from domain.registration.codes import RejectionCode
from domain.registration.enrollment import Enrollment, SeatTaken
from domain.registration.facts import OfferingFacts, StudentFacts
from domain.registration.fitting import Seat
from domain.registration.ledger import Ledger
from domain.registration.outcomes import Judged, Rule, Waived, allowed_by, said
from domain.registration.permission import Permission
from domain.registration.requisites import Evidence
from domain.scheduling.section import Section, SectionStatus
from domain.shared.identifiers import PermissionId, StudentId
from domain.shared.verdict import ALLOWED, Rejection, Verdict


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a student might take: an offering as one of its courses, through `sections`, graded by `basis`."""

    facts: OfferingFacts
    course: Course
    sections: tuple[Section, ...]
    basis: GradingBasis


@dataclass(frozen=True, slots=True)
class AboveCapacity:
    """A seat that a permission adds."""

    permission_id: PermissionId


SeatPlan: TypeAlias = Seat | AboveCapacity | SeatTaken
"""How a candidate's section is sat in: on a free seat, above capacity, or on the seat that the student has already."""


@dataclass(slots=True)
class Assessment:
    """What the rules say of a candidate; `seats` are planned for its sections, in order, while nothing speaks against
    them. `rejections` are all reasons against it.
    """

    candidate: Candidate
    judged: tuple[Judged, ...]
    seats: tuple[SeatPlan, ...]
    rejections: tuple[Rejection, ...]


def rejections_in(judged: Iterable[Judged]) -> tuple[Rejection, ...]:
    """The rejections that nothing waives."""
    return tuple([each.verdict for each in judged if isinstance(each.verdict, Rejection)])


@dataclass(eq=False)
class Situation:
    """A student at a moment, with the schedule as it will be: `staying` and what is `gained` beside the candidate.

    `leaving` are the enrollments given up for it, whose seats the student may go on using. `expected` are the codes of
    courses that the same cart asks for and that are not chosen yet. It holds for as long as the ledger is not written
    to; what every rule looks at is put together once.
    """

    ledger: Ledger
    student_id: StudentId
    moment: datetime
    staying: tuple[Enrollment, ...]
    leaving: tuple[Enrollment, ...] = ()
    gained: tuple[Candidate, ...] = ()
    expected: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.student: StudentFacts = self.ledger.student(self.student_id)

    @cached_property
    def schedule(self) -> tuple[Section, ...]:
        """The sections in which the student sits beside the candidate."""
        kept = self.ledger.sections_of(self.staying)
        return (*kept, *(section for candidate in self.gained for section in candidate.sections))

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """The courses that the student takes beside the candidate."""
        offerings = self.ledger.facts.offerings
        kept = [offerings[e.offering_id].course(e.course_id) for e in self.staying]
        return (*kept, *(candidate.course for candidate in self.gained))

    @cached_property
    def credits(self) -> Decimal:
        """The credits that the student takes beside the candidate."""
        gained = sum((candidate.course.credits for candidate in self.gained), Decimal(0))
        return sum([enrollment.credits for enrollment in self.staying], gained)

    def seat_kept_in(self, section: Section) -> SeatTaken | None:
        """The seat in `section` of an enrollment that is given up, which the student may keep."""
        for enrollment in self.leaving:
            seat = enrollment.seat_in(section.id)
            if seat is not None:
                return seat
        return None

    def permissions_for(self, facts: OfferingFacts) -> tuple[Permission, ...]:
        """The student's permissions for an offering."""
        return tuple([p for p in self.student.permissions if p.offering_id == facts.offering.id])

    def waiver_of(self, rejection: Rejection, facts: OfferingFacts, sections: Sequence[Section]) -> Permission | None:
        """The permission that waives a rejection, which is about one section where it names one.

        Nobody can sit in a cancelled section, whatever a permission says of sections that are not open.
        """
        if not self.student.permissions or rejection.parameters.get("status") == SectionStatus.CANCELLED:
            return None
        named = rejection.parameters.get("section")
        about = [section.id for section in sections if named is None or section.code == named]
        code = RejectionCode(rejection.code)
        for permission in self.permissions_for(facts):
            if permission.waives(code, about, self.moment):
                return permission
        return None

    def judge(self, rule: Rule, verdict: Verdict, candidate: Candidate) -> Judged:
        """What a rule said, after permissions."""
        if isinstance(verdict, Rejection):
            permission = self.waiver_of(verdict, candidate.facts, candidate.sections)
            if permission is not None:
                return Judged(rule.__name__, Waived(verdict, permission.id))
        return said(rule, verdict)


def assess(situation: Situation, candidate: Candidate) -> Assessment:
    """Ask every rule about a candidate."""
    seats, seats_judged = plan_seats(situation, candidate)
    judged = (
        *judge_the_moment(situation, candidate),
        *judge_the_student(situation, candidate),
        *judge_the_sections(situation, candidate),
        *seats_judged,
    )
    return Assessment(candidate, judged, seats, rejections_in(judged))


def judge_the_moment(situation: Situation, candidate: Candidate) -> tuple[Judged, ...]:
    """Whether the student may act now."""
    facts, moment, judge = situation.ledger.facts, situation.moment, situation.judge
    term, session = facts.term, candidate.facts.offering.session
    ticket = windows.time_ticket_is_open(term, facts.tickets, situation.student_id, situation.student, moment)
    return (
        judge(windows.registration_is_open, windows.registration_is_open(term, moment), candidate),
        judge(windows.time_ticket_is_open, ticket, candidate),
        judge(windows.add_deadline_is_ahead, windows.add_deadline_is_ahead(term, session, moment), candidate),
        *judge_holds(situation, candidate),
    )


def judge_holds(situation: Situation, candidate: Candidate) -> tuple[Judged, ...]:
    """Whether a hold blocks the student."""
    blocking = eligibility.no_hold_blocks(situation.student.holds)
    return _each_of(situation, eligibility.no_hold_blocks, blocking, candidate)


def _each_of(situation: Situation, rule: Rule, verdicts: Sequence[Verdict], candidate: Candidate) -> tuple[Judged, ...]:
    """What a rule said that may have several things against a candidate, or nothing."""
    if not verdicts:
        return (allowed_by(rule),)
    return tuple([situation.judge(rule, verdict, candidate) for verdict in verdicts])


def judge_the_student(situation: Situation, candidate: Candidate) -> tuple[Judged, ...]:
    """Whether the course is one for this student."""
    student, course, facts, judge = situation.student, candidate.course, candidate.facts, situation.judge
    limits = eligibility.credit_limits(situation.ledger.facts.term, student)
    requested = eligibility.credits_stay_within_maximum(limits, situation.credits, course.credits)
    basis = eligibility.grading_basis_is_allowed(course, candidate.basis)
    prerequisite, corequisite = _requisites(situation, course, facts)
    return (
        judge(eligibility.course_is_not_taken_twice, _not_taken_twice(situation, candidate), candidate),
        judge(eligibility.course_may_be_taken_again, eligibility.course_may_be_taken_again(course, student), candidate),
        judge(
            eligibility.attempts_stay_within_limit, eligibility.attempts_stay_within_limit(course, student), candidate
        ),
        judge(eligibility.credits_stay_within_maximum, requested, candidate),
        judge(eligibility.prerequisite_is_met, prerequisite, candidate),
        judge(eligibility.corequisite_is_met, corequisite, candidate),
        *_each_of(situation, eligibility.nothing_excludes, _exclusions(situation, course), candidate),
        judge(eligibility.class_level_is_admitted, eligibility.class_level_is_admitted(facts, student), candidate),
        judge(eligibility.program_is_admitted, eligibility.program_is_admitted(facts, student), candidate),
        judge(eligibility.consent_is_given, eligibility.consent_is_given(facts), candidate),
        judge(eligibility.grading_basis_is_allowed, basis, candidate),
    )


def _requisites(situation: Situation, course: Course, facts: OfferingFacts) -> tuple[Verdict, Verdict]:
    """Whether the prerequisite and the corequisite of a course are met."""
    if course.prerequisite is None and course.corequisite is None:
        return ALLOWED, ALLOWED
    term, student = situation.ledger.facts.term, situation.student
    consents = _consents(situation, facts)
    before = eligibility.evidence_of(term, student, consents=consents)
    prerequisite = eligibility.prerequisite_is_met(course, before)
    if course.corequisite is None:
        return prerequisite, ALLOWED
    beside = situation.expected.union([other.code for other in situation.courses])
    evidence = eligibility.evidence_of(term, student, beside, consents)
    return prerequisite, eligibility.corequisite_is_met(course, evidence)


def _not_taken_twice(situation: Situation, candidate: Candidate) -> Verdict:
    """Neither an enrollment that stays, nor another part of the cart, is in the course."""
    offerings = situation.ledger.facts.offerings
    taken: list[eligibility.Taken] = [
        (e.course_id, offerings[e.offering_id].offering.course_ids, e.id) for e in situation.staying
    ]
    taken += [(other.course.id, other.facts.offering.course_ids, None) for other in situation.gained]
    return eligibility.course_is_not_taken_twice(candidate.course.id, candidate.facts.offering.course_ids, taken)


def _consents(situation: Situation, facts: OfferingFacts) -> frozenset[ConsentBy]:
    """Whose consent the student has: a permission that waives the need of one stands for both."""
    every = [section.id for section in facts.sections]
    given = any(
        permission.waives(RejectionCode.CONSENT_REQUIRED, every, situation.moment)
        for permission in situation.permissions_for(facts)
    )
    return frozenset(ConsentBy) if given else frozenset()


def _exclusions(situation: Situation, course: Course) -> tuple[Verdict, ...]:
    """The course's own exclusion, and those of the other courses that the new one would come to meet; nothing where
    no course excludes anything.
    """
    excluding = [other for other in situation.courses if other.exclusion is not None]
    if course.exclusion is None and not excluding:
        return ()
    term, student = situation.ledger.facts.term, situation.student
    codes = frozenset([other.code for other in situation.courses])

    def evidence(concurrent: frozenset[str]) -> Evidence:
        return eligibility.evidence_of(term, student, concurrent)

    own = eligibility.nothing_excludes(course, evidence(codes))
    others = [
        eligibility.nothing_excludes(other, evidence(codes - {other.code} | {course.code}))
        for other in excluding
        if not isinstance(eligibility.nothing_excludes(other, evidence(codes - {other.code})), Rejection)
    ]
    return (own, *(verdict for verdict in others if isinstance(verdict, Rejection)))


def judge_the_sections(situation: Situation, candidate: Candidate) -> tuple[Judged, ...]:
    """Whether the sections go together, are open, and fit the student's other sections."""
    chosen, facts, judge = candidate.sections, candidate.facts, situation.judge
    own = facts.offering.id
    others = [section for section in situation.schedule if section.offering_id != own]
    clashes = fitting.schedule_has_no_clash(chosen, others, situation.ledger.facts.term.calendar)
    parents = fitting.parents_are_taken_too(chosen, facts.sections)
    complete = fitting.sections_form_one_configuration(facts, chosen)
    return (
        judge(fitting.sections_form_one_configuration, complete, candidate),
        *_each_of(situation, fitting.parents_are_taken_too, parents, candidate),
        *[judge(fitting.section_is_open, fitting.section_is_open(section), candidate) for section in chosen],
        *_each_of(situation, fitting.schedule_has_no_clash, clashes, candidate),
    )


def plan_seats(situation: Situation, candidate: Candidate) -> tuple[tuple[SeatPlan, ...], tuple[Judged, ...]]:
    """How the candidate's sections would be sat in, and whether there is a seat in each."""
    plans: list[SeatPlan] = []
    judged: list[Judged] = []
    for section in candidate.sections:
        kept = situation.seat_kept_in(section)
        found = kept if kept is not None else find_seat(situation, section)
        if isinstance(found, Rejection):
            verdict = situation.judge(fitting.seat_is_free, found, candidate)
            judged.append(verdict)
            if isinstance(verdict.verdict, Waived):
                plans.append(_waived_seat(found, verdict.verdict.permission_id))
        else:
            judged.append(allowed_by(fitting.seat_is_free))
            plans.append(found)
    return tuple(plans), tuple(judged)


def _waived_seat(rejection: Rejection, permission: PermissionId) -> SeatPlan:
    """Where a permission seats: above capacity when there is no seat, else on one that is reserved for others."""
    return AboveCapacity(permission) if rejection.code == RejectionCode.SEATS_FULL else Seat()


def find_seat(situation: Situation, section: Section) -> Seat | Rejection:
    """The seat that the student can have in a section."""
    return fitting.seat_is_free(situation.ledger, section, situation.student_id, situation.student, situation.moment)


def take_seats(ledger: Ledger, assessment: Assessment) -> tuple[SeatTaken, ...]:
    """Take the seats that an assessment without rejections has planned."""
    taken = []
    for section, plan in zip(assessment.candidate.sections, assessment.seats, strict=True):
        match plan:
            case SeatTaken():
                taken.append(plan)
            case AboveCapacity():
                taken.append(ledger.take_seat_above_capacity(section, plan.permission_id))
            case Seat():
                taken.append(ledger.take_seat(section, plan.pool))
    return tuple(taken)
