"""A student who names sections gets exactly those, if they are one for each component of one configuration."""

from dataclasses import replace

from domain.registration.codes import RejectionCode
from domain.registration.commands import Choice
from domain.registration.decide import decide
from domain.registration.outcomes import Decision, Outcome, RequestDecided
from domain.scheduling.calendar import Weekday
from domain.shared.reference import Reference
from tests.support.decided import enrolled_in
from tests.support.domain_builders import (
    LECTURE_AND_LAB,
    a_meeting,
    a_request,
    adding,
    by_code,
    section_id,
)
from tests.support.university import University


def two_ways() -> University:
    """A lecture with a lab (configuration 1), or a seminar alone (configuration 2)."""
    university = University()
    offering = university.offer("CS-101", {**LECTURE_AND_LAB, "2": ("SEM",)})
    for code, component in (("LEC-1", "1/LEC"), ("LEC-2", "1/LEC"), ("LAB-1", "1/LAB"), ("SEM-1", "2/SEM")):
        university.section(offering, code, component=component)
    university.lecture("CS-102")
    return university


def answer(university: University, *sections: str) -> Decision:
    (request,), _ = decide(university.facts(), [a_request("S1", adding("CS-101", *sections))])
    assert isinstance(request, RequestDecided)
    (decision,) = request.decisions
    return decision


def seats_of(decision: Decision) -> list[object]:
    assert decision.outcome is Outcome.ENROLLED
    assert decision.enrollment is not None
    return [seat.section_id for seat in decision.enrollment.seats]


def missing_and_surplus(decision: Decision) -> tuple[object, object]:
    (rejection,) = decision.rejections
    assert rejection.code == RejectionCode.COMPONENT_MISSING
    return rejection.parameters["missing"], rejection.parameters["surplus"]


def test_one_section_for_each_component_in_any_order_makes_an_enrollment() -> None:
    assert seats_of(answer(two_ways(), "LAB-1", "LEC-2")) == [section_id("LAB-1"), section_id("LEC-2")]


def test_another_configuration_does_as_well() -> None:
    assert seats_of(answer(two_ways(), "SEM-1")) == [section_id("SEM-1")]


def test_too_few_sections_are_told_what_is_missing() -> None:
    assert missing_and_surplus(answer(two_ways(), "LAB-1")) == (("LEC",), ())


def test_two_sections_of_a_component_are_one_too_many() -> None:
    assert missing_and_surplus(answer(two_ways(), "LEC-1", "LEC-2", "LAB-1")) == ((), ("LEC-2",))


def test_two_lectures_instead_of_a_lab_are_both_too_many_and_too_few() -> None:
    assert missing_and_surplus(answer(two_ways(), "LEC-1", "LEC-2")) == (("LAB",), ("LEC-2",))


def test_a_section_of_another_configuration_does_not_belong() -> None:
    assert missing_and_surplus(answer(two_ways(), "LEC-1", "LAB-1", "SEM-1")) == ((), ("SEM-1",))
    assert missing_and_surplus(answer(two_ways(), "SEM-1", "LEC-1", "LAB-1")) == ((), ("LEC-1", "LAB-1"))


def test_a_section_of_another_offering_is_unknown_to_this_one() -> None:
    (rejection,) = answer(two_ways(), "LEC-1", "CS-102-A").rejections

    assert rejection.code == RejectionCode.UNKNOWN_SECTION
    assert rejection.parameters == {"section": "code:CS-102-A"}


def test_each_unknown_section_is_told_and_the_known_ones_are_still_judged() -> None:
    university = University()
    university.lecture("CS-101", capacity=0)

    rejections = answer(university, "X-1", "CS-101-A", "X-2").rejections

    assert [(r.code, r.parameters["section"]) for r in rejections] == [
        (RejectionCode.UNKNOWN_SECTION, "code:X-1"),
        (RejectionCode.UNKNOWN_SECTION, "code:X-2"),
        (RejectionCode.SEATS_FULL, "CS-101-A"),
    ]


def test_a_section_named_twice_is_taken_once() -> None:
    university = two_ways()
    names = (by_code("SEM-1"), Reference.of(section_id("SEM-1")), by_code("SEM-1"))
    by_both_names = replace(adding("CS-101"), choices=(Choice(by_code("CS-101"), names),))

    (request,), effects = decide(university.facts(), [a_request("S1", by_both_names)])

    assert isinstance(request, RequestDecided)
    assert seats_of(request.decisions[0]) == [section_id("SEM-1")]
    assert effects.seating[section_id("SEM-1")].taken == 1


def test_a_child_with_its_parent_and_its_grandparent_is_a_whole_family() -> None:
    university = University()
    offering = university.offer("CS-101", {"1": ("LEC", "REC", "LAB")})
    university.section(offering, "LEC-1")
    university.section(offering, "REC-1", component="1/REC", parent="LEC-1")
    university.section(offering, "LAB-1", component="1/LAB", parent="REC-1")

    assert len(seats_of(answer(university, "LAB-1", "REC-1", "LEC-1"))) == 3


def test_every_section_without_its_parent_is_told() -> None:
    university = University()
    offering = university.offer("CS-101", {"1": ("LEC", "REC", "LAB")})
    for number in ("1", "2"):
        university.section(offering, f"LEC-{number}")
        university.section(offering, f"REC-{number}", component="1/REC", parent=f"LEC-{number}")
    university.section(offering, "LAB-1", component="1/LAB", parent="REC-1")

    rejections = answer(university, "LEC-1", "REC-2", "LAB-1").rejections

    assert [(r.code, r.parameters["section"], r.parameters["parent"]) for r in rejections] == [
        (RejectionCode.PARENT_SECTION_MISMATCH, "REC-2", "LEC-2"),
        (RejectionCode.PARENT_SECTION_MISMATCH, "LAB-1", "REC-1"),
    ]


def test_two_named_sections_that_clash_with_each_other_are_refused() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    friday = a_meeting(Weekday.FRIDAY)
    university.section(offering, "LEC-1", friday)
    university.section(offering, "LAB-1", friday, component="1/LAB")

    (rejection,) = answer(university, "LEC-1", "LAB-1").rejections

    assert rejection.code == RejectionCode.TIME_CONFLICT
    assert rejection.parameters == {
        "section": "LAB-1",
        "other_section": "LEC-1",
        "meeting": "Fri 10:00-12:00",
    }


def test_a_full_lab_takes_no_seat_of_its_lecture() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1", capacity=1)
    university.section(offering, "LAB-1", component="1/LAB", capacity=0)

    answers, effects = decide(university.facts(), [a_request("S1", adding("CS-101", "LEC-1", "LAB-1"))])

    assert isinstance(answers[0], RequestDecided)
    assert answers[0].decisions[0].outcome is Outcome.REJECTED
    assert not effects.seating


def test_unlimited_sections_take_everybody_without_a_seat_number() -> None:
    university = University()
    university.lecture("CS-101", capacity=None)
    students = [f"S{n}" for n in range(50)]

    answers, effects = decide(
        university.facts(), [a_request(name, adding("CS-101", as_name=f"{name}/CS-101")) for name in students]
    )

    assert len(answers) == len(enrolled_in(effects)) == 50
    assert {seat.seat_no for enrollment in enrolled_in(effects) for seat in enrollment.seats} == {None}
    assert not effects.seating
