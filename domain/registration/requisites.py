"""Requisites looked at with a student's evidence: what of them is still unmet, and how to say it.

The same tree serves as prerequisite, corequisite and exclusion; what differs is the evidence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from domain.catalog.course import Course
from domain.catalog.grading import GradingScheme
from domain.catalog.requisite import (
    AllOf,
    AnyOf,
    AtLeast,
    ClassLevelAtLeast,
    ConsentBy,
    ConsentOf,
    CourseTaken,
    InDepartment,
    InProgram,
    Leaf,
    PlacementScore,
    Requisite,
    courses_named_in,
)
from domain.shared.value import value
from domain.shared.verdict import Parameter


@value(frozen=True, slots=True)
class AttemptAtCourse:
    """A course attempt as requisites and repeat limits see it: `course` and `term` by code, the scheme resolved."""

    course: str
    term: str
    grade: str | None = None
    scheme: GradingScheme | None = None
    passed: bool = False
    in_progress: bool = False
    transfer: bool = False


@dataclass(slots=True)
class Evidence:
    """What a student brings to a requisite.

    `program` and `department` are codes, `scores` are those of placement tests by the test's code. `concurrent` are the
    codes of courses of the same term that count, as they do for corequisites. `in_progress_counts` says whether an
    attempt that is in progress counts as if it ended well. Attempts made in `term` itself do not count.
    """

    attempts: tuple[AttemptAtCourse, ...] = ()
    program: str | None = None
    department: str | None = None
    class_level: int | None = None
    scores: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    consents: frozenset[ConsentBy] = frozenset()
    concurrent: frozenset[str] = frozenset()
    in_progress_counts: bool = False
    term: str | None = None


def unmet(requisite: Requisite, evidence: Evidence) -> Requisite | None:
    """The part of a requisite that the evidence does not meet, None when it meets the whole.

    Of a conjunction only its unmet parts remain, of a disjunction every alternative with what it lacks, of a choice
    the number that is still missing. Whoever meets what remains, beside what the evidence shows, meets the whole.
    """
    match requisite:
        case AllOf(parts):
            missing = _missing(parts, evidence)
            return (missing[0] if len(missing) == 1 else AllOf(missing)) if missing else None
        case AnyOf(parts):
            missing = _missing(parts, evidence)
            return AnyOf(missing) if len(missing) == len(parts) else None
        case AtLeast(count, parts):
            missing = _missing(parts, evidence)
            still = count - (len(parts) - len(missing))
            if still <= 0:
                return None
            return missing[0] if len(missing) == 1 else AtLeast(still, missing)
        case leaf:
            return None if _is_shown(leaf, evidence) else leaf


def _missing(parts: Sequence[Requisite], evidence: Evidence) -> tuple[Requisite, ...]:
    return tuple([missing for part in parts if (missing := unmet(part, evidence)) is not None])


def _is_shown(leaf: Leaf, evidence: Evidence) -> bool:
    match leaf:
        case CourseTaken():
            return _is_taken(leaf, evidence)
        case InProgram(program):
            return evidence.program == program
        case InDepartment(department):
            return evidence.department == department
        case ClassLevelAtLeast(level):
            return evidence.class_level is not None and evidence.class_level >= level
        case PlacementScore(test, score):
            scored = evidence.scores.get(test)
            return scored is not None and scored >= score
        case ConsentOf(by):
            return by in evidence.consents


def _is_taken(wanted: CourseTaken, evidence: Evidence) -> bool:
    if wanted.course in evidence.concurrent:
        return True
    course, term, in_progress_counts = wanted.course, evidence.term, evidence.in_progress_counts
    for attempt in evidence.attempts:
        if (
            attempt.course == course
            and attempt.term != term
            and _counts(attempt, wanted, in_progress_counts=in_progress_counts)
        ):
            return True
    return False


def _counts(attempt: AttemptAtCourse, wanted: CourseTaken, *, in_progress_counts: bool) -> bool:
    if attempt.in_progress and not in_progress_counts:
        return False
    if wanted.minimum_grade is None:
        return attempt.passed or attempt.in_progress
    if attempt.grade is None or attempt.scheme is None:
        # No grade yet: the course counts on the condition that it ends well.
        return attempt.in_progress
    return attempt.scheme.is_at_least(attempt.grade, wanted.minimum_grade)


def courses_that_count(course: Course) -> frozenset[str]:
    """The courses, by code, at which attempts count for whoever wants to take `course`: itself, and what it names."""
    return frozenset({course.code}).union(
        *(courses_named_in(named) for named in (course.prerequisite, course.corequisite, course.exclusion) if named)
    )


def courses_that_count_beside(courses: Iterable[Course]) -> frozenset[str]:
    """The courses, by code, at which attempts count for whoever takes `courses` and wants or leaves another.

    They are what the courses exclude, and their corequisites, which are to be met without what is left.
    """
    named = (requisite for course in courses for requisite in (course.exclusion, course.corequisite) if requisite)
    return frozenset().union(*map(courses_named_in, named))


def in_words(requisite: Requisite) -> str:
    """A requisite as a fragment of an English sentence: `MATH-101 with C or better and PHYS-100`."""
    match requisite:
        case AllOf(parts):
            return _listed(parts, "and")
        case AnyOf(parts):
            return _listed(parts, "or")
        case AtLeast(count, parts):
            return f"{count} of {_listed(parts, 'and')}"
        case leaf:
            return _leaf_in_words(leaf)


def _leaf_in_words(leaf: Leaf) -> str:
    words: str
    match leaf:
        case CourseTaken(course, grade):
            words = course if grade is None else f"{course} with {grade} or better"
        case InProgram(program):
            words = f"the program {program}"
        case InDepartment(department):
            words = f"a program of the department {department}"
        case ClassLevelAtLeast(level):
            words = f"class level {level} or higher"
        case PlacementScore(test, score):
            words = f"{score:f} or more in the placement test {test}"
        case ConsentOf(by):
            words = f"the consent of the {by.value}"
    return words


def _listed(parts: Sequence[Requisite], conjunction: str) -> str:
    *first, last = (
        f"({in_words(part)})" if isinstance(part, AllOf | AnyOf | AtLeast) else in_words(part) for part in parts
    )
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def as_parameter(requisite: Requisite) -> Parameter:
    """A requisite as nested mappings, each with a `kind`, for the parameters of a rejection."""
    match requisite:
        case AllOf(parts):
            return {"kind": "all_of", "parts": tuple(as_parameter(part) for part in parts)}
        case AnyOf(parts):
            return {"kind": "any_of", "parts": tuple(as_parameter(part) for part in parts)}
        case AtLeast(count, parts):
            return {"kind": "at_least", "count": count, "parts": tuple(as_parameter(part) for part in parts)}
        case leaf:
            return _leaf_as_parameter(leaf)


def _leaf_as_parameter(leaf: Leaf) -> Mapping[str, Parameter]:
    found: dict[str, Parameter]
    match leaf:
        case CourseTaken(course, grade):
            found = {"kind": "course", "course": course, "minimum_grade": grade}
        case InProgram(program):
            found = {"kind": "program", "program": program}
        case InDepartment(department):
            found = {"kind": "department", "department": department}
        case ClassLevelAtLeast(level):
            found = {"kind": "class_level", "class_level": level}
        case PlacementScore(test, score):
            found = {"kind": "placement", "test": test, "score": score}
        case ConsentOf(by):
            found = {"kind": "consent", "by": by.value}
    return found
