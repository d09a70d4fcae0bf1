"""What the text of a requisite means, and what a writer is told about a wrong one."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

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
from domain.catalog.requisite_grammar import RequisiteSyntaxError, parse_requisite, print_requisite

DOCUMENTED = (Path(__file__).parents[3] / "docs" / "requisites.md").read_text(encoding="utf-8")
A, B, C = CourseTaken("A"), CourseTaken("B"), CourseTaken("C")


@pytest.mark.parametrize(
    ("text", "requisite"),
    [
        (
            "(MATH-101 >= C and PHYS-100) or placement:MATH >= 70 or program:ING-SIS",
            AnyOf(
                (
                    AllOf((CourseTaken("MATH-101", "C"), CourseTaken("PHYS-100"))),
                    PlacementScore("MATH", Decimal(70)),
                    InProgram("ING-SIS"),
                )
            ),
        ),
        ("2 of (A, B, C)", AtLeast(2, (A, B, C))),
        ("level >= 3", ClassLevelAtLeast(3)),
        ("department:MATH", InDepartment("MATH")),
        ("consent:instructor and consent:department", AllOf(tuple(map(ConsentOf, ConsentBy)))),
        ('"level" >= "not bad"', CourseTaken("level", "not bad")),
        ("101 >= 3.5", CourseTaken("101", "3.5")),
        ("(A and B) and C", AllOf((AllOf((A, B)), C))),
        ("1 of (A and B, C)", AtLeast(1, (AllOf((A, B)), C))),
    ],
)
def test_a_canonical_text_and_its_tree(text: str, requisite: Requisite) -> None:
    assert parse_requisite(text) == requisite
    assert print_requisite(requisite) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("A and B or C", "(A and B) or C"),
        ("A or B AND C", "A or (B and C)"),
        ("((A))>=C", None),
        ("((A)) Or\n\tB", "A or B"),
        ('"A">="B"', "A >= B"),
        ("Level>=003", "level >= 3"),
        ("PLACEMENT : MATH >= 70.50", "placement:MATH >= 70.5"),
        ("2 OF(A,B)", "2 of (A, B)"),
        ("Consent:INSTRUCTOR", "consent:instructor"),
    ],
)
def test_a_text_is_printed_canonically(text: str, canonical: str | None) -> None:
    if canonical is None:
        with pytest.raises(RequisiteSyntaxError):
            parse_requisite(text)
    else:
        assert print_requisite(parse_requisite(text)) == canonical


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 1, "a condition"),
        ("A and", 6, "a condition"),
        ("A and or B", 7, "a condition"),
        ("A B", 3, '"and", "or" or the end'),
        ("(A or B", 8, '"and", "or" or ")"'),
        ("A)", 2, '"and", "or" or the end'),
        ("A >= ", 6, "a grade"),
        ("A >= and", 6, "a grade"),
        ('A >= " "', 6, "a grade"),
        ("A > C", 3, '"and", "or" or the end'),
        ("level 3", 7, '">="'),
        ("level >= three", 10, "a whole number"),
        ("level >= 3.5", 10, "a whole number"),
        ("program ING", 9, '":"'),
        ("program:", 9, "a program code"),
        ("department:or", 12, "a department code"),
        ("placement:MATH >= high", 19, "a number"),
        ("placement:MATH", 15, '">="'),
        ("consent:dean", 9, '"instructor" or "department"'),
        ("2 of A", 6, '"("'),
        ("2 of (A B)", 9, '"and", "or", "," or ")"'),
        ("3 of (A, B)", 1, "a number from 1 to 2, as many as are listed,"),
        ("0 of (A)", 1, "a number from 1 to 1, as many as are listed,"),
        ("A of (B)", 1, 'a whole number before "of"'),
        ('A or "B C"', 6, "a course code"),
        ("A or ?", 6, "a condition"),
        ('A or "B', 6, r'a quoted text ("…", within it \" and \\)'),
        ('A >= "\x00"', 6, "a quoted text of printable characters"),
    ],
)
def test_an_error_says_where_and_what_was_expected(text: str, position: int, expected: str) -> None:
    with pytest.raises(RequisiteSyntaxError) as caught:
        parse_requisite(text)
    assert (caught.value.position, caught.value.expected) == (position, expected)


def test_the_message_shows_what_was_found_instead() -> None:
    with pytest.raises(RequisiteSyntaxError) as caught:
        parse_requisite("MATH-101 >= )")
    assert caught.value.reason == 'expected a grade at character 13, found ")"'
    assert caught.value.field == "requisite"


@pytest.mark.parametrize("text", re.findall(r"^\| `(.+?)` \|", DOCUMENTED.partition("## Grammar")[0], re.MULTILINE)[3:])
def test_the_conditions_in_the_documentation_are_canonical(text: str) -> None:
    assert print_requisite(parse_requisite(text)) == text


@pytest.mark.parametrize(("text", "error"), re.findall(r"^\| `(.+)` \| (expected .+) \|$", DOCUMENTED, re.MULTILINE))
def test_the_errors_in_the_documentation_are_those_that_writers_get(text: str, error: str) -> None:
    with pytest.raises(RequisiteSyntaxError) as caught:
        parse_requisite(text)
    assert caught.value.reason == error
