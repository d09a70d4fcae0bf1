"""What a course asks for beside it: taken before, already, or in the same cart, and kept while the course is."""

from domain.catalog.requisite import AnyOf, CourseTaken, Requisite
from domain.registration.codes import RejectionCode
from domain.registration.commands import Action
from domain.registration.outcomes import Outcome
from tests.support.asking import a_permission, swapping
from tests.support.clerk import Clerk, codes
from tests.support.decided import decisions
from tests.support.domain_builders import a_hold, a_request, adding, dropping
from tests.support.university import University

ENROLLED, REJECTED, DROPPED = Outcome.ENROLLED, Outcome.REJECTED, Outcome.DROPPED


def catalog(**corequisites: str | Requisite | None) -> University:
    """Courses LEC, LAB, REC …, each with what it asks for beside it."""
    university = University()
    for course, beside in corequisites.items():
        requisite = CourseTaken(beside) if isinstance(beside, str) else beside
        university.course(course, corequisite=requisite)
        university.lecture(course)
    return university


def asked(university: University, *actions: Action) -> list[Outcome]:
    return Clerk(university).ask_for(a_request("S1", *actions))


def test_a_corequisite_is_met_by_an_earlier_term_or_by_an_enrollment() -> None:
    before, beside = catalog(LEC=None, LAB="LEC"), catalog(LEC=None, LAB="LEC")
    before.attempt("S1", "LEC")
    beside.seat("S1", "LEC", "LEC-A")

    assert asked(before, adding("LAB")) == [ENROLLED]
    assert asked(beside, adding("LAB")) == [ENROLLED]


def test_in_best_effort_a_corequisite_is_met_by_an_action_listed_before_not_after() -> None:
    assert asked(catalog(LEC=None, LAB="LEC"), adding("LEC"), adding("LAB")) == [ENROLLED, ENROLLED]
    assert asked(catalog(LEC=None, LAB="LEC"), adding("LAB"), adding("LEC")) == [REJECTED, ENROLLED]


def test_an_atomic_cart_meets_a_corequisite_in_whatever_order() -> None:
    clerk = Clerk(catalog(LEC=None, LAB="LEC"))

    assert [d.outcome for d in clerk.ask_atomically("S1", adding("LAB"), adding("LEC"))] == [ENROLLED, ENROLLED]


def test_mutual_corequisites_are_one_unit_in_best_effort() -> None:
    clerk = Clerk(catalog(LEC="LAB", OTHER=None, LAB="LEC"))

    assert clerk.ask_for(a_request("S1", adding("LAB"), adding("OTHER"), adding("LEC"))) == [ENROLLED] * 3


def test_when_one_of_two_mutual_corequisites_is_refused_the_other_one_is_refused_for_want_of_it() -> None:
    university = catalog(LEC="LAB", LAB="LEC", OTHER=None)
    university.fill("LAB", "LAB-A")
    clerk = Clerk(university)

    answer = clerk.take(a_request("S1", adding("LEC", "LEC-A"), adding("LAB", "LAB-A"), adding("OTHER")))

    assert [codes(decision) for decision in decisions(answer)] == [["corequisite"], ["seats_full"], []]
    assert clerk.sections_of("S1") == ["OTHER-A"]


def test_a_ring_of_three_corequisites_is_one_unit() -> None:
    university = catalog(LEC="LAB", LAB="REC", REC="LEC")

    assert asked(university, adding("LEC"), adding("LAB"), adding("REC")) == [ENROLLED] * 3


def test_a_mutual_corequisite_alone_is_refused() -> None:
    assert codes(Clerk(catalog(LEC="LAB", LAB="LEC")).ask("S1", adding("LEC"))) == ["corequisite"]


def test_of_two_courses_either_of_which_will_do_the_one_in_the_cart_is_the_partner() -> None:
    either = AnyOf((CourseTaken("LAB"), CourseTaken("REC")))

    assert asked(catalog(LEC=either, LAB="LEC", REC="LEC"), adding("LEC"), adding("REC")) == [ENROLLED, ENROLLED]


def test_what_a_remaining_course_needs_beside_it_cannot_be_dropped() -> None:
    university = catalog(LEC=None, LAB="LEC")
    for course in ("LEC", "LAB"):
        university.seat("S1", course, f"{course}-A", as_name=course)
    clerk = Clerk(university)

    (rejection,) = clerk.ask("S1", dropping("LEC")).rejections

    assert rejection.code == RejectionCode.COREQUISITE
    assert (rejection.parameters["course"], rejection.parameters["sentence"]) == ("LAB", "LEC")
    assert clerk.ask_for(a_request("S1", dropping("LAB"), dropping("LEC"))) == [DROPPED, DROPPED]


def test_mutual_corequisites_are_dropped_together_in_an_atomic_cart() -> None:
    university = catalog(LEC="LAB", LAB="LEC")
    for course in ("LEC", "LAB"):
        university.seat("S1", course, f"{course}-A", as_name=course)
    clerk = Clerk(university)

    assert clerk.ask_for(a_request("S1", dropping("LEC"), dropping("LAB"))) == [REJECTED, REJECTED]
    assert [d.outcome for d in clerk.ask_atomically("S1", dropping("LEC"), dropping("LAB"))] == [DROPPED, DROPPED]


def test_a_corequisite_that_was_waived_does_not_stand_in_the_way_of_drops() -> None:
    university = catalog(LEC=None, LAB="LEC", OTHER=None)
    university.seat("S1", "LAB", "LAB-A")
    university.seat("S1", "OTHER", "OTHER-A", as_name="other")

    assert asked(university, dropping("other")) == [DROPPED]


def test_a_permission_lets_what_is_needed_be_dropped() -> None:
    university = catalog(LEC=None, LAB="LEC")
    for course in ("LEC", "LAB"):
        university.seat("S1", course, f"{course}-A", as_name=course)
    university.permit(a_permission("S1", "LEC", RejectionCode.COREQUISITE))

    assert asked(university, dropping("LEC")) == [DROPPED]


def test_what_a_remaining_course_needs_can_be_swapped_only_for_what_will_do_as_well() -> None:
    def sitting() -> Clerk:
        university = catalog(LEC=None, HONORS=None, OTHER=None, LAB=AnyOf((CourseTaken("LEC"), CourseTaken("HONORS"))))
        for course in ("LEC", "LAB"):
            university.seat("S1", course, f"{course}-A", as_name=course)
        return Clerk(university)

    assert codes(sitting().ask("S1", swapping("LEC", adding("OTHER", as_name="new")))) == ["corequisite"]
    assert sitting().ask("S1", swapping("LEC", adding("HONORS", as_name="new"))).outcome is Outcome.SWAPPED


def test_a_hold_refuses_both_of_two_mutual_corequisites() -> None:
    university = catalog(LEC="LAB", LAB="LEC")
    university.hold(a_hold("S1"))

    assert asked(university, adding("LEC"), adding("LAB")) == [REJECTED, REJECTED]
