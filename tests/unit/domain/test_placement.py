"""A student who names only the offering gets the first combination that is open and fits."""

import pytest

from domain.registration import placement
from domain.registration.codes import RejectionCode
from domain.registration.decide import decide
from domain.registration.outcomes import Outcome, RequestDecided
from domain.registration.placement import Placed, place
from domain.scheduling.calendar import Weekday
from domain.scheduling.section import Section, SectionStatus
from domain.shared.identifiers import OfferingId
from domain.shared.verdict import Rejection
from tests.support.decided import enrolled_in
from tests.support.domain_builders import LECTURE_AND_LAB, a_meeting, a_request, adding, identifier
from tests.support.university import University


def placed(university: University, *schedule: Section, offering: str = "CS-101") -> list[str] | Rejection:
    facts = university.facts()
    found = place(
        facts.offerings[OfferingId(identifier("offering", offering))],
        schedule,
        facts.term.calendar,
        lambda section: () if section.status is SectionStatus.OPEN else (Rejection("closed", {}),),
    )
    return [section.code for section in found.sections] if isinstance(found, Placed) else found


def test_sections_are_tried_by_code_whatever_the_order_in_which_they_were_opened() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    for number in ("3", "1", "2"):
        university.section(offering, f"LEC-{number}")
        university.section(offering, f"LAB-{number}", component="1/LAB")

    assert placed(university) == ["LEC-1", "LAB-1"]


def test_configurations_are_tried_as_listed() -> None:
    university = University()
    offering = university.offer("CS-101", {"Z": ("SEM",), "A": ("LEC",)})
    university.section(offering, "A-1", component="A/LEC")
    seminar = university.section(offering, "Z-1", component="Z/SEM")

    assert placed(university) == ["Z-1"]
    university.section(offering, seminar.code, component="Z/SEM", status=SectionStatus.CLOSED)
    assert placed(university) == ["A-1"]


def test_a_section_that_clashes_with_the_schedule_is_passed_over() -> None:
    university = University()
    taken = university.lecture("CS-200", a_meeting(Weekday.MONDAY))
    offering = university.offer("CS-101")
    university.section(offering, "LEC-1", a_meeting(Weekday.MONDAY))
    university.section(offering, "LEC-2", a_meeting(Weekday.TUESDAY))

    assert placed(university, taken) == ["LEC-2"]


def test_sections_that_clash_with_each_other_are_not_combined() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1", a_meeting(Weekday.MONDAY))
    university.section(offering, "LEC-2", a_meeting(Weekday.TUESDAY))
    university.section(offering, "LAB-1", a_meeting(Weekday.MONDAY), component="1/LAB")

    assert placed(university) == ["LEC-2", "LAB-1"]


def test_children_are_placed_with_their_parents_only() -> None:
    university = University()
    offering = university.offer("CS-101", {"1": ("LAB", "LEC")})
    university.section(offering, "LAB-1", component="1/LAB", parent="LEC-2")
    university.section(offering, "LEC-1")
    university.section(offering, "LEC-2")

    assert placed(university) == ["LAB-1", "LEC-2"]


def test_a_child_whose_parent_is_closed_is_passed_over() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1", status=SectionStatus.CLOSED)
    university.section(offering, "LEC-2")
    university.section(offering, "LAB-1", component="1/LAB", parent="LEC-1")
    university.section(offering, "LAB-2", component="1/LAB", parent="LEC-2")

    assert placed(university) == ["LEC-2", "LAB-2"]


def test_a_component_without_sections_cannot_be_taken() -> None:
    university = University()
    university.section(university.offer("CS-101", LECTURE_AND_LAB), "LEC-1")

    found = placed(university)

    assert isinstance(found, Rejection)
    assert found.code == RejectionCode.NO_OPEN_COMBINATION


def test_the_refusal_says_what_stands_against_each_section() -> None:
    university = University()
    taken = university.lecture("CS-200", a_meeting(Weekday.MONDAY))
    offering = university.offer("CS-101")
    university.section(offering, "LEC-1", a_meeting(Weekday.MONDAY), status=SectionStatus.CLOSED)

    found = placed(university, taken)

    assert isinstance(found, Rejection)
    assert found.parameters["blocked"] == (
        {
            "configuration": "1",
            "component": "LEC",
            "section": "LEC-1",
            "reasons": (
                {"code": "closed"},
                {
                    "code": "time_conflict",
                    "section": "LEC-1",
                    "other_section": "CS-200-A",
                    "meeting": "Mon 10:00-12:00",
                },
            ),
        },
    )


def test_the_refusal_names_the_sections_that_exclude_each_other() -> None:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1", a_meeting())
    university.section(offering, "LAB-1", a_meeting(), component="1/LAB")

    found = placed(university)

    assert isinstance(found, Rejection)
    assert found.parameters["blocked"] == ({"configuration": "1", "exclude_each_other": ("LEC-1", "LAB-1")},)


def test_a_parent_outside_the_configuration_is_told_as_the_reason() -> None:
    university = University()
    offering = university.offer("CS-101", {"1": ("LEC",), "2": ("LAB",)})
    university.section(offering, "LEC-1", status=SectionStatus.CLOSED)
    university.section(offering, "LAB-1", component="2/LAB", parent="LEC-1")

    found = placed(university)

    assert isinstance(found, Rejection)
    blocked = found.parameters["blocked"]
    assert isinstance(blocked, tuple)
    assert blocked[1] == {
        "configuration": "2",
        "component": "LAB",
        "section": "LAB-1",
        "reasons": ({"code": "parent_section_mismatch", "section": "LAB-1", "parent": "LEC-1"},),
    }


def test_parents_that_can_never_be_taken_along_do_not_make_the_search_try_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    university = University()
    parts = tuple(f"P{n}" for n in range(6))
    offering = university.offer("CS-101", {"1": parts, "2": ("LEC",)})
    university.section(offering, "LEC-1", component="2/LEC", status=SectionStatus.CLOSED)
    for part in parts:
        for number in range(6):
            parent = "LEC-1" if part == parts[-1] else None
            university.section(offering, f"{part}-{number}", component=f"1/{part}", parent=parent)
    extensions = 0
    extend = placement._Search._extend

    def counting(search: placement._Search, *given: object) -> tuple[Section, ...] | None:
        nonlocal extensions
        extensions += 1
        return extend(search, *given)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(placement._Search, "_extend", counting)
    found = placed(university)

    assert isinstance(found, Rejection)
    assert extensions < 1000


def test_a_student_is_placed_where_seats_are_left() -> None:
    university = University()
    offering = university.offer("CS-101")
    university.section(offering, "LEC-1", capacity=1)
    university.section(offering, "LEC-2", capacity=1)

    answers, effects = decide(
        university.facts(), [a_request(name, adding("CS-101", as_name=name)) for name in ("S1", "S2", "S3")]
    )

    results = [answer.decisions[0].outcome for answer in answers if isinstance(answer, RequestDecided)]
    assert results == [Outcome.ENROLLED, Outcome.ENROLLED, Outcome.REJECTED]
    assert len({enrollment.seats[0].section_id for enrollment in enrolled_in(effects)}) == 2
