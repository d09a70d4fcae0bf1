"""Leaving an enrollment: whether the student may do so now, and with what is left of the schedule."""

from domain.registration import eligibility, windows
from domain.registration.assessment import said_of_holds
from domain.registration.candidate import Candidate
from domain.registration.enrollment import Enrollment
from domain.registration.ledger import Ledger
from domain.registration.outcomes import Judged, judged_by
from domain.registration.situation import Situation
from domain.shared.verdict import ALLOWED, Rejection, Verdict


def judge_leaving(situation: Situation, enrollment: Enrollment) -> tuple[Judged, ...]:
    """Whether the student may leave an enrollment now."""
    candidate = as_candidate(situation.ledger, enrollment)
    term, session = situation.ledger.facts.term, candidate.facts.offering.session
    opened = windows.registration_has_opened(term, situation.moment)
    deadline = windows.leaving_deadline_is_ahead(term, session, situation.moment)
    said = (
        judged_by(windows.registration_has_opened, opened),
        judged_by(windows.leaving_deadline_is_ahead, deadline),
        *said_of_holds(situation.student),
    )
    return situation.judge(said, candidate)


def judge_what_is_left(before: Situation, after: Situation, enrollment: Enrollment) -> tuple[Judged, ...]:
    """Whether the student may be left with what stays: the credit minimum, and the corequisites of what stays.

    What was not met before leaving does not stand against it.
    """
    ledger, candidate = after.ledger, as_candidate(after.ledger, enrollment)
    term, student = ledger.facts.term, after.student
    minimum: Verdict = ALLOWED
    if after.credits() < before.credits():
        minimum = eligibility.credits_stay_above_minimum(eligibility.credit_limits(term, student), after.credits())
    needed = []
    asking = [course for course in after.courses()[: len(after.staying)] if course.corequisite is not None]
    if asking:
        left = eligibility.evidence_of(term, student, {course.code for course in after.courses()})
        had = eligibility.evidence_of(term, student, {course.code for course in before.courses()})
        for course in asking:
            verdict = eligibility.corequisite_is_met(course, left)
            was_met = not isinstance(eligibility.corequisite_is_met(course, had), Rejection)
            if isinstance(verdict, Rejection) and was_met:
                needed.append(verdict)
    said = (
        judged_by(eligibility.credits_stay_above_minimum, minimum),
        *[judged_by(eligibility.corequisite_is_met, verdict) for verdict in needed],
    )
    return after.judge(said, candidate)


def as_candidate(ledger: Ledger, enrollment: Enrollment) -> Candidate:
    """What a student has taken, in the form in which rules are asked about it."""
    facts = ledger.facts.offerings[enrollment.offering_id]
    sections = ledger.sections_of((enrollment,))
    return Candidate.of(facts, facts.course(enrollment.course_id), sections, enrollment.grading_basis)
