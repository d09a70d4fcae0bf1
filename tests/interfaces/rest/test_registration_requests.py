"""Registration over REST: every outcome, every rejection code, and the views of who sits where."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from domain.registration.codes import REJECTIONS
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.university import Json, University, add, drop, meeting

STUDENT = "code:S-0001"


def codes_of(decision: Json) -> list[str]:
    """The rejection codes of a decision; each has a sentence and the parameters of its catalogue entry."""
    for rejection in decision["rejections"]:
        entry = REJECTIONS[rejection["code"]]
        assert rejection["message"]
        assert set(rejection["parameters"]) == set(entry.parameters)
    assert (decision["outcome"] == "rejected") == bool(decision["rejections"])
    return [rejection["code"] for rejection in decision["rejections"]]


async def rejections(university: University, *actions: Json, student: str = STUDENT) -> list[str]:
    """The codes with which the last of the actions is rejected."""
    return codes_of((await university.register(student, *actions))[-1])


async def test_an_add_enrolls_and_a_drop_gives_the_seat_back(university: University) -> None:
    enrolled = await university.enroll(STUDENT, "code:CS-101", "CS-101-A")
    (dropped,) = await university.register(STUDENT, drop(enrolled["enrollment"]))

    assert [seat["section_code"] for seat in enrolled["seats"]] == ["CS-101-A"]
    assert dropped["outcome"] == "dropped"
    assert (enrolled["number"], dropped["number"]) == (1, 2)
    assert (await university.get(f"enrollments/{enrolled['enrollment']}"))["status"] == "dropped"
    assert (await university.get("sections/code:2026-1:CS-101-A"))["seats_taken"] == 0


async def test_actions_are_decided_in_order_each_on_what_those_before_it_left(university: University) -> None:
    await university.offer("MA", "1", "LEC", MA1={"meetings": [meeting(1, "10:30", "12:00")]})

    conflict, unknown, free = await university.register(
        STUDENT, add("code:CS-101"), add("code:MA-9"), add("code:MA-1", "MA1")
    )

    assert conflict["outcome"] == "enrolled"
    assert codes_of(unknown) == ["unknown_offering"]
    assert codes_of(free) == ["time_conflict"]


async def test_schedule_roster_and_enrollments_show_who_sits_where(university: University) -> None:
    enrolled = await university.enroll(STUDENT, "code:CS-101")
    student = await university.get("students/code:S-0001")

    schedule = await university.get("students/code:S-0001/schedule", term="code:2026-1")
    roster = await university.get("sections/code:2026-1:CS-101-A/roster")
    enrollments = await university.get("enrollments", student_code="S-0001", status="enrolled")
    one = await university.get(f"enrollments/{enrolled['enrollment']}")

    assert [course["course_code"] for course in schedule["courses"]] == ["CS-101"]
    assert schedule["credits"] == one["credits"]
    assert [entry["student"] for entry in roster["entries"]] == [student["id"]]
    assert enrollments["items"] == [one]
    assert one["sections"] == ["CS-101-A"]


async def test_an_unknown_section_is_rejected(university: University) -> None:
    assert await rejections(university, add("code:CS-101", "CS-101-Z")) == ["unknown_section"]


@pytest.mark.parametrize("moment", [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 14, 12, tzinfo=UTC)])
async def test_outside_the_window_all_that_speaks_against_it_is_told(
    moment: datetime, university: University, clock: SettableClock
) -> None:
    clock.moment = moment

    assert "term_not_open" in await rejections(university, add("code:CS-101"))


async def test_after_the_deadlines_nothing_is_added_or_dropped(university: University, clock: SettableClock) -> None:
    enrolled = await university.enroll(STUDENT, "code:CS-101")
    await university.patch("terms/code:2026-1", {"registration_closes_at": "2026-06-01T00:00:00Z"})
    clock.moment = datetime(2026, 5, 10, tzinfo=UTC)

    assert await rejections(university, add("code:CS-101")) == ["deadline_passed", "already_enrolled"]
    assert await rejections(university, drop(enrolled["enrollment"])) == ["deadline_passed"]


async def test_after_the_drop_deadline_a_drop_is_a_withdrawal(university: University, clock: SettableClock) -> None:
    enrolled = await university.enroll(STUDENT, "code:CS-101")
    clock.moment = datetime(2026, 4, 1, tzinfo=UTC)

    (withdrawn,) = await university.register(STUDENT, drop(enrolled["enrollment"]))

    assert withdrawn["outcome"] == "withdrawn"
    one = await university.get(f"enrollments/{enrolled['enrollment']}")
    assert (one["status"], one["mark"], one["ended_at"]) == ("withdrawn", "W", "2026-04-01T00:00:00Z")


async def test_a_hold_blocks_until_it_is_released(university: University) -> None:
    hold = {"student": STUDENT, "office": "Library", "reason": "Two books are overdue."}
    placed = await university.create("holds", hold)

    assert await rejections(university, add("code:CS-101")) == ["hold"]
    released = await university.client.delete(f"/v1/holds/{placed['id']}", headers={"If-Match": '"1"'})
    assert released.status_code == 204
    assert (await university.register(STUDENT, add("code:CS-101")))[0]["outcome"] == "enrolled"


async def test_a_course_is_taken_once(university: University) -> None:
    assert "already_enrolled" in await rejections(university, add("code:CS-101"), add("code:CS-101"))


async def test_credits_stay_within_the_maximum(university: University) -> None:
    heavy = await university.offer("BIG", "1", "LEC", credits="19", BIG1={})

    assert await rejections(university, add("code:CS-101"), add(heavy)) == ["credit_maximum"]


async def test_sections_must_make_up_a_configuration_with_their_parents(university: University) -> None:
    offering = await university.offer(
        "CH",
        "1",
        "LEC",
        "LAB",
        CH1={},
        CH2={},
        LAB1={"component": "LAB", "parent": "code:2026-1:CH1"},
    )

    assert await rejections(university, add(offering, "CH1")) == ["component_missing"]
    assert await rejections(university, add(offering, "CH2", "LAB1")) == ["parent_section_mismatch"]
    assert (await university.register(STUDENT, add(offering, "CH1", "LAB1")))[0]["outcome"] == "enrolled"


@pytest.mark.parametrize("status", ["planned", "closed"])
async def test_a_section_that_is_not_open_takes_nobody(status: str, university: University) -> None:
    await university.patch("sections/code:2026-1:CS-101-A", {"status": status})

    assert await rejections(university, add("code:CS-101", "CS-101-A")) == ["section_not_open"]


async def test_a_full_section_takes_nobody_named_or_not(university: University) -> None:
    await university.patch("sections/code:2026-1:CS-101-A", {"capacity": 1})
    await university.enroll(await university.student("S-0002"), "code:CS-101")

    assert await rejections(university, add("code:CS-101", "CS-101-A")) == ["seats_full"]
    assert await rejections(university, add("code:CS-101")) == ["no_open_combination"]


async def test_what_the_student_does_not_have_cannot_be_dropped(university: University) -> None:
    other = await university.enroll(await university.student("S-0002"), "code:CS-101")

    assert await rejections(university, drop(str(uuid4()))) == ["not_enrolled"]
    assert await rejections(university, drop(other["enrollment"])) == ["not_enrolled"]


@pytest.mark.parametrize("field", ["student", "term"])
async def test_an_unknown_student_or_term_is_an_error_of_the_request(field: str, university: University) -> None:
    request = {"student": STUDENT, "term": "code:2026-1", "actions": [add("code:CS-101")], field: "code:NONE"}

    answer = await university.client.post("/v1/registration-requests", json=request)

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_reference")
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("actions", "pointer"),
    [
        ([], "/actions"),
        ([{"action": "add"}], "/actions/0/offering"),
        ([{"action": "add", "offering": "CS-101"}], "/actions/0/offering"),
        ([{"action": "add", "offering": "code:A", "seats": 1}], "/actions/0/seats"),
        ([{"action": "drop", "enrollment": "code:A"}], "/actions/0/enrollment"),
        ([{"action": "swap", "enrollment": "code:A", "offering": "code:A"}], "/actions/0/enrollment"),
        ([{"action": "steal"}], "/actions/0"),
        ([{"action": "drop", "enrollment": "00000000-0000-7000-8000-000000000000"}] * 51, "/actions"),
        ("add", "/actions"),
    ],
)
async def test_a_malformed_action_is_pointed_at(actions: Json, pointer: str, university: University) -> None:
    request = {"student": STUDENT, "term": "code:2026-1", "actions": actions}

    answer = await university.client.post("/v1/registration-requests", json=request)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_enrollments_change_by_registration_requests_alone(university: University) -> None:
    enrolled = await university.enroll(STUDENT, "code:CS-101")
    path = f"/v1/enrollments/{enrolled['enrollment']}"

    for answer in (await university.client.delete(path), await university.client.put(path, json={})):
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert (await university.client.post("/v1/enrollments", json={})).headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("students/code:NONE/schedule?term=code:2026-1", 404),
        ("students/code:S-0001/schedule?term=code:1999-1", 404),
        ("students/code:S-0001/schedule", 400),
        ("students/code:S-0001/schedule?term=x", 400),
        ("students/code:S-0001/schedule?term=code:2026-1&x=1", 400),
        ("sections/code:2026-1:NONE/roster", 404),
        ("sections/x/roster", 400),
        ("enrollments/x", 400),
        ("enrollments/00000000-0000-7000-8000-000000000000", 404),
        ("enrollments?status=asleep", 200),
        ("enrollments?student=code:NONE", 200),
    ],
)
async def test_views_of_nothing_are_refused_and_pages_of_nothing_are_empty(
    path: str, status: int, university: University
) -> None:
    assert (await university.client.get(f"/v1/{path}")).status_code == status
