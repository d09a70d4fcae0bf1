"""What is unmet of a requisite agrees with a naive evaluation of it, for every tree and every student."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

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
    PlacementScore,
    Requisite,
)
from domain.registration.requisites import AttemptAtCourse, Evidence, unmet
from tests.properties.requisite_strategy import trees_of
from tests.support.grading import LETTERS

_COURSES = st.sampled_from(("A", "B", "C"))
_CODES = st.sampled_from(("X", "Y"))
_GRADES = st.sampled_from(("A", "B", "C", "F", "unheard of"))

# Few names, so that trees and evidence meet often.
leaves: st.SearchStrategy[Requisite] = st.one_of(
    st.builds(CourseTaken, _COURSES, st.none() | _GRADES),
    st.builds(InProgram, _CODES),
    st.builds(InDepartment, _CODES),
    st.builds(ClassLevelAtLeast, st.integers(1, 4)),
    st.builds(PlacementScore, _CODES, st.integers(0, 4).map(Decimal)),
    st.builds(ConsentOf, st.sampled_from(ConsentBy)),
)
trees = trees_of(leaves, 16)


@st.composite
def attempts(draw: st.DrawFn) -> AttemptAtCourse:
    grade = draw(st.none() | _GRADES)
    state = draw(st.sampled_from(("passed", "in progress", "neither")))
    return AttemptAtCourse(
        course=draw(_COURSES),
        term="2026-1",
        grade=grade,
        scheme=None if grade is None else LETTERS,
        passed=state == "passed",
        in_progress=state == "in progress",
    )


evidences = st.builds(
    Evidence,
    attempts=st.lists(attempts(), max_size=3).map(tuple),
    program=st.none() | _CODES,
    department=st.none() | _CODES,
    class_level=st.none() | st.integers(1, 4),
    scores=st.dictionaries(_CODES, st.integers(0, 4).map(Decimal)),
    consents=st.frozensets(st.sampled_from(ConsentBy)),
    concurrent=st.frozensets(_COURSES, max_size=1),
    in_progress_counts=st.booleans(),
)


def course_shown(wanted: CourseTaken, shown: Evidence) -> bool:
    order = [grade.symbol for grade in LETTERS.grades]
    for attempt in shown.attempts:
        if attempt.course != wanted.course or (attempt.in_progress and not shown.in_progress_counts):
            continue
        if wanted.minimum_grade is None and (attempt.passed or attempt.in_progress):
            return True
        if wanted.minimum_grade is not None and attempt.grade is None and attempt.in_progress:
            return True
        known = wanted.minimum_grade in order and attempt.grade in order
        if known and order.index(str(attempt.grade)) <= order.index(str(wanted.minimum_grade)):
            return True
    return wanted.course in shown.concurrent


def holds(requisite: Requisite, shown: Evidence) -> bool:
    """Whether the evidence meets the requisite, by counting parts."""
    if isinstance(requisite, AllOf | AnyOf | AtLeast):
        held = [holds(part, shown) for part in requisite.parts].count(True)
        asked = requisite.count if isinstance(requisite, AtLeast) else 1 if isinstance(requisite, AnyOf) else None
        return held >= (len(requisite.parts) if asked is None else asked)
    met = False
    if isinstance(requisite, CourseTaken):
        met = course_shown(requisite, shown)
    if isinstance(requisite, InProgram):
        met = shown.program == requisite.program
    if isinstance(requisite, InDepartment):
        met = shown.department == requisite.department
    if isinstance(requisite, ClassLevelAtLeast):
        met = (shown.class_level or 0) >= requisite.level
    if isinstance(requisite, PlacementScore):
        met = shown.scores.get(requisite.test, Decimal(-1)) >= requisite.score
    if isinstance(requisite, ConsentOf):
        met = requisite.by in shown.consents
    return met


@settings(max_examples=500, deadline=None)
@given(trees, evidences)
def test_nothing_is_unmet_exactly_when_the_whole_holds(requisite: Requisite, evidence: Evidence) -> None:
    assert (unmet(requisite, evidence) is None) == holds(requisite, evidence)


def together(one: Evidence, other: Evidence) -> Evidence:
    """What two pieces of evidence show together; a program, department or level of `other` where `one` has none."""
    return replace(
        one,
        attempts=one.attempts + other.attempts,
        program=one.program or other.program,
        department=one.department or other.department,
        class_level=max(one.class_level or 0, other.class_level or 0) or None,
        scores={
            test: max(known[test] for known in (one.scores, other.scores) if test in known)
            for test in {*one.scores, *other.scores}
        },
        consents=one.consents | other.consents,
        concurrent=one.concurrent | other.concurrent,
    )


@settings(max_examples=500, deadline=None)
@given(trees, evidences, evidences)
def test_who_meets_the_unmet_part_beside_the_evidence_meets_the_whole(
    requisite: Requisite, evidence: Evidence, more: Evidence
) -> None:
    missing = unmet(requisite, evidence)
    later = together(evidence, more)
    if missing is not None:
        assert holds(missing, later) == holds(requisite, later)


@settings(max_examples=200, deadline=None)
@given(trees, evidences)
def test_everything_in_what_is_unmet_is_missing(requisite: Requisite, evidence: Evidence) -> None:
    missing = unmet(requisite, evidence)
    if missing is not None:
        assert unmet(missing, evidence) == missing
