"""How many credits: the student's own limits before those of the class level, and those before the term's."""

from decimal import Decimal

import pytest

from domain.registration.outcomes import Outcome
from domain.scheduling.term import CreditLimits
from domain.shared.verdict import Parameter
from tests.support.asking import a_cart, swapping
from tests.support.clerk import Clerk, codes
from tests.support.domain_builders import a_term, adding, dropping
from tests.support.university import University

TERM, LEVEL, OWN = Decimal(3), Decimal(6), Decimal(9)


def limited(*, level: int | None, maximum: Decimal | None = None, minimum: Decimal | None = None) -> University:
    """A student in three courses of 3 credits, in a term of 3 to 3 credits, or 6 to 6 for class level 2."""
    university = University(
        a_term(
            credit_maximum=TERM,
            credit_minimum=TERM,
            credit_limits={2: CreditLimits(LEVEL, LEVEL), 3: CreditLimits()},
        )
    )
    for number in range(4):
        university.lecture(f"CS-{number}")
    university.student("S1", class_level=level, credit_maximum=maximum, credit_minimum=minimum)
    for number in range(3):
        university.seat("S1", f"CS-{number}", f"CS-{number}-A")
    return university


CASES: list[tuple[int | None, Decimal | None, Decimal]] = [
    (None, None, TERM),
    (1, None, TERM),
    (3, None, TERM),
    (2, None, LEVEL),
    (2, OWN, OWN),
    (None, OWN, OWN),
    (2, Decimal(0), Decimal(0)),
]


@pytest.mark.parametrize(("level", "own", "expected"), CASES)
def test_the_maximum_is_the_students_own_else_that_of_the_level_else_that_of_the_term(
    level: int | None, own: Decimal | None, expected: Decimal
) -> None:
    (rejection,) = Clerk(limited(level=level, maximum=own)).ask("S1", adding("CS-3")).rejections

    assert rejection.parameters == {"enrolled": Decimal(9), "requested": Decimal(3), "maximum": expected}


@pytest.mark.parametrize(
    ("level", "own", "drops"),
    [(None, None, 2), (3, None, 2), (2, None, 1), (2, OWN, 0), (None, OWN, 0), (2, Decimal(0), 3)],
)
def test_the_minimum_is_the_students_own_else_that_of_the_level_else_that_of_the_term(
    level: int | None, own: Decimal | None, drops: int
) -> None:
    clerk = Clerk(limited(level=level, minimum=own))

    outcomes = [clerk.ask("S1", dropping(f"S1/CS-{number}")).outcome for number in range(3)]

    assert outcomes == [Outcome.DROPPED] * drops + [Outcome.REJECTED] * (3 - drops)


def one_course(minimum: str, credits_: str = "3") -> University:
    university = University(a_term(credit_minimum=Decimal(minimum)))
    university.student("S1", credit_maximum=Decimal(6))
    university.course("CS-101", credits_=credits_)
    university.lecture("CS-101")
    university.lecture("CS-102")
    university.course("CS-103", credits_="1")
    university.lecture("CS-103")
    university.seat("S1", "CS-101", "CS-101-A", as_name="mine")
    return university


def test_a_drop_below_the_minimum_is_refused_with_what_would_remain() -> None:
    (rejection,) = Clerk(one_course("2.5")).ask("S1", dropping("mine")).rejections

    expected: dict[str, Parameter] = {"remaining": Decimal(0), "minimum": Decimal("2.5")}
    assert rejection.parameters == expected


def test_the_maximum_itself_may_be_reached_and_the_minimum_itself_be_kept() -> None:
    clerk = Clerk(one_course("3"))

    assert clerk.ask("S1", adding("CS-102")).outcome is Outcome.ENROLLED
    assert clerk.ask("S1", dropping("mine")).outcome is Outcome.DROPPED


def test_the_minimum_says_nothing_about_adds_that_do_not_reach_it() -> None:
    university = University(a_term(credit_minimum=Decimal(12)))
    university.lecture("CS-101")

    assert Clerk(university).ask("S1", adding("CS-101")).outcome is Outcome.ENROLLED


def test_whoever_is_below_the_minimum_may_still_drop_what_bears_no_credits() -> None:
    assert Clerk(one_course("12", credits_="0")).ask("S1", dropping("mine")).outcome is Outcome.DROPPED


def test_a_swap_is_judged_by_the_credits_after_it() -> None:
    clerk = Clerk(one_course("3"))

    assert codes(clerk.ask("S1", swapping("mine", adding("CS-103")))) == ["credit_minimum"]
    assert clerk.sections_of("S1") == ["CS-101-A"]
    assert clerk.ask("S1", swapping("mine", adding("CS-102"))).outcome is Outcome.SWAPPED


def test_a_best_effort_drop_is_judged_before_the_add_that_would_make_up_for_it() -> None:
    clerk = Clerk(one_course("3"))
    actions = dropping("mine"), adding("CS-102")

    assert [d.outcome for d in clerk.ask_atomically("S1", *actions)] == [Outcome.DROPPED, Outcome.ENROLLED]
    assert Clerk(one_course("3")).ask("S1", dropping("mine")).outcome is Outcome.REJECTED


def test_an_atomic_cart_is_judged_by_the_credits_after_all_of_it() -> None:
    clerk = Clerk(one_course("0"))

    decisions = clerk.ask_atomically("S1", adding("CS-102"), adding("CS-103"))

    assert [(d.outcome, codes(d)) for d in decisions] == [
        (Outcome.NOT_APPLIED, []),
        (Outcome.REJECTED, ["credit_maximum"]),
    ]
    assert clerk.ask_for(a_cart("S1", dropping("mine"), adding("CS-102"), adding("CS-103"))) == [
        Outcome.DROPPED,
        Outcome.ENROLLED,
        Outcome.ENROLLED,
    ]
