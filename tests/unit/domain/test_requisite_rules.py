"""What a student must have done before, and must not have: prerequisites, exclusions, repeats, restrictions."""

from decimal import Decimal
from typing import Any

import pytest

from domain.catalog.requisite import (
    AllOf,
    AnyOf,
    ClassLevelAtLeast,
    ConsentBy,
    ConsentOf,
    CourseTaken,
    InDepartment,
    InProgram,
    PlacementScore,
    Requisite,
)
from domain.people.student import TestScore as Score
from domain.registration.codes import RejectionCode
from domain.registration.outcomes import Outcome
from tests.support.asking import a_permission, swapping
from tests.support.clerk import Clerk, codes
from tests.support.domain_builders import a_term, adding, program_id
from tests.support.grading import LETTERS
from tests.support.university import University


def asking(prerequisite: Requisite, *, in_progress_counts: bool = True) -> University:
    university = University(a_term(in_progress_counts=in_progress_counts))
    university.course("CS-201", prerequisite=prerequisite)
    university.lecture("CS-201")
    return university


def adds(university: University) -> list[str]:
    return codes(Clerk(university).ask("S1", adding("CS-201")))


def test_a_prerequisite_is_met_by_a_course_passed_in_an_earlier_term() -> None:
    university = asking(CourseTaken("CS-101"))
    university.attempt("S1", "CS-101")

    assert adds(university) == []


def test_a_prerequisite_is_not_met_by_what_was_failed_or_by_what_another_student_passed() -> None:
    university = asking(CourseTaken("CS-101"))
    university.attempt("S1", "CS-101", passed=False)
    university.attempt("S2", "CS-101")

    assert adds(university) == ["prerequisite"]


def test_a_prerequisite_is_not_met_by_a_course_of_the_same_term() -> None:
    university = asking(CourseTaken("CS-101"))
    university.lecture("CS-101")
    university.seat("S1", "CS-101", "CS-101-A")
    university.attempt("S1", "CS-101", "2027-1", in_progress=True)

    assert adds(university) == ["prerequisite"]


@pytest.mark.parametrize(("counts", "expected"), [(True, []), (False, ["prerequisite"])])
def test_what_is_in_progress_elsewhere_counts_where_the_term_says_so(counts: bool, expected: list[str]) -> None:
    university = asking(CourseTaken("CS-101"), in_progress_counts=counts)
    university.attempt("S1", "CS-101", "2026-2", in_progress=True)

    assert adds(university) == expected


@pytest.mark.parametrize(("grade", "expected"), [("B", []), ("C", ["prerequisite"])])
def test_a_prerequisite_may_ask_for_a_grade(grade: str, expected: list[str]) -> None:
    university = asking(CourseTaken("CS-101", "B"))
    university.attempt("S1", "CS-101", grade=grade, scheme=LETTERS)

    assert adds(university) == expected


@pytest.mark.parametrize(
    ("requisite", "is_met"),
    [
        (InProgram("ARTS"), True),
        (InProgram("LAW"), False),
        (InDepartment("HUM"), True),
        (InDepartment("SCI"), False),
        (ClassLevelAtLeast(2), True),
        (ClassLevelAtLeast(3), False),
        (PlacementScore("MATH", Decimal(70)), True),
        (PlacementScore("MATH", Decimal(71)), False),
        (ConsentOf(ConsentBy.INSTRUCTOR), False),
    ],
)
def test_a_prerequisite_looks_at_the_students_record(requisite: Requisite, is_met: bool) -> None:
    university = asking(requisite)
    university.student("S1", program="ARTS", department="HUM", class_level=2, test_scores=(Score("MATH", Decimal(70)),))

    assert adds(university) == ([] if is_met else ["prerequisite"])


def test_a_consent_within_a_prerequisite_is_given_as_a_permission() -> None:
    university = asking(AnyOf((CourseTaken("CS-101"), ConsentOf(ConsentBy.DEPARTMENT))))
    university.permit(a_permission("S1", "CS-201", RejectionCode.CONSENT_REQUIRED))

    assert adds(university) == []


def test_the_rejection_says_what_is_still_unmet_and_no_more() -> None:
    university = asking(AllOf((CourseTaken("CS-101"), CourseTaken("CS-102", "C"), CourseTaken("CS-103"))))
    university.attempt("S1", "CS-101")

    (rejection,) = Clerk(university).ask("S1", adding("CS-201")).rejections

    assert rejection.parameters["sentence"] == "CS-102 with C or better and CS-103"
    assert rejection.parameters["expression"] == "CS-101 and CS-102 >= C and CS-103"


# Exclusions


def excluding(*, taken: str | None) -> University:
    """CS-201 is not for whoever has CS-101; CS-101 excludes nothing."""
    university = University()
    university.course("CS-201", exclusion=CourseTaken("CS-101"))
    for course in ("CS-101", "CS-201", "CS-301"):
        university.lecture(course)
    if taken is not None:
        university.seat("S1", taken, f"{taken}-A", as_name="mine")
    return university


def test_an_exclusion_keeps_out_who_has_passed_the_other_course() -> None:
    university = excluding(taken=None)
    university.attempt("S1", "CS-101")

    assert adds(university) == ["exclusion"]


def test_an_exclusion_keeps_out_who_is_enrolled_in_the_other_course() -> None:
    assert adds(excluding(taken="CS-101")) == ["exclusion"]


def test_an_exclusion_counts_the_other_way_round_too() -> None:
    (rejection,) = Clerk(excluding(taken="CS-201")).ask("S1", adding("CS-101")).rejections

    assert rejection.code == RejectionCode.EXCLUSION
    assert rejection.parameters == {"course": "CS-201", "sentence": "CS-101", "expression": "CS-101"}


def test_an_exclusion_that_is_met_already_does_not_stand_against_other_courses() -> None:
    university = excluding(taken="CS-201")
    university.attempt("S1", "CS-101")

    assert Clerk(university).ask("S1", adding("CS-301")).outcome is Outcome.ENROLLED


def test_an_excluded_course_can_be_swapped_for_the_one_that_excludes_it() -> None:
    assert Clerk(excluding(taken="CS-101")).ask("S1", swapping("mine", adding("CS-201"))).outcome is Outcome.SWAPPED


def test_of_two_courses_that_exclude_each_other_the_second_of_an_atomic_cart_is_refused() -> None:
    clerk = Clerk(excluding(taken=None))

    decisions = clerk.ask_atomically("S1", adding("CS-101"), adding("CS-201"))

    assert [codes(decision) for decision in decisions] == [[], ["exclusion"]]
    assert clerk.sections_of("S1") == []


# Repeats


def repeating(**rules: Any) -> University:
    university = University()
    university.course("CS-201", **rules)
    university.lecture("CS-201")
    return university


def test_what_was_passed_may_be_taken_again_where_the_catalog_lets_it_be_repeated() -> None:
    university = repeating(repeatable=True)
    university.attempt("S1", "CS-201")

    assert adds(university) == []


def test_what_was_failed_may_be_taken_again_even_where_what_was_passed_may_not() -> None:
    university = repeating(repeatable=False)
    university.attempt("S1", "CS-201", passed=False)

    assert adds(university) == []


def test_transferred_credit_bars_from_repeating_but_is_no_try() -> None:
    limited, once = repeating(attempts_maximum=1), repeating(repeatable=False)
    for university in (limited, once):
        university.attempt("S1", "CS-201", transfer=True)

    assert (adds(limited), adds(once)) == ([], ["course_already_passed"])


def test_every_try_counts_whether_passed_failed_or_in_progress() -> None:
    university = repeating(attempts_maximum=4)
    university.attempt("S1", "CS-201", "2025-1", passed=False)
    university.attempt("S1", "CS-201", "2025-2")
    university.attempt("S1", "CS-201", "2026-1", in_progress=True)

    assert adds(university) == []
    university.attempt("S1", "CS-201", "2026-2", passed=False)
    assert adds(university) == ["repeat_limit"]


# Restrictions


def test_an_offering_for_class_levels_takes_nobody_without_one() -> None:
    university = University()
    university.section(university.offer("CS-201", class_levels=frozenset({2})), "A")

    assert adds(university) == ["class_level"]
    university.student("S1", class_level=2)
    assert adds(university) == []


def test_an_offering_for_programs_takes_nobody_without_one() -> None:
    university = University()
    university.section(university.offer("CS-201", program_ids=frozenset({program_id("LAW"), program_id("ART")})), "A")

    assert adds(university) == ["program_restricted"]
    university.student("S1", program="ART")
    assert adds(university) == []


def test_every_rule_about_the_student_is_told_in_the_order_of_the_rules() -> None:
    university = University(a_term(credit_maximum=Decimal(1)))
    university.course(
        "CS-201",
        prerequisite=CourseTaken("CS-101"),
        corequisite=CourseTaken("CS-102"),
        exclusion=CourseTaken("CS-103"),
        attempts_maximum=1,
        repeatable=False,
    )
    restrictions: dict[str, Any] = {"class_levels": frozenset({9}), "program_ids": frozenset({program_id("LAW")})}
    university.section(university.offer("CS-201", consent=ConsentBy.DEPARTMENT, **restrictions), "A")
    university.attempt("S1", "CS-103")
    university.attempt("S1", "CS-201")

    assert adds(university) == [
        "course_already_passed",
        "repeat_limit",
        "credit_maximum",
        "prerequisite",
        "corequisite",
        "exclusion",
        "class_level",
        "program_restricted",
        "consent_required",
    ]
