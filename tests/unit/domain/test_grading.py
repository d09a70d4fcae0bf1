"""Grading schemes: which grades there are, and which are better."""

import pytest

from tests.support.grading import LETTERS, NUMBERS


@pytest.mark.parametrize(
    ("grade", "known"), [("3.5", True), ("3.50", True), ("5", True), ("3.55", False), ("5.1", False), ("C", False)]
)
def test_a_number_is_a_grade_within_the_scale_and_its_decimals(grade: str, known: bool) -> None:
    assert NUMBERS.has(grade) is known


def test_a_minimum_may_be_finer_than_the_grades() -> None:
    assert NUMBERS.is_at_least("3.6", "3.55")
    assert not NUMBERS.is_at_least("3.5", "3.55")


def test_letters_are_ordered_as_listed_and_compared_with_no_others() -> None:
    best, worst = LETTERS.grades[0].symbol, LETTERS.grades[-1].symbol

    assert LETTERS.is_at_least(best, worst)
    assert not LETTERS.is_at_least(worst, best)
    assert not LETTERS.is_at_least(best, "3.0")
