"""What the rules of registration look at, as it is given over REST: sessions, limits, cohorts, restrictions, seats."""

from typing import Any

import pytest

from interfaces.rest import examples
from tests.interfaces.rest.university import University, drop

Json = Any
OFFERING = "code:2026-1:CS-101"
SECTION = {"offering": OFFERING, "component": "LEC", "code": "X", "capacity": 10}
SLOT = {"weekdays": [1], "starts_at": "10:00:00", "ends_at": "11:30:00"}


async def refused(university: University, collection: str, fields: Json) -> Json:
    """The problem with which creating a record is answered."""
    answer = await university.client.post(f"/v1/{collection}", json=fields)
    assert answer.status_code == 422, answer.text
    return answer.json()


async def test_a_meeting_without_dates_takes_place_on_the_days_of_the_session(university: University) -> None:
    await university.patch(f"offerings/{OFFERING}", {"session": "A"})
    dated = {**SLOT, "first_date": "2026-02-09", "last_date": "2026-02-16"}

    section = await university.create("sections", {**SECTION, "meetings": [SLOT, dated]})

    assert [(meeting["first_date"], meeting["last_date"]) for meeting in section["meetings"]] == [
        ("2026-02-02", "2026-03-28"),
        ("2026-02-09", "2026-02-16"),
    ]


async def test_a_meeting_without_dates_takes_place_all_term_where_there_is_no_session(university: University) -> None:
    section = await university.create("sections", {**SECTION, "meetings": [SLOT]})

    assert (section["meetings"][0]["first_date"], section["meetings"][0]["last_date"]) == (None, None)


async def test_an_offering_names_a_session_of_its_term(university: University) -> None:
    answer = await university.client.patch(
        f"/v1/offerings/{OFFERING}", json={"session": "Z"}, headers={"If-Match": "*"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_reference")
    assert answer.json()["errors"] == [{"field": "session", "message": "there is no record Z"}]


async def test_a_session_in_use_cannot_leave_its_term(university: University) -> None:
    await university.patch(f"offerings/{OFFERING}", {"session": "A"})

    answer = await university.client.patch("/v1/terms/code:2026-1", json={"sessions": []}, headers={"If-Match": "*"})

    assert (answer.status_code, answer.json()["code"]) == (409, "still_referenced")


LECTURES = {"name": "1", "components": [{"name": "LEC", "kind": "lecture"}]}
LAB_TOO = {"name": "1", "components": [*LECTURES["components"], {"name": "LAB", "kind": "laboratory"}]}
REMOTE = {"name": "remote", "components": [{"name": "SEM", "kind": "seminar"}]}


async def enrolled_offering(university: University) -> str:
    """An offering of one lecture in which a student sits."""
    await university.offer("BIO", "1", "LEC", B1={})
    await university.create("courses", {"subject": "CHEM", "number": "1", "title": "Chemistry", "credits": "3"})
    await university.enroll(await university.student("S-0002"), "code:BIO-1")
    return "offerings/code:2026-1:BIO-1"


@pytest.mark.parametrize(
    "change",
    [
        {"configurations": [LAB_TOO]},
        {"configurations": [{**LAB_TOO, "components": LAB_TOO["components"][1:]}]},
        {"configurations": [REMOTE]},
        {"cross_listed": ["code:CHEM-1"]},
    ],
    ids=["a component more", "another component", "another configuration", "a course more"],
)
async def test_what_students_sit_in_stays_one_section_for_each_component(change: Json, university: University) -> None:
    path = await enrolled_offering(university)
    before = await university.get(path)

    answer = await university.client.patch(f"/v1/{path}", json=change, headers={"If-Match": "*"})

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert await university.get(path) == before


async def test_configurations_in_which_nobody_sits_come_change_and_go(university: University) -> None:
    path = await enrolled_offering(university)
    added = {"name": "2", "components": LAB_TOO["components"]}

    for configurations in ([LECTURES, added], [REMOTE, LECTURES, {**added, "components": REMOTE["components"]}]):
        changed = await university.patch(path, {"configurations": configurations})
        assert [configuration["name"] for configuration in changed["configurations"]] == [
            configuration["name"] for configuration in configurations
        ]
    assert len((await university.patch(path, {"configurations": [LECTURES], "session": "A"}))["configurations"]) == 1


async def test_an_offering_in_which_nobody_sits_any_more_can_be_changed(university: University) -> None:
    path = await enrolled_offering(university)
    (enrollment,) = (await university.get("enrollments", course_code="BIO-1"))["items"]
    await university.register("code:S-0002", drop(enrollment["id"]))

    changed = await university.patch(path, {"configurations": [LAB_TOO], "cross_listed": ["code:CHEM-1"]})

    assert [component["name"] for component in changed["configurations"][0]["components"]] == ["LEC", "LAB"]
    assert len(changed["cross_listed"]) == 1


async def test_a_cross_listed_offering_names_other_courses(university: University) -> None:
    await university.create("courses", {"subject": "MATH", "number": "110", "title": "Logic", "credits": "3"})

    changed = await university.patch(f"offerings/{OFFERING}", {"cross_listed": ["code:MATH-110"]})
    twice = await university.client.patch(
        f"/v1/offerings/{OFFERING}", json={"cross_listed": ["code:CS-101"]}, headers={"If-Match": "*"}
    )

    logic = await university.get("courses/code:MATH-110")
    assert changed["cross_listed"] == [logic["id"]]
    assert (twice.status_code, twice.json()["code"]) == (422, "invalid_field")
    assert twice.json()["errors"] == [{"field": "cross_listed", "message": "its courses must differ"}]


LIMIT = {"class_level": 1, "credit_maximum": "15"}
SESSION = examples.TERM["sessions"][0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"credit_limits": [LIMIT, LIMIT]}, "credit_limits"),
        ({"credit_limits": [{**LIMIT, "credit_minimum": "16"}]}, "credit_minimum"),
        ({"credit_minimum": "19"}, "credit_minimum"),
        ({"withdrawal_deadline": "2026-02-14"}, "withdrawal_deadline"),
        ({"sessions": [SESSION, SESSION]}, "sessions"),
        ({"sessions": [{**SESSION, "ends_on": "2026-06-30"}]}, "sessions"),
        ({"sessions": [{**SESSION, "withdrawal_deadline": "2026-02-03"}]}, "withdrawal_deadline"),
    ],
)
async def test_a_term_that_does_not_hold_together_is_refused(changes: Json, field: str, university: University) -> None:
    problem = await refused(university, "terms", {**examples.TERM, "code": "2026-2", **changes})

    assert problem["code"] == "invalid_field"
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cohort": {}}, "cohort"),
        ({"cohort": {"students": ["code:NOBODY"]}}, "students"),
        ({"cohort": {"programs": ["code:NOTHING"]}}, "programs"),
        ({"term": "code:1999-1"}, "term"),
        ({"closes_at": "2026-01-12T13:00:00Z"}, "closes_at"),
    ],
)
async def test_a_time_ticket_that_does_not_hold_together_is_refused(
    changes: Json, field: str, university: University
) -> None:
    problem = await refused(university, "time-tickets", {**examples.TIME_TICKET, **changes})

    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capacity": None}, "reserved"),
        ({"reserved": [examples.RESERVED_SEATS, examples.RESERVED_SEATS]}, "reserved"),
        ({"reserved": [{**examples.RESERVED_SEATS, "cohort": {}}]}, "cohort"),
        ({"reserved": [{**examples.RESERVED_SEATS, "cohort": {"students": ["code:NOBODY"]}}]}, "students"),
    ],
)
async def test_reserved_seats_that_do_not_hold_together_are_refused(
    changes: Json, field: str, university: University
) -> None:
    given = {**SECTION, "reserved": [examples.RESERVED_SEATS], **changes}

    problem = await refused(university, "sections", given)

    assert [error["field"] for error in problem["errors"]] == [field]


async def test_a_student_has_one_score_for_each_test(university: University) -> None:
    score = {"test": "MATH", "score": "70"}

    problem = await refused(
        university, "students", {**examples.STUDENT, "code": "S-2", "test_scores": [score, {**score, "score": "71"}]}
    )

    assert [error["field"] for error in problem["errors"]] == ["test_scores"]


async def test_a_revised_section_is_stored_whole(university: University) -> None:
    given = {"reserved": [examples.RESERVED_SEATS], "waitlist_capacity": 3, "capacity": 12, "status": "closed"}

    changed = await university.patch("sections/code:2026-1:CS-101-A", given)

    program = (await university.get("programs/code:SYS-ENG"))["id"]
    cohort = {"students": [], "programs": [program], "class_levels": [1]}
    assert changed["reserved"] == [{**examples.RESERVED_SEATS, "cohort": cohort}]
    assert (changed["waitlist_capacity"], changed["capacity"], changed["status"]) == (3, 12, "closed")
    assert await university.get("sections/code:2026-1:CS-101-A") == changed
