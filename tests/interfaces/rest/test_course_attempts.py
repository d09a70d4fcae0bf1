"""Requisites of courses, grading schemes and course attempts over REST."""

from uuid import UUID

import pytest

from application.shared.caller import Caller, Role
from application.shared.errors import AccessDenied
from application.shared.paging import PageQuery
from domain.shared.identifiers import InstitutionId, StudentId
from domain.shared.reference import Reference
from infrastructure.bootstrap.container import Container
from interfaces.rest import examples
from tests.interfaces.rest.university import Json, University

COURSE: Json = {"subject": "MA", "number": "2", "title": "Algebra", "credits": "4"}


async def test_requisites_are_given_in_any_spelling_and_shown_canonically(university: University) -> None:
    given = {"prerequisite": 'cs-1 AND "CS-2">=4.0 or Level>=2', "exclusion": None, "corequisite": "1 OF(CS-3)"}

    course = await university.create("courses", {**COURSE, **given})

    assert course["prerequisite"] == "(cs-1 and CS-2 >= 4.0) or level >= 2"
    assert (course["corequisite"], course["exclusion"]) == ("1 of (CS-3)", None)
    assert (course["grading_bases"], course["attempts_maximum"], course["repeatable"]) == (["graded"], None, True)
    changed = await university.patch("courses/code:MA-2", {"prerequisite": None, "attempts_maximum": 2})
    assert (changed["prerequisite"], changed["corequisite"]) == (None, "1 of (CS-3)")


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("prerequisite", "CS-101 >= ", "expected a grade at character 11, found the end"),
        ("corequisite", "", "expected a condition at character 1, found the end"),
        ("exclusion", "A or (B", 'expected "and", "or" or ")" at character 8, found the end'),
    ],
)
async def test_a_requisite_that_is_none_is_refused_with_its_field_and_position(
    field: str, text: str, message: str, university: University
) -> None:
    answer = await university.client.post("/v1/courses", json={**COURSE, field: text})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
    assert answer.json()["errors"] == [{"pointer": f"/{field}", "message": message}]


@pytest.mark.parametrize("text", ["(" * 4000, "1 of (" * 600, 'A >= "\\u0000"', "a" * 4001, "\ufffe", "\x00", "A\x7f"])
async def test_a_hostile_requisite_is_an_invalid_field(text: str, university: University) -> None:
    answer = await university.client.post("/v1/courses", json={**COURSE, "prerequisite": text})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"grades": [], "scale": None}, "grades"),
        ({"grades": [{"symbol": "A", "passes": True}]}, "grades"),
        ({"scale": None, "grades": [{"symbol": "A", "passes": True}, {"symbol": "A", "passes": False}]}, "grades"),
        ({"scale": {"minimum": "5", "maximum": "0", "pass_mark": "3"}}, "maximum"),
        ({"scale": {"minimum": "0", "maximum": "5", "pass_mark": "6"}}, "pass_mark"),
    ],
)
async def test_a_grading_scheme_holds_together(fields: Json, field: str, university: University) -> None:
    scheme = {**examples.GRADING_SCHEME, "code": "NEW", **fields}

    answer = await university.client.post("/v1/grading-schemes", json=scheme)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def attempt(university: University, **fields: Json) -> Json:
    """Create the attempt of the example, but for some fields; None leaves one out."""
    given = {name: value for name, value in {**examples.COURSE_ATTEMPT, **fields}.items() if value is not None}
    return await university.create("course-attempts", given)


@pytest.mark.parametrize(
    ("fields", "passed"),
    [
        ({"grade": "3.0", "passed": None}, True),
        ({"grade": "2.9", "passed": None}, False),
        ({"grade": "2.9", "passed": True}, True),
        ({"grade": "4.1", "passed": None, "in_progress": True}, False),
        ({"grade": None, "scheme": None, "passed": None}, False),
        ({"grade": None, "scheme": None, "passed": True, "transfer": True}, True),
    ],
)
async def test_an_attempt_is_passed_as_its_scheme_says_unless_somebody_says_otherwise(
    fields: Json, passed: bool, university: University
) -> None:
    assert (await attempt(university, **fields))["passed"] is passed


async def test_a_changed_grade_is_judged_anew_when_passed_is_left_to_the_scheme(university: University) -> None:
    path = f"course-attempts/{(await attempt(university))['id']}"

    assert (await university.patch(path, {"grade": "1.0"}))["passed"] is True
    assert (await university.patch(path, {"grade": "1.0", "passed": None}))["passed"] is False


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"grade": "A"}, "invalid_field", "grade"),
        ({"grade": "5.1"}, "invalid_field", "grade"),
        ({"grade": None}, "invalid_field", "grade"),
        ({"scheme": None}, "invalid_field", "grade"),
        ({"in_progress": True}, "invalid_field", "in_progress"),
        ({"scheme": "code:never"}, "unknown_reference", "scheme"),
        ({"student": "code:never"}, "unknown_reference", "student"),
        ({"course": "code:never"}, "unknown_reference", "course"),
    ],
)
async def test_an_attempt_that_does_not_hold_together_is_refused(
    fields: Json, code: str, field: str, university: University
) -> None:
    given = {**examples.COURSE_ATTEMPT, **fields}
    answer = await university.client.post("/v1/course-attempts", json=given)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_deleted_attempt_is_gone(university: University) -> None:
    path = f"/v1/course-attempts/{(await attempt(university))['id']}"

    assert (await university.client.delete(path, headers={"If-Match": '"1"'})).status_code == 204
    assert (await university.client.get(path)).status_code == 404


async def test_the_attempts_of_a_student_are_listed_page_by_page(university: University) -> None:
    await university.student("S-2")
    mine = [await attempt(university, term=term) for term in ("2024-1", "2024-2", "2025-1")]
    await attempt(university, student="code:S-2")

    path = "/v1/students/code:S-0001/course-attempts"
    found, first = [], await university.client.get(path, params={"limit": 2, "sort": "-term"})
    found += first.json()["items"]
    following = await university.client.get(first.links["next"]["url"])
    found += following.json()["items"]

    assert found == list(reversed(mine))
    assert following.json()["next_cursor"] is None
    assert len((await university.get(path.removeprefix("/v1/"), term="2024-1"))["items"]) == 1
    assert len((await university.get("course-attempts", student="code:S-2"))["items"]) == 1


async def test_the_next_page_is_linked_below_a_code_of_any_script(university: University) -> None:
    await university.student("Ω-1")
    stored = [await attempt(university, student="code:Ω-1", term=term) for term in ("2024-1", "2024-2")]

    first = await university.client.get("/v1/students/code:Ω-1/course-attempts?limit=1&sort=term")
    following = await university.client.get(first.links["next"]["url"])

    assert first.headers["link"].startswith("</v1/students/code:%CE%A9-1/course-attempts?")
    assert [*first.json()["items"], *following.json()["items"]] == stored


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("students/code:never/course-attempts", 404),
        ("students/never/course-attempts", 400),
        ("students/code:S-0001/course-attempts?student=code:S-0001", 400),
    ],
)
async def test_attempts_of_nobody_are_not_found(path: str, status: int, university: University) -> None:
    assert (await university.client.get(f"/v1/{path}")).status_code == status


async def test_students_read_their_own_attempts_and_no_others(container: Container, university: University) -> None:
    own, other = (await university.get("students/code:S-0001"))["id"], await university.student("S-2")
    stored = await attempt(university)
    institution = (await container.institutions().find(Reference.parse("code:main"))).id
    student = Caller(InstitutionId(institution), "s", frozenset({Role.STUDENT}), StudentId(UUID(own)))
    reading = container.read_course_attempts()

    page = await reading.of_student(student, Reference.parse("code:S-0001"), PageQuery())

    assert [str(view.id) for view in page.items] == [stored["id"]]
    for reference in (other, "code:never"):
        with pytest.raises(AccessDenied):
            await reading.of_student(student, Reference.parse(reference), PageQuery())
