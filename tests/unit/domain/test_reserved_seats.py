"""Reserved seats: who counts against which pool, when they are released, and what a refusal says of them."""

from datetime import datetime, timedelta

import pytest

from domain.registration.enrollment import Enrollment
from domain.registration.outcomes import Decision, Outcome
from domain.scheduling.section import ReservedSeats
from tests.support.asking import a_cohort, moving, reserved, revising, swapping
from tests.support.clerk import Clerk, codes
from tests.support.domain_builders import NOON, adding, dropping, section_id, student_id
from tests.support.university import University

RELEASE = NOON + timedelta(days=1)
LAW = a_cohort(programs=["LAW"])
SENIORS = a_cohort(levels=[4])


def with_pools(capacity: int, *pools: ReservedSeats) -> University:
    """CS-101 in one section with reserved seats; a senior of law, a lawyer, a senior of arts."""
    university = University()
    university.lecture("CS-101", capacity=capacity, reserved=pools)
    university.student("both", program="LAW", class_level=4)
    university.student("lawyer", program="LAW", class_level=1)
    university.student("senior", program="ARTS", class_level=4)
    return university


def enrollment(decision: Decision) -> Enrollment:
    assert decision.enrollment is not None
    return decision.enrollment


def pools_taken(clerk: Clerk, *students: str) -> list[str | None]:
    """The pools from which the students' adds are seated, one after the other."""
    made = [clerk.ask(student, adding("CS-101", as_name=f"{student} {n}")) for n, student in enumerate(students)]
    return [enrollment(decision).seats[0].pool for decision in made]


def test_whoever_belongs_to_a_cohort_takes_one_of_its_seats_and_others_take_the_rest() -> None:
    clerk = Clerk(with_pools(3, reserved("law", 1, LAW)))

    assert pools_taken(clerk, "lawyer", "senior", "stranger") == ["law", None, None]


def test_whoever_belongs_to_several_cohorts_takes_from_the_first_that_is_listed() -> None:
    assert pools_taken(Clerk(with_pools(4, reserved("law", 1, LAW), reserved("old", 1, SENIORS))), "both") == ["law"]
    assert pools_taken(Clerk(with_pools(4, reserved("old", 1, SENIORS), reserved("law", 1, LAW))), "both") == ["old"]


def test_when_the_first_pool_is_used_up_the_next_one_is_taken_and_then_what_is_open_to_all() -> None:
    clerk = Clerk(with_pools(3, reserved("law", 1, LAW), reserved("old", 1, SENIORS)))
    clerk.ask("lawyer", adding("CS-101", as_name="theirs"))

    assert pools_taken(clerk, "both", "senior") == ["old", None]


def test_the_free_seats_of_others_are_not_for_everybody_and_the_refusal_says_whose_they_are() -> None:
    clerk = Clerk(with_pools(3, reserved("law", 2, LAW), reserved("old", 1, SENIORS)))
    clerk.ask("lawyer", adding("CS-101", as_name="theirs"))

    (rejection,) = clerk.ask("stranger", adding("CS-101", "CS-101-A")).rejections

    assert rejection.code == "seats_reserved"
    assert rejection.parameters == {"section": "CS-101-A", "free": 2, "reserved": ("law", "old")}


def test_a_pool_that_is_used_up_is_not_named_in_the_refusal() -> None:
    clerk = Clerk(with_pools(2, reserved("law", 1, LAW), reserved("old", 1, SENIORS)))
    clerk.ask("lawyer", adding("CS-101", as_name="theirs"))

    (rejection,) = clerk.ask("stranger", adding("CS-101", "CS-101-A")).rejections

    assert rejection.parameters["reserved"] == ("old",)


def test_where_no_seat_is_left_at_all_the_section_is_full_for_everybody() -> None:
    university = with_pools(1, reserved("law", 1, LAW))
    university.seat("S1", "CS-101", "CS-101-A", pool="law")

    assert codes(Clerk(university).ask("stranger", adding("CS-101", "CS-101-A"))) == ["seats_full"]


def test_a_pool_promises_no_more_than_the_seats_that_there_are() -> None:
    clerk = Clerk(with_pools(2, reserved("law", 5, LAW)))

    assert pools_taken(clerk, "lawyer", "both") == ["law", "law"]
    assert codes(clerk.ask("third", adding("CS-101", "CS-101-A"))) == ["seats_full"]


@pytest.mark.parametrize(("moment", "expected"), [(RELEASE - timedelta(seconds=1), ["seats_reserved"]), (RELEASE, [])])
def test_reserved_seats_are_for_everybody_from_their_release_on(moment: datetime, expected: list[str]) -> None:
    clerk = Clerk(with_pools(1, reserved("law", 1, LAW, RELEASE)))

    assert codes(clerk.ask("stranger", adding("CS-101", "CS-101-A"), at=moment)) == expected


def test_after_the_release_nobody_counts_against_the_pool() -> None:
    clerk = Clerk(with_pools(1, reserved("law", 1, LAW, RELEASE)))

    decision = clerk.ask("lawyer", adding("CS-101"), at=RELEASE)

    assert enrollment(decision).seats[0].pool is None


def test_a_drop_gives_the_seat_back_to_its_pool() -> None:
    clerk = Clerk(with_pools(1, reserved("law", 1, LAW)))
    clerk.ask("lawyer", adding("CS-101", as_name="theirs"))

    clerk.ask("lawyer", dropping("theirs"))

    assert codes(clerk.ask("stranger", adding("CS-101", "CS-101-A"))) == ["seats_reserved"]
    assert pools_taken(clerk, "both") == ["law"]


def test_a_member_who_sits_on_an_open_seat_leaves_the_pool_to_the_others() -> None:
    clerk = Clerk(with_pools(3, reserved("law", 1, LAW)))

    assert pools_taken(clerk, "lawyer", "both") == ["law", None]
    clerk.ask("both", dropping("both 1"))
    assert pools_taken(clerk, "stranger") == [None]


def test_seats_are_reserved_in_each_component_by_itself() -> None:
    university = University()
    offering = university.offer("CS-101", {"1": ("LEC", "LAB")})
    university.section(offering, "LEC-1", capacity=1, reserved=[reserved("law", 1, LAW)])
    university.section(offering, "LAB-1", component="1/LAB", capacity=1)
    university.student("lawyer", program="LAW")
    clerk = Clerk(university)

    assert codes(clerk.ask("stranger", adding("CS-101", "LEC-1", "LAB-1"))) == ["seats_reserved"]
    seats = enrollment(clerk.ask("lawyer", adding("CS-101"))).seats
    assert [seat.pool for seat in seats] == ["law", None]


def test_placement_goes_where_seats_are_not_reserved_for_others() -> None:
    university = University()
    offering = university.offer("CS-101")
    university.section(offering, "A", reserved=[reserved("law", 30, LAW)])
    university.section(offering, "B")
    university.student("lawyer", program="LAW")
    clerk = Clerk(university)

    clerk.ask("stranger", adding("CS-101", as_name="stranger"))
    clerk.ask("lawyer", adding("CS-101", as_name="lawyer"))

    assert (clerk.sections_of("stranger"), clerk.sections_of("lawyer")) == (["B"], ["A"])


def test_single_students_can_have_seats_of_their_own() -> None:
    clerk = Clerk(with_pools(1, reserved("team", 1, a_cohort("S1"))))

    assert codes(clerk.ask("S2", adding("CS-101", "CS-101-A"))) == ["seats_reserved"]
    assert pools_taken(clerk, "S1") == ["team"]


def test_a_move_to_another_section_frees_one_pool_and_takes_from_the_other() -> None:
    university = University()
    offering = university.offer("CS-101")
    for code in ("A", "B"):
        university.section(offering, code, capacity=1, reserved=[reserved("law", 1, LAW)])
    university.student("lawyer", program="LAW")
    university.student("both", program="LAW")
    clerk = Clerk(university)
    clerk.ask("lawyer", adding("CS-101", "A", as_name="theirs"))

    assert clerk.ask("lawyer", moving("theirs", "B")).outcome is Outcome.CHANGED
    assert clerk.term.facts().pools == {section_id("B"): {"law": 1}}
    assert clerk.ask("both", adding("CS-101", "A")).outcome is Outcome.ENROLLED


def test_a_swap_within_an_offering_keeps_the_reserved_seat_in_the_section_that_stays() -> None:
    university = with_pools(1, reserved("law", 1, LAW))
    university.seat("lawyer", "CS-101", "CS-101-A", as_name="old", pool="law")
    clerk = Clerk(university)

    decision = clerk.ask("lawyer", swapping("old", adding("CS-101", "CS-101-A", as_name="new")))

    assert decision.outcome is Outcome.SWAPPED
    assert [(seat.seat_no, seat.pool) for seat in enrollment(decision).seats] == [(1, "law")]
    assert clerk.term.facts().pools == {section_id("CS-101-A"): {"law": 1}}


def test_a_revision_may_give_up_the_reservation() -> None:
    university = with_pools(1)
    section = university.lecture("CS-101", capacity=1, reserved=[reserved("law", 1, LAW)])
    clerk = Clerk(university)

    clerk.take(revising(section, reserved=()))

    assert clerk.ask("stranger", adding("CS-101", "CS-101-A")).outcome is Outcome.ENROLLED
    assert clerk.term.facts().students[student_id("stranger")].enrollments[0].seats[0].pool is None
