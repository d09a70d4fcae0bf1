"""Waitlists over REST: waiting, positions, promotion by a freed seat, a permission or the time, and leaving."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.university import Json, University, add, drop

FIRST = "code:S-0001"
WAITING = add("code:CS-101", if_full="waitlist")


@pytest.fixture
async def full(university: University) -> University:
    """`CS-101-A` has one seat, which `S-0001` has."""
    await university.patch("sections/code:2026-1:CS-101-A", {"capacity": 1})
    await university.enroll(FIRST, "code:CS-101")
    return university


async def wait(university: University, code: str) -> Json:
    """A new student who waits for `CS-101`; answers the decision."""
    (decision,) = await university.register(await university.student(code), WAITING)
    assert decision["outcome"] == "waitlisted", decision
    return decision


async def status(university: University, decision: Json) -> str:
    """How the entry of a decision stands."""
    return str((await university.get(f"waitlist-entries/{decision['entry']}"))["status"])


async def test_who_waits_has_a_position(full: University) -> None:
    second, third = await wait(full, "S-0002"), await wait(full, "S-0003")

    assert (second["position"], third["position"], second["enrollment"]) == (1, 2, None)
    entries = (await full.get("waitlist-entries", term="code:2026-1", status="waiting"))["items"]
    assert [(entry["student_code"], entry["position"]) for entry in entries] == [("S-0002", 1), ("S-0003", 2)]
    assert entries[0]["sections"] == ["CS-101-A"]
    assert entries[0] == await full.get(f"waitlist-entries/{second['entry']}")


async def test_a_seat_that_is_given_up_goes_to_the_first_who_waits(full: University) -> None:
    second, third = await wait(full, "S-0002"), await wait(full, "S-0003")
    (enrolled,) = (await full.get("enrollments", student_code="S-0001"))["items"]

    await full.register(FIRST, drop(enrolled["id"]))

    assert (await status(full, second), await status(full, third)) == ("promoted", "waiting")
    roster = await full.get("sections/code:2026-1:CS-101-A/roster")
    assert [entry["student_code"] for entry in roster["entries"]] == ["S-0002"]


async def test_whoever_leaves_the_waitlist_lets_others_move_up(full: University) -> None:
    second, third = await wait(full, "S-0002"), await wait(full, "S-0003")

    (left,) = await full.register("code:S-0002", {"action": "leave_waitlist", "entry": second["entry"]})

    assert left["outcome"] == "left_waitlist"
    assert (await full.get(f"waitlist-entries/{third['entry']}"))["position"] == 1


async def test_a_larger_section_takes_whoever_waits_and_a_cancelled_one_frees_everyone(full: University) -> None:
    second, third = await wait(full, "S-0002"), await wait(full, "S-0003")

    await full.patch("sections/code:2026-1:CS-101-A", {"capacity": 2})
    assert (await status(full, second), await status(full, third)) == ("promoted", "waiting")
    await full.patch("sections/code:2026-1:CS-101-A", {"status": "cancelled"})

    assert await status(full, third) == "cancelled"
    assert {one["status"] for one in (await full.get("enrollments"))["items"]} == {"dropped"}
    assert (await full.get("sections/code:2026-1:CS-101-A/roster"))["entries"] == []


async def test_a_swap_that_waits_keeps_the_old_seat_until_it_comes_through(full: University) -> None:
    await full.offer("PH", "1", "LEC", PH1={})
    other = await full.student("S-0002")
    old = await full.enroll(other, "code:PH-1")
    swap = {**WAITING, "action": "swap", "enrollment": old["enrollment"]}

    (waiting,) = await full.register(other, swap)
    entry = await full.get(f"waitlist-entries/{waiting['entry']}")
    await full.patch("sections/code:2026-1:CS-101-A", {"capacity": 2})

    assert (waiting["outcome"], entry["drop_if_enrolled"]) == ("waitlisted", old["enrollment"])
    schedule = await full.get("students/code:S-0002/schedule", term="code:2026-1")
    assert [course["course_code"] for course in schedule["courses"]] == ["CS-101"]


async def test_a_review_lets_time_act_and_says_where(full: University, clock: SettableClock) -> None:
    second = await wait(full, "S-0002")
    term = await full.get("terms/code:2026-1")
    still = await full.client.post("/v1/queue-reviews")
    clock.moment = datetime(2026, 2, 13, 5, tzinfo=UTC)
    moved = await full.client.post("/v1/queue-reviews")

    assert (still.status_code, still.json()) == (200, {"terms": []})
    assert (moved.status_code, moved.json()) == (200, {"terms": [term["id"]]})
    assert await status(full, second) == "expired"
    assert (await full.client.post("/v1/queue-reviews")).json() == {"terms": []}
    reviews = (await full.get("audit-events", kind="queue_review"))["items"]
    assert len(reviews) == 1


async def test_entries_change_by_registration_requests_alone(full: University) -> None:
    second = await wait(full, "S-0002")
    path = f"/v1/waitlist-entries/{second['entry']}"

    for answer in (await full.client.delete(path), await full.client.put(path, json={})):
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert (await full.client.post("/v1/waitlist-entries", json={})).headers["allow"] == "GET, HEAD, OPTIONS"


async def test_a_student_sees_their_own_entry_and_no_others(full: University) -> None:
    second, third = await wait(full, "S-0002"), await wait(full, "S-0003")
    me = {"X-Matricula-Actor": "student:code:S-0002"}

    mine = await full.client.get(f"/v1/waitlist-entries/{second['entry']}", headers=me)
    theirs = await full.client.get(f"/v1/waitlist-entries/{third['entry']}", headers=me)
    nobodys = await full.client.get(f"/v1/waitlist-entries/{uuid4()}", headers=me)

    assert [answer.status_code for answer in (mine, theirs, nobodys)] == [200, 403, 403]


async def test_students_find_their_own_entries_and_no_others(full: University) -> None:
    second = await wait(full, "S-0002")
    await wait(full, "S-0003")
    me = {"X-Matricula-Actor": "student:code:S-0002"}

    mine = await full.client.get("/v1/students/code:S-0002/waitlist-entries?status=waiting", headers=me)
    theirs = await full.client.get("/v1/students/code:S-0003/waitlist-entries", headers=me)
    nobodys = await full.client.get("/v1/students/code:never/waitlist-entries", headers=me)
    seen_by_staff = await full.get("students/code:S-0003/waitlist-entries")

    assert [(entry["id"], entry["position"]) for entry in mine.json()["items"]] == [(second["entry"], 1)]
    assert (theirs.status_code, nobodys.status_code) == (403, 403)
    assert [entry["position"] for entry in seen_by_staff["items"]] == [2]


async def test_students_find_their_own_enrollments_and_no_others(full: University) -> None:
    (taken,) = (await full.get("students/code:S-0001/enrollments"))["items"]
    me = {"X-Matricula-Actor": "student:code:S-0001"}

    mine = await full.client.get("/v1/students/code:S-0001/enrollments?status=enrolled", headers=me)
    ended = await full.client.get("/v1/students/code:S-0001/enrollments?status=dropped", headers=me)
    theirs = await full.client.get(f"/v1/students/{await full.student('S-0002')}/enrollments", headers=me)

    assert [enrollment["id"] for enrollment in mine.json()["items"]] == [taken["id"]]
    assert ended.json()["items"] == []
    assert theirs.status_code == 403


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("waitlist-entries/x", 400),
        ("waitlist-entries/00000000-0000-7000-8000-000000000000", 404),
        ("waitlist-entries?status=x", 200),
    ],
)
async def test_entries_that_there_are_not(path: str, expected: int, university: University) -> None:
    assert (await university.client.get(f"/v1/{path}")).status_code == expected
