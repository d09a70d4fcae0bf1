"""Choosing what an add asks for: resolving its choices, placing the student where no sections are named."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.catalog.course import Course
from domain.catalog.grading import GradingBasis
from domain.registration import eligibility, fitting, windows
from domain.registration.assessment import (
    Assessment,
    assess,
    find_seat,
    judge_the_moment,
    judge_the_sections,
    judge_the_student,
    plan_seats,
    rejections_in,
)
from domain.registration.candidate import Candidate
from domain.registration.codes import RejectionCode
from domain.registration.commands import Add, Choice, IfFull
from domain.registration.facts import OfferingFacts
from domain.registration.outcomes import Judged, judged_by
from domain.registration.placement import Placed, place
from domain.registration.situation import Situation
from domain.scheduling.section import Section
from domain.shared.identifiers import SectionId
from domain.shared.reference import Reference
from domain.shared.verdict import ALLOWED, Rejection, Verdict


@dataclass(slots=True)
class Chosen:
    """What became of an add before it is applied: a candidate to enroll in or, if `waits`, to wait for; or reasons.

    `rejections` are what speaks against the add; seats that are missing do not, for an add that waits.
    """

    judged: tuple[Judged, ...]
    rejections: tuple[Rejection, ...]
    assessment: Assessment | None = None
    waits: bool = False

    @classmethod
    def refused(cls, judged: tuple[Judged, ...]) -> "Chosen":
        """Nothing to take or wait for."""
        return cls(judged, rejections_in(judged))

    @classmethod
    def of(cls, assessment: Assessment) -> "Chosen":
        """What was assessed, to be taken if nothing speaks against it."""
        return cls(assessment.judged, assessment.rejections, assessment)

    @classmethod
    def waiting(cls, assessment: Assessment, joining: tuple[Judged, ...]) -> "Chosen":
        """What was assessed, to be waited for; `joining` is what the rules say of that."""
        judged = (*assessment.judged, *joining)
        lasting = tuple(r for r in rejections_in(judged) if r.code not in fitting.SEAT_CODES)
        return cls(judged, lasting, assessment, waits=True)

    @property
    def candidate(self) -> Candidate | None:
        """What is taken or waited for."""
        return None if self.assessment is None else self.assessment.candidate


def choose(situation: Situation, add: Add) -> Chosen:
    """The first of the choices that can be had, else the first that can be waited for, else what speaks against all."""
    refused = []
    for choice in add.choices:
        chosen = _assess_choice(situation, add, choice)
        if not chosen.rejections:
            return chosen
        refused.append(chosen)
    if add.if_full is IfFull.WAITLIST:
        for position, choice in enumerate(add.choices):
            waiting = _wait_for(situation, add, choice, refused[position])
            if waiting is None:
                continue
            if not waiting.rejections:
                return waiting
            refused[position] = waiting
    return Chosen.refused(_all_judged(refused))


def _all_judged(refused: Sequence[Chosen]) -> tuple[Judged, ...]:
    """What the rules said of every choice, each thing once."""
    said: list[Judged] = []
    for chosen in refused:
        said += [judged for judged in chosen.judged if judged not in said]
    return tuple(said)


def _assess_choice(situation: Situation, add: Add, choice: Choice) -> Chosen:
    facts = situation.ledger.facts.offering_named(choice.offering)
    course = None if facts is None else situation.ledger.facts.course_named(choice.course, facts)
    if facts is None or course is None:
        return _unknown(situation, choice.offering if facts is None or choice.course is None else choice.course)
    basis = add.grading_basis or eligibility.usual_basis(course)
    if choice.sections:
        return _assess_named(situation, choice, facts, course, basis)
    found = _place(situation, facts)
    if isinstance(found, Rejection):
        bare = Candidate.of(facts, course, (), basis)
        judged = (*judge_the_moment(situation, bare), *judge_the_student(situation, bare))
        return Chosen.refused((*judged, Judged(place.__name__, found)))
    return Chosen.of(assess(situation, Candidate.of(facts, course, found.sections, basis)))


def _unknown(situation: Situation, reference: Reference) -> Chosen:
    """The term has no such offering: said together with what else speaks against acting now."""
    term, moment = situation.ledger.facts.term, situation.moment
    tickets = situation.ledger.facts.tickets
    ticket = windows.time_ticket_is_open(term, tickets, situation.student_id, situation.student, moment)
    verdicts: list[tuple[str, Verdict]] = [
        (windows.registration_is_open.__name__, windows.registration_is_open(term, moment)),
        (windows.time_ticket_is_open.__name__, ticket),
        (windows.add_deadline_is_ahead.__name__, windows.add_deadline_is_ahead(term, None, moment)),
    ]
    holds = eligibility.no_hold_blocks(situation.student.holds)
    verdicts += [(eligibility.no_hold_blocks.__name__, verdict) for verdict in holds or (ALLOWED,)]
    unknown = Rejection(RejectionCode.UNKNOWN_OFFERING, {"offering": str(reference)})
    return Chosen.refused(tuple(Judged(*each) for each in (*verdicts, ("offering_is_known", unknown))))


def _assess_named(
    situation: Situation, choice: Choice, facts: OfferingFacts, course: Course, basis: GradingBasis
) -> Chosen:
    chosen, unknown = sections_named(situation, choice.sections, facts)
    candidate = Candidate.of(facts, course, chosen, basis)
    if not unknown:
        return Chosen.of(assess(situation, candidate))
    judged = (
        *judge_the_moment(situation, candidate),
        *judge_the_student(situation, candidate),
        *(Judged("section_is_known", rejection) for rejection in unknown),
        *_of_known_sections(situation, candidate),
    )
    return Chosen.refused(judged)


def _of_known_sections(situation: Situation, candidate: Candidate) -> tuple[Judged, ...]:
    """What the rules say of sections named beside unknown ones; whether they are complete cannot be told."""
    if not candidate.sections:
        return ()
    unanswerable = fitting.sections_form_one_configuration.__name__
    every = (*judge_the_sections(situation, candidate), *plan_seats(situation, candidate)[1])
    return tuple(judged for judged in every if judged.rule != unanswerable)


def sections_named(
    situation: Situation, references: Sequence[Reference], facts: OfferingFacts
) -> tuple[tuple[Section, ...], tuple[Rejection, ...]]:
    """The sections that are named, each once, and a rejection for each name that the offering does not know."""
    chosen: dict[SectionId, Section] = {}
    unknown: list[Rejection] = []
    for reference in references:
        section = situation.ledger.facts.section_named(reference, facts)
        if section is None:
            unknown.append(Rejection(RejectionCode.UNKNOWN_SECTION, {"section": str(reference)}))
        else:
            chosen[section.id] = section
    return tuple(chosen.values()), tuple(unknown)


def _place(situation: Situation, facts: OfferingFacts, *, to_wait: bool = False) -> Placed | Rejection:
    """The first combination that the student can have or, `to_wait`, could wait for."""
    schedule = situation.sections_beside(facts)
    ledger = situation.ledger

    def obstacles(section: Section) -> tuple[Rejection, ...]:
        against = []
        is_open = fitting.section_is_open(section)
        if isinstance(is_open, Rejection):
            against.append(is_open)
        if situation.seat_kept_in(section) is None:
            seat = find_seat(situation, section)
            if isinstance(seat, Rejection):
                cure = fitting.waitlist_has_room(ledger, section) if to_wait else seat
                against += [cure] if isinstance(cure, Rejection) else []
        return tuple(r for r in against if not is_waived(section, r))

    def is_waived(section: Section, rejection: Rejection) -> bool:
        return situation.waiver_of(rejection, facts, (section,)) is not None

    return place(facts, schedule, ledger.facts.term.calendar, obstacles, is_waived)


def _wait_for(situation: Situation, add: Add, choice: Choice, refused: Chosen) -> Chosen | None:
    """The same choice as something to wait for, or None where waiting cannot help."""
    facts = situation.ledger.facts.offering_named(choice.offering)
    assessment = refused.assessment
    if assessment is None:
        course = None if facts is None else situation.ledger.facts.course_named(choice.course, facts)
        if facts is None or course is None or choice.sections:
            return None
        found = _place(situation, facts, to_wait=True)
        if isinstance(found, Rejection):
            return None
        basis = add.grading_basis or eligibility.usual_basis(course)
        assessment = assess(situation, Candidate.of(facts, course, found.sections, basis))
    if not any(rejection.code in fitting.SEAT_CODES for rejection in assessment.rejections):
        return None
    return Chosen.waiting(assessment, _judge_waiting(situation, assessment))


def _judge_waiting(situation: Situation, assessment: Assessment) -> tuple[Judged, ...]:
    """Whether the student may join the queue of each section whose seats are missing."""
    candidate, ledger = assessment.candidate, situation.ledger
    own = (e for e in ledger.entries_of(situation.student_id) if e.offering_id == candidate.facts.offering.id)
    already = next(own, None)
    once: Verdict = ALLOWED
    if already is not None:
        offering = candidate.facts.offering.code
        once = Rejection(RejectionCode.ALREADY_WAITLISTED, {"entry": str(already.id), "offering": offering})
    missing = {r.parameters["section"] for r in assessment.rejections if r.code in fitting.SEAT_CODES}
    full = [section for section in candidate.sections if section.code in missing]
    is_open = windows.waitlist_is_open(ledger.facts.term, situation.moment)
    return (
        Judged(windows.waitlist_is_open.__name__, is_open),
        Judged("student_waits_once", once),
        *situation.judge(
            tuple(judged_by(fitting.waitlist_has_room, fitting.waitlist_has_room(ledger, s)) for s in full), candidate
        ),
    )
