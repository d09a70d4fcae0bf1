"""An enrollment goes on through other sections, or with another grading basis; and cross-listings choose its course."""

from decimal import Decimal

import pytest

from domain.catalog.grading import GradingBasis
from domain.registration.enrollment import Enrollment
from domain.registration.events import EnrollmentChanged
from domain.registration.outcomes import Decision, Outcome
from domain.scheduling.calendar import Weekday
from domain.scheduling.section import SectionStatus
from tests.support.asking import adding_one_of, choice, graded_by, moving
from tests.support.clerk import Clerk, codes
from tests.support.domain_builders import (
    NOON,
    a_hold,
    a_meeting,
    adding,
    course_id,
    enrollment_id,
    section_id,
    student_id,
)
from tests.support.university import University


def two_families() -> University:
    """CS-101 with two lectures and their labs and a lab of no lecture's; S1 sits in the first family."""
    university = University()
    university.course("CS-101", grading_bases=frozenset({GradingBasis.GRADED, GradingBasis.AUDIT}))
    offering = university.offer("CS-101", {"1": ("LEC", "LAB"), "2": ("SEM",)})
    for number, day in (("1", Weekday.MONDAY), ("2", Weekday.TUESDAY)):
        university.section(offering, f"LEC-{number}", a_meeting(day), capacity=1)
        university.section(offering, f"LAB-{number}", component="1/LAB", parent=f"LEC-{number}", capacity=1)
    university.section(offering, "LAB-3", component="1/LAB", status=SectionStatus.CLOSED)
    university.section(offering, "SEM-1", component="2/SEM")
    university.lecture("CS-102", a_meeting(Weekday.TUESDAY, at="11:00", until="13:00"))
    university.seat("S1", "CS-101", "LEC-1", "LAB-1", as_name="mine")
    return university


def enrollment(decision: Decision) -> Enrollment:
    assert decision.enrollment is not None
    return decision.enrollment


def test_an_enrollment_goes_on_through_other_sections() -> None:
    clerk = Clerk(two_families())
    before = clerk.term.enrollments[enrollment_id("mine")]

    decision = clerk.ask("S1", moving("mine", "LEC-2", "LAB-2"))

    assert decision.outcome is Outcome.CHANGED
    assert clerk.sections_of("S1") == ["LAB-2", "LEC-2"]
    assert [clerk.free(section) for section in ("LEC-1", "LAB-1", "LEC-2", "LAB-2")] == [1, 1, 0, 0]
    assert (enrollment(decision).id, enrollment(decision).number) == (before.id, before.number)


def test_an_enrollment_may_change_to_another_configuration() -> None:
    clerk = Clerk(two_families())

    assert clerk.ask("S1", moving("mine", "SEM-1")).outcome is Outcome.CHANGED
    assert clerk.sections_of("S1") == ["SEM-1"]


def test_the_seat_in_a_section_that_stays_is_kept_though_the_section_is_full() -> None:
    clerk = Clerk(two_families())

    decision = clerk.ask("S1", moving("mine", "LEC-1", "LAB-1"))

    assert decision.outcome is Outcome.CHANGED
    assert {seat.seat_no for seat in enrollment(decision).seats} == {1}
    assert (clerk.free("LEC-1"), clerk.free("LAB-1")) == (0, 0)


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        (("LEC-2",), ["component_missing"]),
        (("LEC-2", "LAB-1"), ["parent_section_mismatch"]),
        (("LEC-1", "LAB-3"), ["section_not_open"]),
        (("LEC-1", "LAB-9"), ["unknown_section"]),
        (("LEC-1", "CS-102-A"), ["unknown_section"]),
    ],
)
def test_sections_are_changed_only_to_what_could_be_added(sections: tuple[str, ...], expected: list[str]) -> None:
    clerk = Clerk(two_families())

    assert codes(clerk.ask("S1", moving("mine", *sections))) == expected
    assert clerk.sections_of("S1") == ["LAB-1", "LEC-1"]


def test_a_change_to_full_sections_that_clash_is_refused_for_both_reasons() -> None:
    university = two_families()
    university.seat("S1", "CS-102", "CS-102-A")
    university.seat("S2", "CS-101", "LEC-2", "LAB-2")
    clerk = Clerk(university)

    assert codes(clerk.ask("S1", moving("mine", "LEC-2", "LAB-2"))) == ["time_conflict", "seats_full", "seats_full"]
    assert clerk.sections_of("S1") == ["CS-102-A", "LAB-1", "LEC-1"]


def test_the_grading_basis_is_changed_to_one_that_the_course_allows() -> None:
    clerk = Clerk(two_families())

    changed = clerk.ask("S1", graded_by("mine", GradingBasis.AUDIT))
    refused = clerk.ask("S1", graded_by("mine", GradingBasis.PASS_FAIL))

    assert (changed.outcome, enrollment(changed).grading_basis) == (Outcome.CHANGED, GradingBasis.AUDIT)
    assert codes(refused) == ["grading_basis_not_allowed"]
    assert clerk.term.enrollments[enrollment_id("mine")].grading_basis is GradingBasis.AUDIT


@pytest.mark.parametrize("action", [moving("mine", "SEM-1"), graded_by("mine", GradingBasis.AUDIT)])
def test_nobody_changes_the_enrollment_of_another_student_or_under_a_hold(action: object) -> None:
    university = two_families()
    university.hold(a_hold("S1"))
    clerk = Clerk(university)

    assert codes(clerk.ask("S2", action)) == ["not_enrolled"]  # type: ignore[arg-type]  # one of two kinds
    assert codes(clerk.ask("S1", action)) == ["hold"]  # type: ignore[arg-type]  # one of two kinds


def test_a_change_is_told_with_the_new_sections_and_basis() -> None:
    clerk = Clerk(two_families())

    decision = clerk.ask("S1", moving("mine", "SEM-1"))

    assert clerk.events == [
        EnrollmentChanged(
            decision.number,
            NOON,
            clerk.term.facts().term.id,
            student_id("S1"),
            enrollment_id("mine"),
            (section_id("SEM-1"),),
            "graded",
        )
    ]


# Grading basis of an add


def test_an_add_that_names_no_basis_takes_the_usual_one_of_its_course() -> None:
    university = University()
    university.course("CS-1", grading_bases=frozenset({GradingBasis.PASS_FAIL, GradingBasis.AUDIT}))
    university.course("CS-2", grading_bases=frozenset(GradingBasis))
    for course in ("CS-1", "CS-2"):
        university.lecture(course)
    clerk = Clerk(university)

    taken = [enrollment(clerk.ask("S1", adding(course))).grading_basis for course in ("CS-1", "CS-2")]

    assert taken == [GradingBasis.AUDIT, GradingBasis.GRADED]


def test_an_add_may_name_a_basis_that_the_course_allows() -> None:
    decision = Clerk(two_families()).ask("S2", adding("CS-101", "SEM-1", basis=GradingBasis.AUDIT))

    assert enrollment(decision).grading_basis is GradingBasis.AUDIT


# Cross-listings


def cross_listed() -> University:
    """One offering of CS-101 and of MATH-101, which bears more credits, with two seats."""
    university = University()
    university.course("MATH-101", credits_="5")
    university.lecture("CS-200")
    offering = university.offer("CS-101", cross_listed=["MATH-101"])
    university.section(offering, "A", capacity=2)
    return university


def test_a_cross_listed_offering_is_taken_as_the_course_that_is_named_else_as_its_main_one() -> None:
    clerk = Clerk(cross_listed())

    main = enrollment(clerk.ask("S1", adding("CS-101", as_name="main")))
    other = enrollment(clerk.ask("S2", adding("CS-101", "A", course="MATH-101", as_name="other")))

    assert (main.course_id, main.credits) == (course_id("CS-101"), Decimal(3))
    assert (other.course_id, other.credits) == (course_id("MATH-101"), Decimal(5))


def test_the_courses_of_a_cross_listed_offering_share_its_seats() -> None:
    clerk = Clerk(cross_listed())
    for name, course in (("S1", "CS-101"), ("S2", "MATH-101")):
        clerk.ask(name, adding("CS-101", course=course, as_name=name))

    assert codes(clerk.ask("S3", adding("CS-101", "A", course="MATH-101"))) == ["seats_full"]


def test_nobody_takes_a_cross_listed_offering_as_both_of_its_courses() -> None:
    clerk = Clerk(cross_listed())
    clerk.ask("S1", adding("CS-101", as_name="main"))

    assert codes(clerk.ask("S1", adding("CS-101", course="MATH-101", as_name="other"))) == ["already_enrolled"]


def test_whoever_takes_one_course_of_a_cross_listing_does_not_take_another_one_elsewhere() -> None:
    def sitting(offering: str, section: str) -> Clerk:
        university = cross_listed()
        university.section(university.offer("MATH-101"), "M")
        university.seat("S1", offering, section)
        return Clerk(university)

    assert codes(sitting("CS-101", "A").ask("S1", adding("MATH-101"))) == ["already_enrolled"]
    assert codes(sitting("MATH-101", "M").ask("S1", adding("CS-101"))) == ["already_enrolled"]


def test_a_course_that_is_not_one_of_the_offering_is_unknown_to_it() -> None:
    (rejection,) = Clerk(cross_listed()).ask("S1", adding("CS-101", course="CS-200")).rejections

    assert (rejection.code, rejection.parameters) == ("unknown_offering", {"offering": "code:CS-200"})


def test_the_rules_are_those_of_the_course_that_is_taken() -> None:
    university = cross_listed()
    university.course("MATH-101", repeatable=False)
    university.attempt("S1", "MATH-101")
    clerk = Clerk(university)

    as_math, as_cs = choice("CS-101", course="MATH-101"), choice("CS-101", course="CS-101")
    decision = clerk.ask("S1", adding_one_of(as_math, as_cs, as_name="mine"))

    assert enrollment(decision).course_id == course_id("CS-101")
