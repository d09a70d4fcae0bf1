"""Eligibility over REST: every rule's verdict, and nothing changed by asking."""

import pytest

from tests.interfaces.rest.university import Json, University

STUDENT = "code:S-0001"
SECTION = "sections/code:2026-1:CS-101-A"
ASKED = {"term": "code:2026-1", "offering": "code:CS-101"}


async def ask(university: University, student: str = STUDENT, **query: Json) -> Json:
    """The answer to a question about a student."""
    return await university.get(f"students/{student}/eligibility", **query)


async def test_who_may_take_it_is_told_through_which_sections(university: University) -> None:
    answer = await ask(university, **ASKED)

    assert (answer["eligible"], answer["could_wait"], answer["sections"]) == (True, False, ["CS-101-A"])
    assert {verdict["verdict"] for verdict in answer["verdicts"]} == {"allowed"}
    assert "seat_is_free" in [verdict["rule"] for verdict in answer["verdicts"]]
    assert answer["asked_at"] == "2026-01-20T15:00:00Z"
    assert (await university.get("enrollments"))["items"] == (await university.get("audit-events"))["items"] == []


async def test_where_seats_are_missing_the_student_could_wait(university: University) -> None:
    await university.patch(SECTION, {"capacity": 0})

    answer = await ask(university, **ASKED, sections="code:CS-101-A")

    assert (answer["eligible"], answer["could_wait"], answer["sections"]) == (False, True, ["CS-101-A"])
    assert [rejection["code"] for rejection in answer["rejections"]] == ["seats_full"]


async def test_what_a_permission_waives_is_told(university: University) -> None:
    await university.patch(SECTION, {"status": "closed"})
    fields = {"student": STUDENT, "offering": "code:2026-1:CS-101", "codes": ["section_not_open"], "reason": "Yes."}
    given = await university.create("permissions", fields)

    answer = await ask(university, **ASKED, sections="code:CS-101-A")

    assert answer["eligible"]
    assert [(waived["code"], waived["permission"]) for waived in answer["waived"]] == [
        ("section_not_open", given["id"])
    ]


async def test_a_section_names_its_offering(university: University) -> None:
    section = await university.get(SECTION)

    for named in ("code:CS-101-A", "code:2026-1:CS-101-A", section["id"]):
        answer = await ask(university, term="code:2026-1", sections=named)
        assert (answer["eligible"], answer["sections"]) == (True, ["CS-101-A"])


async def test_several_sections_are_named_one_by_one(university: University) -> None:
    await university.offer("CH", "1", "LEC", "LAB", CH1={}, LAB1={"component": "LAB"})

    both = await ask(university, term="code:2026-1", sections=["code:CH1", "code:LAB1"])
    one = await ask(university, term="code:2026-1", sections=["code:LAB1"])

    assert both["eligible"]
    assert [rejection["code"] for rejection in one["rejections"]] == ["component_missing"]


async def test_grading_basis_and_course_are_part_of_the_question(university: University) -> None:
    basis = await ask(university, **ASKED, grading_basis="pass_fail")
    course = await ask(university, **ASKED, course="code:NO-1")

    assert [rejection["code"] for rejection in basis["rejections"]] == ["grading_basis_not_allowed"]
    assert [rejection["code"] for rejection in course["rejections"]] == ["unknown_offering"]


async def test_students_ask_about_themselves(university: University) -> None:
    await university.student("S-0002")
    path = "/v1/students/{}/eligibility?term=code:2026-1&offering=code:CS-101"
    me = {"X-Matricula-Actor": "student:code:S-0001"}

    assert (await university.client.get(path.format(STUDENT), headers=me)).status_code == 200
    assert (await university.client.get(path.format("code:S-0002"), headers=me)).status_code == 403


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        ("code:S-0001/eligibility?offering=code:CS-101", 400, "term"),
        ("code:S-0001/eligibility?term=code:2026-1", 400, "offering"),
        ("code:S-0001/eligibility?term=x&offering=code:CS-101", 400, "term"),
        ("code:S-0001/eligibility?term=code:2026-1&sections=x", 400, "0"),
        ("code:S-0001/eligibility?term=code:2026-1&offering=code:CS-101&grading_basis=x", 400, "grading_basis"),
        ("code:S-0001/eligibility?term=code:2026-1&offering=code:CS-101&colour=red", 400, "colour"),
        ("code:NOBODY/eligibility?term=code:2026-1&offering=code:CS-101", 404, None),
        ("code:S-0001/eligibility?term=code:1999-1&offering=code:CS-101", 404, None),
        ("code:S-0001/eligibility?term=code:2026-1&sections=code:NO", 404, None),
        ("code:S-0001/eligibility?term=code:2026-1&offering=code:NO", 200, None),
    ],
)
async def test_questions_about_nothing(path: str, status: int, parameter: str | None, university: University) -> None:
    answer = await university.client.get(f"/v1/students/{path}")

    assert answer.status_code == status, answer.text
    if parameter is not None:
        assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]
