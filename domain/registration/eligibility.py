"""Who may take a course: holds, credits, requisites, restrictions and repeats.

Each rule is a pure function with the name a registrar would say, answering a verdict.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from domain.catalog.course import Course
from domain.catalog.grading import GradingBasis
from domain.catalog.requisite import ConsentBy, Requisite
from domain.catalog.requisite_grammar import print_requisite
from domain.people.hold import Hold
from domain.registration.codes import RejectionCode
from domain.registration.facts import OfferingFacts, StudentFacts
from domain.registration.requisites import AttemptAtCourse, Evidence, as_parameter, in_words, unmet
from domain.scheduling.term import CreditLimits, Term
from domain.shared.identifiers import CourseId, EnrollmentId
from domain.shared.kept import kept
from domain.shared.verdict import ALLOWED, Allowed, Parameter, Rejection, Verdict


def no_hold_blocks(holds: Iterable[Hold]) -> tuple[Verdict, ...]:
    """Every active registration hold blocks on its own."""
    return tuple(
        [
            Rejection(RejectionCode.HOLD, {"hold": str(hold.id), "office": hold.office, "reason": hold.reason})
            for hold in holds
            if hold.blocks_registration()
        ]
    )


Taken: TypeAlias = tuple[CourseId, Sequence[CourseId], EnrollmentId | None]
"""A course as which an offering is taken, the courses of its cross-listing, and by which enrollment; None is a cart."""


def course_is_not_taken_twice(course: CourseId, cross_listing: Sequence[CourseId], taken: Iterable[Taken]) -> Verdict:
    """A student is enrolled at most once in a term in a course, or in the courses of one cross-listed offering."""
    for other, others, enrollment in taken:
        if other in cross_listing or course in others:
            by = None if enrollment is None else str(enrollment)
            return Rejection(RejectionCode.ALREADY_ENROLLED, {"enrollment": by, "course": str(other)})
    return ALLOWED


def attempts_at(course: Course, student: StudentFacts) -> list[AttemptAtCourse]:
    """The student's attempts at a course."""
    code = course.code
    return [attempt for attempt in student.attempts if attempt.course == code]


def course_may_be_taken_again(course: Course, tried: Sequence[AttemptAtCourse]) -> Verdict:
    """A course that was passed is taken again only where the catalog lets it be repeated."""
    if course.repeatable:
        return ALLOWED
    for attempt in tried:
        if attempt.passed:
            return Rejection(RejectionCode.COURSE_ALREADY_PASSED, {"course": course.code, "term": attempt.term})
    return ALLOWED


def attempts_stay_within_limit(course: Course, tried: Sequence[AttemptAtCourse]) -> Verdict:
    """A course is tried at most as often as the catalog says; transferred credit is no try."""
    made, maximum = len([attempt for attempt in tried if not attempt.transfer]), course.attempts_maximum
    if not made:
        return _first_try(course)
    looked_at: dict[str, Parameter] = {"course": course.code, "attempts": made, "maximum": maximum}
    if maximum is None or made < maximum:
        return Allowed(looked_at)
    return Rejection(RejectionCode.REPEAT_LIMIT, looked_at)


@kept
def _first_try(course: Course) -> Allowed:
    return Allowed({"course": course.code, "attempts": 0, "maximum": course.attempts_maximum})


def credit_limits(term: Term, student: StudentFacts) -> CreditLimits:
    """The student's own limits, else those of the class level, else those of the term."""
    profile = student.profile
    if profile is None:
        return term.limits(None)
    of_level, maximum, minimum = term.limits(profile.class_level), profile.credit_maximum, profile.credit_minimum
    if maximum is None and minimum is None:
        return of_level
    return CreditLimits(
        of_level.maximum if maximum is None else maximum, of_level.minimum if minimum is None else minimum
    )


def credits_stay_within_maximum(limits: CreditLimits, enrolled: Decimal, requested: Decimal) -> Verdict:
    """Enrolled and requested credits together do not exceed the maximum."""
    looked_at: dict[str, Parameter] = {"enrolled": enrolled, "requested": requested, "maximum": limits.maximum}
    if limits.maximum is None or enrolled + requested <= limits.maximum:
        return Allowed(looked_at)
    return Rejection(RejectionCode.CREDIT_MAXIMUM, looked_at)


def credits_stay_above_minimum(limits: CreditLimits, remaining: Decimal) -> Verdict:
    """Who drops a course keeps the minimum of credits."""
    looked_at: dict[str, Parameter] = {"remaining": remaining, "minimum": limits.minimum}
    if limits.minimum is None or remaining >= limits.minimum:
        return Allowed(looked_at)
    return Rejection(RejectionCode.CREDIT_MINIMUM, looked_at)


def prerequisite_is_met(course: Course, evidence: Evidence) -> Verdict:
    """What a course asks for has been done in earlier terms."""
    return _requisite_is_met(RejectionCode.PREREQUISITE, course, course.prerequisite, evidence)


def corequisite_is_met(course: Course, evidence: Evidence) -> Verdict:
    """What a course asks for beside it is done in the same term at the latest."""
    return _requisite_is_met(RejectionCode.COREQUISITE, course, course.corequisite, evidence)


def _requisite_is_met(code: RejectionCode, course: Course, requisite: Requisite | None, evidence: Evidence) -> Verdict:
    if requisite is None:
        return ALLOWED
    missing = unmet(requisite, evidence)
    if missing is None:
        return _meeting(course)[code]
    return Rejection(
        code,
        {
            "course": course.code,
            "sentence": in_words(missing),
            "unmet": as_parameter(missing),
            "expression": print_requisite(requisite),
        },
    )


@kept
def _meeting(course: Course) -> Mapping[RejectionCode, Allowed]:
    """What is said where nothing is wrong with a course's requisites, by the code that would say what is."""
    requisites = {
        RejectionCode.PREREQUISITE: course.prerequisite,
        RejectionCode.COREQUISITE: course.corequisite,
        RejectionCode.EXCLUSION: course.exclusion,
    }
    return {
        code: Allowed({"course": course.code, "expression": print_requisite(requisite)})
        for code, requisite in requisites.items()
        if requisite is not None
    }


def nothing_excludes(course: Course, evidence: Evidence) -> Verdict:
    """Who meets a course's exclusion may not take it."""
    if course.exclusion is None:
        return ALLOWED
    allowed = _meeting(course)[RejectionCode.EXCLUSION]
    if unmet(course.exclusion, evidence) is not None:
        return allowed
    return Rejection(
        RejectionCode.EXCLUSION,
        {
            "course": course.code,
            "sentence": in_words(course.exclusion),
            "expression": allowed.parameters["expression"],
        },
    )


def class_level_is_admitted(facts: OfferingFacts, student: StudentFacts) -> Verdict:
    """An offering for certain class levels takes no others."""
    admitted = facts.offering.class_levels
    level = None if student.profile is None else student.profile.class_level
    if not admitted:
        return ALLOWED
    looked_at: dict[str, Parameter] = {
        "offering": facts.offering.code,
        "class_levels": tuple(sorted(admitted)),
        "class_level": level,
    }
    return Allowed(looked_at) if level in admitted else Rejection(RejectionCode.CLASS_LEVEL, looked_at)


def program_is_admitted(facts: OfferingFacts, student: StudentFacts) -> Verdict:
    """An offering for certain programs takes students of no others."""
    if not facts.offering.program_ids:
        return ALLOWED
    program = None if student.profile is None else student.profile.program_id
    looked_at: dict[str, Parameter] = {"offering": facts.offering.code, "program": student.program}
    admitted = program in facts.offering.program_ids
    return Allowed(looked_at) if admitted else Rejection(RejectionCode.PROGRAM_RESTRICTED, looked_at)


def consent_is_given(facts: OfferingFacts) -> Verdict:
    """An offering may ask for a consent, which is given as a permission that waives this rejection."""
    by = facts.offering.consent
    if by is None:
        return ALLOWED
    return Rejection(RejectionCode.CONSENT_REQUIRED, {"offering": facts.offering.code, "by": by.value})


def grading_basis_is_allowed(course: Course, basis: GradingBasis) -> Verdict:
    """A course is graded only in the ways that the catalog allows."""
    verdict = _said_of_bases(course)[basis]
    if basis in course.grading_bases:
        return verdict
    return Rejection(RejectionCode.GRADING_BASIS_NOT_ALLOWED, verdict.parameters)


@kept
def _said_of_bases(course: Course) -> Mapping[GradingBasis, Allowed]:
    """What is looked at for each way of grading."""
    allowed = tuple(sorted(known.value for known in course.grading_bases))
    return {
        basis: Allowed({"course": course.code, "grading_basis": basis.value, "allowed": allowed})
        for basis in GradingBasis
    }


@kept
def usual_basis(course: Course) -> GradingBasis:
    """How a course is graded when nobody says: graded if that is allowed, else the first way in alphabetical order."""
    if GradingBasis.GRADED in course.grading_bases:
        return GradingBasis.GRADED
    return min(course.grading_bases)


def evidence_of(
    term: Term,
    student: StudentFacts,
    concurrent: Iterable[str] = frozenset(),
    consents: frozenset[ConsentBy] = frozenset(),
) -> Evidence:
    """What a student brings to a requisite; `concurrent` are the codes of courses taken in the same term that count."""
    profile = student.profile
    scores = () if profile is None else profile.test_scores
    return Evidence(
        attempts=student.attempts,
        program=student.program,
        department=student.department,
        class_level=None if profile is None else profile.class_level,
        scores={score.test: score.score for score in scores},
        consents=consents,
        concurrent=frozenset(concurrent),
        in_progress_counts=term.in_progress_counts,
        term=term.code,
    )
