"""Assessing a candidate: whether one student may take certain sections of an offering, with what every rule said.

The same assessment decides an add, a promotion from the waitlist, and the question whether a student may.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from domain.catalog.course import Course
from domain.catalog.requisite import ConsentBy
from domain.registration import eligibility, fitting, windows
from domain.registration.candidate import Candidate
from domain.registration.codes import RejectionCode
from domain.registration.enrollment import SeatTaken
from domain.registration.facts import OfferingFacts, StudentFacts
from domain.registration.fitting import Seat
from domain.registration.ledger import Ledger
from domain.registration.outcomes import Judged, Waived, judged_by, judged_for_each
from domain.registration.requisites import Evidence
from domain.registration.situation import Situation
from domain.scheduling.section import Section
from domain.shared.identifiers import PermissionId
from domain.shared.kept import kept
from domain.shared.value import value
from domain.shared.verdict import ALLOWED, Rejection, Verdict


@value(frozen=True, slots=True)
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
    return tuple([verdict for _, verdict in judged if isinstance(verdict, Rejection)])


def assess(situation: Situation, candidate: Candidate) -> Assessment:
    """Ask every rule about a candidate."""
    seats, seats_judged = plan_seats(situation, candidate)
    said = (
        *said_of_the_moment(situation, candidate),
        *said_of_the_student(situation, candidate),
        *said_of_the_sections(situation, candidate),
    )
    judged = (*situation.judge(said, candidate), *seats_judged)
    return Assessment(candidate, judged, seats, rejections_in(judged))


def judge_the_moment(situation: Situation, candidate: Candidate) -> tuple[Judged, ...]:
    """Whether the student may act now."""
    return situation.judge(said_of_the_moment(situation, candidate), candidate)


def judge_the_student(situation: Situation, candidate: Candidate) -> tuple[Judged, ...]:
    """Whether the course is one for this student."""
    return situation.judge(said_of_the_student(situation, candidate), candidate)


def judge_the_sections(situation: Situation, candidate: Candidate) -> tuple[Judged, ...]:
    """Whether the sections go together, are open, and fit the student's other sections."""
    return situation.judge(said_of_the_sections(situation, candidate), candidate)


def said_of_the_moment(situation: Situation, candidate: Candidate) -> tuple[Judged, ...]:
    """What the rules say that ask whether the student may act now, whatever permissions there are."""
    facts, student, moment = situation.ledger.facts, situation.student, situation.moment
    term, session = facts.term, candidate.facts.offering.session
    ticket = windows.time_ticket_is_open(term, facts.tickets, situation.student_id, student, moment)
    return (
        judged_by(windows.registration_is_open, windows.registration_is_open(term, moment)),
        judged_by(windows.time_ticket_is_open, ticket),
        judged_by(windows.add_deadline_is_ahead, windows.add_deadline_is_ahead(term, session, moment)),
        *said_of_holds(student),
    )


def said_of_holds(student: StudentFacts) -> tuple[Judged, ...]:
    """What is said of a student's holds."""
    return judged_for_each(eligibility.no_hold_blocks, eligibility.no_hold_blocks(student.holds))


def said_of_the_student(situation: Situation, candidate: Candidate) -> tuple[Judged, ...]:
    """What the rules say that ask whether the course is one for this student, whatever permissions there are."""
    student, course, facts = situation.student, candidate.course, candidate.facts
    limits = eligibility.credit_limits(situation.ledger.facts.term, student)
    requested = eligibility.credits_stay_within_maximum(limits, situation.credits(), course.credits)
    prerequisite, corequisite = _requisites(situation, course, facts)
    offerings = situation.offerings()
    tried = eligibility.attempts_at(course, student)
    return (
        judged_by(eligibility.course_is_not_taken_twice, _not_taken_twice(situation, candidate, offerings)),
        judged_by(eligibility.course_may_be_taken_again, eligibility.course_may_be_taken_again(course, tried)),
        judged_by(eligibility.attempts_stay_within_limit, eligibility.attempts_stay_within_limit(course, tried)),
        judged_by(eligibility.credits_stay_within_maximum, requested),
        judged_by(eligibility.prerequisite_is_met, prerequisite),
        judged_by(eligibility.corequisite_is_met, corequisite),
        *judged_for_each(eligibility.nothing_excludes, _exclusions(situation, course, offerings)),
        judged_by(eligibility.class_level_is_admitted, eligibility.class_level_is_admitted(facts, student)),
        judged_by(eligibility.program_is_admitted, eligibility.program_is_admitted(facts, student)),
        *_said_to_all(candidate),
    )


@kept
def _said_to_all(candidate: Candidate) -> tuple[Judged, ...]:
    """What is the same whoever asks for the course."""
    basis = eligibility.grading_basis_is_allowed(candidate.course, candidate.basis)
    return (
        judged_by(eligibility.consent_is_given, eligibility.consent_is_given(candidate.facts)),
        judged_by(eligibility.grading_basis_is_allowed, basis),
    )


def _requisites(situation: Situation, course: Course, facts: OfferingFacts) -> tuple[Verdict, Verdict]:
    """Whether the prerequisite and the corequisite of a course are met."""
    if course.prerequisite is None and course.corequisite is None:
        return ALLOWED, ALLOWED
    term, student = situation.ledger.facts.term, situation.student
    consents = _consents(situation, facts)
    prerequisite = eligibility.prerequisite_is_met(course, eligibility.evidence_of(term, student, consents=consents))
    if course.corequisite is None:
        return prerequisite, ALLOWED
    concurrent = situation.expected.union([other.code for other in situation.courses()])
    evidence = eligibility.evidence_of(term, student, concurrent, consents)
    return prerequisite, eligibility.corequisite_is_met(course, evidence)


def _not_taken_twice(situation: Situation, candidate: Candidate, offerings: Sequence[OfferingFacts]) -> Verdict:
    """Neither an enrollment that stays, nor another part of the cart, is in the course."""
    taken: list[eligibility.Taken] = [
        (enrollment.course_id, known.course_ids, enrollment.id)
        for enrollment, known in zip(situation.staying, offerings, strict=True)
    ]
    taken += [(other.course.id, other.facts.course_ids, None) for other in situation.gained]
    return eligibility.course_is_not_taken_twice(candidate.course.id, candidate.facts.course_ids, taken)


def _consents(situation: Situation, facts: OfferingFacts) -> frozenset[ConsentBy]:
    """Whose consent the student has: a permission that waives the need of one stands for both."""
    permissions = situation.permissions_for(facts)
    if not permissions:
        return _NOBODYS
    every = [section.id for section in facts.sections]
    needed, moment = RejectionCode.CONSENT_REQUIRED, situation.moment
    given = [permission for permission in permissions if permission.waives(needed, every, moment)]
    return frozenset(ConsentBy) if given else _NOBODYS


_NOBODYS: frozenset[ConsentBy] = frozenset()


def _exclusions(situation: Situation, course: Course, offerings: Sequence[OfferingFacts]) -> tuple[Verdict, ...]:
    """The course's own exclusion, and those of the other courses that the new one would come to meet; nothing where
    no course excludes anything.
    """
    others_exclude = [known for known in offerings if known.excludes] or situation.gained
    if course.exclusion is None and not others_exclude:
        return ()
    beside = situation.courses()
    excluding = [other for other in beside if other.exclusion is not None]
    term, student = situation.ledger.facts.term, situation.student
    codes = frozenset([other.code for other in beside])

    def evidence(concurrent: frozenset[str]) -> Evidence:
        return eligibility.evidence_of(term, student, concurrent)

    own = eligibility.nothing_excludes(course, evidence(codes))
    others = [
        eligibility.nothing_excludes(other, evidence(codes - {other.code} | {course.code}))
        for other in excluding
        if not isinstance(eligibility.nothing_excludes(other, evidence(codes - {other.code})), Rejection)
    ]
    return (own, *(verdict for verdict in others if isinstance(verdict, Rejection)))


def said_of_the_sections(situation: Situation, candidate: Candidate) -> tuple[Judged, ...]:
    """What the rules say that ask whether the sections go together, are open, and fit the student's other sections,
    whatever permissions there are.
    """
    others, calendar = situation.sections_beside(candidate.facts), situation.ledger.facts.term.calendar
    clashes = fitting.schedule_has_no_clash(candidate.sections, others, calendar)
    return (*_said_of_the_choice(candidate), *judged_for_each(fitting.schedule_has_no_clash, clashes))


@kept
def _said_of_the_choice(candidate: Candidate) -> tuple[Judged, ...]:
    """What is the same whoever chooses the sections."""
    chosen, facts = candidate.sections, candidate.facts
    complete = fitting.sections_form_one_configuration(facts, chosen)
    return (
        judged_by(fitting.sections_form_one_configuration, complete),
        *judged_for_each(fitting.parents_are_taken_too, fitting.parents_are_taken_too(chosen, facts.sections)),
        *[judged_by(fitting.section_is_open, fitting.section_is_open(section)) for section in chosen],
    )


def plan_seats(situation: Situation, candidate: Candidate) -> tuple[tuple[SeatPlan, ...], tuple[Judged, ...]]:
    """How the candidate's sections would be sat in, and whether there is a seat in each."""
    plans: list[SeatPlan] = []
    judged: list[Judged] = []
    for section in candidate.sections:
        kept_seat = situation.seat_kept_in(section) if situation.leaving else None
        found = find_seat(situation, section) if kept_seat is None else kept_seat
        if isinstance(found, Rejection):
            (verdict,) = situation.judge((judged_by(fitting.seat_is_free, found),), candidate)
            judged.append(verdict)
            if isinstance(verdict.verdict, Waived):
                plans.append(_waived_seat(found, verdict.verdict.permission_id))
        else:
            judged.append(judged_by(fitting.seat_is_free, ALLOWED))
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
            case Seat():
                taken.append(ledger.take_seat(section, plan.pool))
            case SeatTaken():
                taken.append(plan)
            case AboveCapacity():
                taken.append(ledger.take_seat_above_capacity(section, plan.permission_id))
    return tuple(taken)
