"""Who may take a course: holds, credits, requisites, restrictions and repeats.

Each rule is a pure function with the name a registrar would say, answering a verdict.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.catalog.course import Course
from domain.catalog.grading import GradingBasis
from domain.catalog.requisite import ConsentBy, Requisite
from domain.catalog.requisite_grammar import print_requisite
from domain.people.hold import Hold
from domain.registration.codes import RejectionCode
from domain.registration.facts import OfferingFacts, StudentFacts
from domain.registration.requisites import Evidence, as_parameter, in_words, unmet
from domain.scheduling.term import CreditLimits, Term
from domain.shared.identifiers import CourseId, EnrollmentId
from domain.shared.verdict import ALLOWED, Allowed, Parameter, Rejection, Verdict


def no_hold_blocks(holds: Iterable[Hold]) -> tuple[Verdict, ...]:
    """Every active registration hold blocks on its own."""
    return tuple(
        Rejection(RejectionCode.HOLD, {"hold": str(hold.id), "office": hold.office, "reason": hold.reason})
        for hold in holds
        if hold.blocks_registration()
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """An offering, with the courses of its cross-listing, taken as `course`; by an enrollment, or by the same cart."""

    course: CourseId
    cross_listing: tuple[CourseId, ...]
    enrollment: EnrollmentId | None = None


def course_is_not_taken_twice(new: Taken, taken: Iterable[Taken]) -> Verdict:
    """A student is enrolled at most once in a term in a course, or in the courses of one cross-listed offering."""
    for other in taken:
        if other.course in new.cross_listing or new.course in other.cross_listing:
            enrollment = None if other.enrollment is None else str(other.enrollment)
            return Rejection(RejectionCode.ALREADY_ENROLLED, {"enrollment": enrollment, "course": str(other.course)})
    return ALLOWED


def course_may_be_taken_again(course: Course, student: StudentFacts) -> Verdict:
    """A course that was passed is taken again only where the catalog lets it be repeated."""
    passed = next((a for a in student.attempts if a.course == course.code and a.passed), None)
    if passed is None or course.repeatable:
        return ALLOWED
    return Rejection(RejectionCode.COURSE_ALREADY_PASSED, {"course": course.code, "term": passed.term})


def attempts_stay_within_limit(course: Course, student: StudentFacts) -> Verdict:
    """A course is tried at most as often as the catalog says; transferred credit is no try."""
    made = sum(1 for a in student.attempts if a.course == course.code and not a.transfer)
    looked_at: dict[str, Parameter] = {"course": course.code, "attempts": made, "maximum": course.attempts_maximum}
    if course.attempts_maximum is None or made < course.attempts_maximum:
        return Allowed(looked_at)
    return Rejection(RejectionCode.REPEAT_LIMIT, looked_at)


def credit_limits(term: Term, student: StudentFacts) -> CreditLimits:
    """The student's own limits, else those of the class level, else those of the term."""
    profile = student.profile
    of_level = term.limits(None if profile is None else profile.class_level)
    maximum = None if profile is None else profile.credit_maximum
    minimum = None if profile is None else profile.credit_minimum
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
    expression = print_requisite(requisite)
    missing = unmet(requisite, evidence)
    if missing is None:
        return Allowed({"course": course.code, "expression": expression})
    return Rejection(
        code,
        {
            "course": course.code,
            "sentence": in_words(missing),
            "unmet": as_parameter(missing),
            "expression": expression,
        },
    )


def nothing_excludes(course: Course, evidence: Evidence) -> Verdict:
    """Who meets a course's exclusion may not take it."""
    if course.exclusion is None:
        return ALLOWED
    expression = print_requisite(course.exclusion)
    if unmet(course.exclusion, evidence) is not None:
        return Allowed({"course": course.code, "expression": expression})
    return Rejection(
        RejectionCode.EXCLUSION,
        {"course": course.code, "sentence": in_words(course.exclusion), "expression": expression},
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
    allowed = tuple(sorted(known.value for known in course.grading_bases))
    looked_at: dict[str, Parameter] = {"course": course.code, "grading_basis": basis.value, "allowed": allowed}
    if basis in course.grading_bases:
        return Allowed(looked_at)
    return Rejection(RejectionCode.GRADING_BASIS_NOT_ALLOWED, looked_at)


def usual_basis(course: Course) -> GradingBasis:
    """How a course is graded when nobody says: graded if that is allowed, else the first way in alphabetical order."""
    if GradingBasis.GRADED in course.grading_bases:
        return GradingBasis.GRADED
    return min(course.grading_bases)


def evidence_of(
    term: Term, student: StudentFacts, concurrent: Iterable[str] = (), consents: Iterable[ConsentBy] = ()
) -> Evidence:
    """What a student brings to a requisite; `concurrent` are the codes of courses taken in the same term that count."""
    profile = student.profile
    return Evidence(
        attempts=tuple(attempt for attempt in student.attempts if attempt.term != term.code),
        program=student.program,
        department=student.department,
        class_level=None if profile is None else profile.class_level,
        scores={} if profile is None else {score.test: score.score for score in profile.test_scores},
        consents=frozenset(consents),
        concurrent=frozenset(concurrent),
        in_progress_counts=term.in_progress_counts,
    )
