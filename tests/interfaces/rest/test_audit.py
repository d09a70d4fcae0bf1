"""The audit log over REST: events, histories, and who sat where at a past moment."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.university import Json, University, add, drop

STUDENT = "code:S-0001"
ROSTER = "sections/code:2026-1:CS-101-A/roster"
SCHEDULE = "students/code:S-0001/schedule"


async def test_every_command_leaves_an_event_with_what_every_rule_said(university: University) -> None:
    (refused, enrolled) = await university.register(STUDENT, add("code:NO-1"), add("code:CS-101"))

    (event,) = (await university.get("audit-events"))["items"]

    assert (event["kind"], event["number"]) == ("registration_request", refused["number"])
    assert [decision["outcome"] for decision in event["answer"]["decisions"]] == ["rejected", "enrolled"]
    verdicts = event["answer"]["decisions"][1]["verdicts"]
    assert {verdict["verdict"] for verdict in verdicts} == {"allowed"}
    assert event == await university.get(f"audit-events/{event['id']}")
    assert enrolled["enrollment"] in str(event)


async def test_events_are_found_by_what_they_are_about(university: University) -> None:
    enrolled = await university.enroll(STUDENT, "code:CS-101")
    other = await university.enroll(await university.student("S-0002"), "code:CS-101")
    section = await university.get("sections/code:2026-1:CS-101-A")

    async def numbers(**query: str) -> list[int]:
        return [event["number"] for event in (await university.get("audit-events", **query))["items"]]

    assert await numbers(about=enrolled["enrollment"]) == [enrolled["number"]]
    assert await numbers(about=section["id"]) == [enrolled["number"], other["number"]]
    assert await numbers(about=str(uuid4())) == []
    assert await numbers(kind="registration_request", term="code:2026-1", sort="-number") == [2, 1]
    assert await numbers(subject="somebody") == []


async def test_the_log_is_for_keepers_and_cannot_be_written(university: University) -> None:
    for actor, status in (("advisor", 403), ("student:code:S-0001", 403), ("registrar", 200)):
        answer = await university.client.get("/v1/audit-events", headers={"X-Matricula-Actor": actor})
        assert answer.status_code == status
    assert (await university.client.post("/v1/audit-events", json={})).headers["allow"] == "GET, HEAD, OPTIONS"


async def history(university: University, path: str, actor: str = "registrar") -> httpx.Response:
    """The history at a path, as an actor reads it."""
    return await university.client.get(f"/v1/{path}/history", headers={"X-Matricula-Actor": actor})


async def test_the_history_of_an_enrollment_tells_all_that_was_decided_about_it(university: University) -> None:
    enrolled = await university.enroll(STUDENT, "code:CS-101")
    await university.enroll(await university.student("S-0002"), "code:CS-101")
    (dropped,) = await university.register(STUDENT, drop(enrolled["enrollment"]))
    path = f"enrollments/{enrolled['enrollment']}"

    answer = await history(university, path)

    assert [event["number"] for event in answer.json()["events"]] == [enrolled["number"], dropped["number"]]
    own = (await history(university, path, f"student:{STUDENT}")).json()
    assert own["events"] == [{**event, "facts": {}} for event in answer.json()["events"]]
    assert (await history(university, path, "student:code:S-0002")).status_code == 403
    assert (await history(university, f"enrollments/{uuid4()}")).status_code == 404


async def test_the_history_of_a_waitlist_entry_tells_its_promotion(university: University) -> None:
    await university.patch("sections/code:2026-1:CS-101-A", {"capacity": 0})
    (waiting,) = await university.register(STUDENT, add("code:CS-101", if_full="waitlist"))
    await university.patch("sections/code:2026-1:CS-101-A", {"capacity": 1})

    events = (await history(university, f"waitlist-entries/{waiting['entry']}")).json()["events"]

    assert [event["kind"] for event in events] == ["registration_request", "section_revision"]
    (promotion,) = events[1]["consequences"]
    assert (promotion["movement"], promotion["entry"]) == ("promoted", waiting["entry"])


@pytest.mark.parametrize("reader", ["student:code:S-0003", "advisor:code:I-0001"])
async def test_a_history_tells_nothing_of_other_students(reader: str, university: University) -> None:
    """One gives up the only seat, the next in the queue is held, the third is promoted and reads how."""
    one, held, promoted = STUDENT, await university.student("S-0002"), await university.student("S-0003")
    await university.patch(f"students/{promoted}", {"advisors": ["code:I-0001"]})
    await university.patch("sections/code:2026-1:CS-101-A", {"capacity": 1})
    enrolled = await university.enroll(one, "code:CS-101")
    await university.register(held, add("code:CS-101", if_full="waitlist"))
    (waiting,) = await university.register(promoted, add("code:CS-101", if_full="waitlist"))
    hold = {"student": held, "office": "Bursar", "reason": "Owes 12.50"}
    await university.create("holds", {**hold, "blocks": ["registration"]})
    headers = {"X-Matricula-Actor": f"student:{one}"}
    await university.ask(one, drop(enrolled["enrollment"]), headers=headers)

    answer = await history(university, f"waitlist-entries/{waiting['entry']}", reader)

    joining, promotion = answer.json()["events"]
    assert joining["answer"]["decisions"][0]["outcome"] == "waitlisted"
    assert [moved["movement"] for moved in promotion["consequences"]] == ["promoted"]
    assert (promotion["subject"], promotion["roles"], promotion["command"], promotion["answer"]) == (None, [], {}, {})
    others = [(await university.get(f"students/{student}"))["id"] for student in (one, held)]
    for told in (*others, enrolled["enrollment"], "Bursar", "Owes 12.50"):
        assert told not in answer.text
    every = (await history(university, f"waitlist-entries/{waiting['entry']}")).json()["events"][1]
    assert [moved["movement"] for moved in every["consequences"]] == ["skipped", "promoted"]


@pytest.fixture
async def dropped(university: University, clock: SettableClock) -> Json:
    """The student was enrolled from 15:00 to 16:00 on the first day."""
    enrolled = await university.enroll(STUDENT, "code:CS-101")
    clock.moment = datetime(2026, 1, 20, 16, tzinfo=UTC)
    await university.register(STUDENT, drop(enrolled["enrollment"]))
    return enrolled


@pytest.mark.usefixtures("dropped")
@pytest.mark.parametrize(
    ("moment", "seated"),
    [
        ("2026-01-20T14:59:59Z", 0),
        ("2026-01-20T15:00:00Z", 1),
        ("2026-01-20T10:30:00-05:00", 1),
        ("2026-01-20T16:00:00Z", 0),
        (None, 0),
    ],
)
async def test_schedule_and_roster_of_a_past_moment(moment: str | None, seated: int, university: University) -> None:
    as_of = {} if moment is None else {"as_of": moment}

    schedule = await university.get(SCHEDULE, term="code:2026-1", **as_of)
    roster = await university.get(ROSTER, **as_of)

    assert (len(schedule["courses"]), len(roster["entries"])) == (seated, seated)


@pytest.mark.parametrize("moment", ["", "now", "2026-01-20T15:00:00", "2026-01-20", "1800-01-01T00:00:00Z"])
async def test_a_moment_without_sense_or_offset_is_refused(moment: str, university: University) -> None:
    for path in (f"{SCHEDULE}?term=code:2026-1&as_of={moment}", f"{ROSTER}?as_of={moment}"):
        answer = await university.client.get(f"/v1/{path}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_a_moment_is_given_once(university: University) -> None:
    twice = "as_of=2026-01-20T15:00:00Z&as_of=2026-01-21T15:00:00Z"

    assert (await university.client.get(f"/v1/{ROSTER}?{twice}")).status_code == 400
