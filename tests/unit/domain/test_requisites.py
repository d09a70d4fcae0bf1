"""What is unmet of a requisite, and how it is said."""

from decimal import Decimal

import pytest

from domain.catalog.requisite import CourseTaken
from domain.catalog.requisite_grammar import parse_requisite, print_requisite
from domain.registration.requisites import AttemptAtCourse, Evidence, as_parameter, in_words, unmet
from tests.support.grading import LETTERS, NUMBERS


def passed(course: str, grade: str | None = None) -> AttemptAtCourse:
    return AttemptAtCourse(course, "2026-1", grade=grade, scheme=LETTERS if grade else None, passed=True)


def remaining(text: str, evidence: Evidence) -> str | None:
    missing = unmet(parse_requisite(text), evidence)
    return None if missing is None else print_requisite(missing)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("A", None),
        ("A and X", "X"),
        ("A and X and Y", "X and Y"),
        ("A or X", None),
        ("X or Y", "X or Y"),
        ("(A and X) or Y", "X or Y"),
        ("(A and X and Y) or Z", "(X and Y) or Z"),
        ("2 of (A, B, X)", None),
        ("2 of (A, X, Y)", "1 of (X, Y)"),
        ("2 of (A, X)", "X"),
        ("3 of (A, X, Y)", "2 of (X, Y)"),
        ("A >= C", None),
        ("A >= A", "A >= A"),
        ("A >= unheard-of", "A >= unheard-of"),
    ],
)
def test_only_what_is_missing_remains(text: str, missing: str | None) -> None:
    assert remaining(text, Evidence(attempts=(passed("A", "B"), passed("B")))) == missing


def test_a_failed_course_is_not_taken_but_its_grade_counts_where_it_is_good_enough() -> None:
    failed = Evidence(attempts=(AttemptAtCourse("A", "2026-1", grade="D", scheme=LETTERS),))
    assert remaining("A", failed) == "A"
    assert remaining("A >= D", failed) is None


def test_a_grade_is_compared_within_the_scheme_of_its_attempt() -> None:
    numbered = Evidence(attempts=(AttemptAtCourse("A", "2026-1", grade="4.2", scheme=NUMBERS, passed=True),))
    assert remaining("A >= 3.5", numbered) is None
    assert remaining("A >= 4.5", numbered) == "A >= 4.5"
    assert remaining("A >= C", numbered) == "A >= C"


def test_the_best_of_several_attempts_counts() -> None:
    tries = tuple(AttemptAtCourse("A", "2026-1", grade=grade, scheme=LETTERS) for grade in ("F", "B", "C"))
    assert remaining("A >= B", Evidence(attempts=tries)) is None


@pytest.mark.parametrize("text", ["A", "A >= B"])
def test_a_course_in_progress_counts_where_the_policy_says_so(text: str) -> None:
    attempts = (AttemptAtCourse("A", "2026-1", in_progress=True),)
    assert remaining(text, Evidence(attempts=attempts)) == text
    assert remaining(text, Evidence(attempts=attempts, in_progress_counts=True)) is None


@pytest.mark.parametrize("text", ["A", "A >= B"])
def test_a_concurrent_course_counts_whatever_the_policy_says(text: str) -> None:
    assert remaining(text, Evidence(concurrent=frozenset({"A"}))) is None


def test_credit_without_a_grade_shows_no_minimum_grade() -> None:
    transferred = Evidence(attempts=(AttemptAtCourse("A", "2026-1", passed=True, transfer=True),))
    assert remaining("A", transferred) is None
    assert remaining("A >= C", transferred) == "A >= C"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("MATH-101 >= C and PHYS-100", "MATH-101 with C or better and PHYS-100"),
        ("A or B or C", "A, B or C"),
        ("(A and B) or level >= 3", "(A and B) or class level 3 or higher"),
        ("2 of (A, B, C)", "2 of A, B and C"),
        ("1 of (A)", "1 of A"),
        ("placement:MATH >= 70", "70 or more in the placement test MATH"),
        ("program:ING-SIS or department:MATH", "the program ING-SIS or a program of the department MATH"),
        ("consent:instructor", "the consent of the instructor"),
    ],
)
def test_a_requisite_is_said_in_words(text: str, words: str) -> None:
    assert in_words(parse_requisite(text)) == words


def test_a_requisite_is_a_parameter_of_a_rejection() -> None:
    text = "(A >= C and B) or 1 of (level >= 3, placement:M >= 70.5) or program:P or department:D or consent:instructor"
    assert as_parameter(parse_requisite(text)) == {
        "kind": "any_of",
        "parts": (
            {
                "kind": "all_of",
                "parts": (
                    {"kind": "course", "course": "A", "minimum_grade": "C"},
                    {"kind": "course", "course": "B", "minimum_grade": None},
                ),
            },
            {
                "kind": "at_least",
                "count": 1,
                "parts": (
                    {"kind": "class_level", "class_level": 3},
                    {"kind": "placement", "test": "M", "score": Decimal("70.5")},
                ),
            },
            {"kind": "program", "program": "P"},
            {"kind": "department", "department": "D"},
            {"kind": "consent", "by": "instructor"},
        ),
    }


def test_a_course_that_is_never_attempted_is_missing() -> None:
    assert unmet(CourseTaken("A"), Evidence()) == CourseTaken("A")
