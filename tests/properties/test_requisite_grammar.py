"""Requisites are read as they are written, and whatever is no requisite is refused at the right place."""

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from domain.catalog.requisite import AllOf, AnyOf, AtLeast, CourseTaken, Requisite
from domain.catalog.requisite_grammar import (
    LENGTH_MAXIMUM,
    NESTING_MAXIMUM,
    RequisiteSyntaxError,
    parse_requisite,
    print_requisite,
)
from tests.properties.requisite_strategy import KEYWORDS, requisites

_PIECES = ("(", ")", ",", ":", ">=", " ", '"', "\\", "-", "2", "70", "3.5", "CS-101", "C", "instructor", *KEYWORDS)


@settings(max_examples=500, deadline=None)
@given(requisites)
@example(AllOf((AllOf((CourseTaken("A"), CourseTaken("B"))), CourseTaken("C"))))
@example(AnyOf((CourseTaken("A"), AnyOf((CourseTaken("level"), CourseTaken("2", '"'))))))
@example(AtLeast(1, (AtLeast(1, (CourseTaken("of"),)),)))
def test_what_is_printed_is_read_as_the_same_tree(requisite: Requisite) -> None:
    printed = print_requisite(requisite)
    assume(len(printed) <= LENGTH_MAXIMUM)
    assert parse_requisite(printed) == requisite


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=25).map(" ".join) | st.text(max_size=60))
@example("a and b or c")
@example("a>=b")
@example("((((a))))")
@example("placement:MATH >= -0.00")
@example("placement:MATH >= 00700.50")
def test_any_text_is_refused_within_it_or_read_as_a_requisite_that_prints_the_same_again(text: str) -> None:
    requisite: Requisite | None = None
    stopped_at = 1
    try:
        requisite = parse_requisite(text)
    except RequisiteSyntaxError as error:
        stopped_at = error.position
    assert 1 <= stopped_at <= len(text) + 1
    if requisite is None:
        return
    printed = print_requisite(requisite)
    assert parse_requisite(printed) == requisite
    assert print_requisite(parse_requisite(printed)) == printed


@settings(max_examples=300, deadline=None)
@given(requisites, st.sampled_from(KEYWORDS))
def test_keywords_are_read_in_any_case(requisite: Requisite, keyword: str) -> None:
    printed = print_requisite(requisite)
    assume(len(printed) <= LENGTH_MAXIMUM and '"' not in printed)
    words = (word.upper() if word == keyword.lower() else word for word in printed.split(" "))
    assert parse_requisite(" ".join(words)) == requisite


@pytest.mark.parametrize(
    "text",
    ["(" * NESTING_MAXIMUM + "a" + ")" * NESTING_MAXIMUM, "1 of (" * (NESTING_MAXIMUM - 1) + "a" + ")" * 31],
    ids=["groups", "choices"],
)
def test_the_deepest_groups_are_read(text: str) -> None:
    parse_requisite(print_requisite(parse_requisite(text)))


@pytest.mark.parametrize(
    "text",
    ["(" * 2000, "1 of (" * 600, "a or b and (" * 300, "(" * 33 + "a" + ")" * 33, "a" + " and a" * 1000, "a" * 5000],
)
def test_hostile_texts_are_refused_without_exhausting_the_stack(text: str) -> None:
    with pytest.raises(RequisiteSyntaxError):
        parse_requisite(text)


def test_groups_that_only_the_canonical_form_has_count_too() -> None:
    depth = NESTING_MAXIMUM // 2 + 1
    with pytest.raises(RequisiteSyntaxError, match="nested at most 32 deep"):
        parse_requisite("a or b and (" * depth + "a" + ")" * depth)


def test_a_text_whose_canonical_form_is_too_long_is_refused() -> None:
    text = "a>=b" + " or a>=b" * 490
    assert len(text) < LENGTH_MAXIMUM
    with pytest.raises(RequisiteSyntaxError, match="canonical form"):
        parse_requisite(text)
