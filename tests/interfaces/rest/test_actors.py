"""Who acts: the development header, what it lets a role do, and from where it is believed."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.interfaces.rest.university import University, add

ACTOR = "X-Matricula-Actor"
DEPARTMENTS = "/v1/departments"
SCHEDULE = "/v1/students/{}/schedule?term=code:2026-1"


def acting(actor: str) -> dict[str, str]:
    """The header of an actor."""
    return {ACTOR: actor}


async def test_without_the_header_an_administrator_acts(university: University) -> None:
    await university.enroll("code:S-0001", "code:CS-101")

    (event,) = (await university.get("audit-events", kind="registration_request"))["items"]

    assert (event["subject"], event["roles"]) == ("development", ["administrator"])


@pytest.mark.parametrize("role", ["registrar", "administrator"])
@pytest.mark.parametrize("subject", ["", ":office-1", ":Ana María: mañana"])
async def test_who_acts_stands_in_the_audit_log(role: str, subject: str, university: University) -> None:
    header = {ACTOR: f"{role}{subject}".encode()}
    answer = await university.ask("code:S-0001", add("code:CS-101"), headers=header)

    assert answer.status_code == 200, answer.text
    (event,) = (await university.get("audit-events", kind="registration_request"))["items"]
    assert (event["subject"], event["roles"]) == (subject.removeprefix(":") or "development", [role])


@pytest.mark.parametrize(
    ("actor", "status"),
    [("student:code:S-0001", 403), ("instructor:i", 403), ("advisor:a", 403), ("registrar:r", 201)],
)
async def test_a_role_may_do_what_its_use_cases_allow(actor: str, status: int, university: University) -> None:
    answer = await university.client.post(DEPARTMENTS, json={"code": "X", "name": "X"}, headers=acting(actor))

    assert answer.status_code == status, answer.text


async def test_a_student_acts_for_themselves_alone(university: University) -> None:
    other = await university.student("S-0002")
    student = await university.get("students/code:S-0001")

    for named in ("code:S-0001", student["id"]):
        me = acting(f"student:{named}")
        assert (await university.client.get(SCHEDULE.format("code:S-0001"), headers=me)).status_code == 200
        theirs = await university.client.get(SCHEDULE.format(other), headers=me)
        assert (theirs.status_code, theirs.json()["code"]) == (403, "access_denied")
    me = acting("student:code:S-0001")
    assert (await university.ask(other, add("code:CS-101"), headers=me)).status_code == 403
    assert (await university.ask("code:S-0001", add("code:CS-101"), headers=me)).status_code == 200
    (event,) = (await university.get("audit-events", kind="registration_request"))["items"]
    assert (event["subject"], event["roles"]) == (student["id"], ["student"])


@pytest.mark.parametrize(
    "actor",
    [
        b"",
        b"boss",
        b"student",
        b"student:",
        b"student:S-0001",
        b"student:code:",
        b"Registrar",
        b"registrar:\x01",
        b"registrar:" + b"x" * 101,
        b":x",
        b"\xff",
    ],
)
async def test_what_names_nobody_is_refused(actor: bytes, university: University) -> None:
    answer = await university.client.get(DEPARTMENTS, headers=[(ACTOR.encode(), actor)])

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert "X-Matricula-Actor" in answer.json()["detail"]


async def test_an_unknown_student_is_refused(university: University) -> None:
    answer = await university.client.get(DEPARTMENTS, headers=acting("student:code:NOBODY"))

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_actor")


@pytest.mark.parametrize("role", ["instructor", "advisor"])
async def test_an_instructor_or_advisor_may_be_one_on_record(role: str, university: University) -> None:
    instructor = await university.get("instructors/code:I-0001")
    advisees = f"/v1/instructors/{instructor['id']}/advisees"
    roster = "/v1/sections/code:2026-1:CS-101-A/roster"
    expected = {"instructor": (403, 200), "advisor": (200, 403)}[role]

    for named in ("code:I-0001", instructor["id"]):
        answers = [await university.client.get(path, headers=acting(f"{role}:{named}")) for path in (advisees, roster)]
        assert tuple(answer.status_code for answer in answers) == expected
    for path in (advisees, roster):
        assert (await university.client.get(path, headers=acting(f"{role}:somebody"))).status_code == 403
    unknown = await university.client.get(roster, headers=acting(f"{role}:code:NOBODY"))
    assert (unknown.status_code, unknown.json()["code"]) == (400, "unknown_actor")


@pytest.mark.parametrize(("actor", "status"), [("student:code:S-0001", 403), ("advisor", 403), ("administrator", 201)])
async def test_administrators_found_institutions(actor: str, status: int, university: University) -> None:
    answer = await university.client.post("/v1/institutions", json={"code": "x", "name": "X"}, headers=acting(actor))

    assert answer.status_code == status, answer.text


@pytest.fixture
def peer(request: pytest.FixtureRequest) -> str:
    """The address from which the client comes."""
    return str(request.param)


@pytest.fixture
async def from_elsewhere(app: FastAPI, university: University, peer: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the same server, at the address `peer`."""
    transport = httpx.ASGITransport(app, client=(peer, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://matricula.test") as client:
        yield client


@pytest.mark.parametrize("peer", ["192.168.0.7", "203.0.113.9", "2001:db8::1", "somewhere"], indirect=True)
@pytest.mark.parametrize("headers", [acting("registrar:r"), {}], ids=["named", "nobody_named"])
async def test_from_another_machine_nobody_acts(headers: dict[str, str], from_elsewhere: httpx.AsyncClient) -> None:
    account = {"email": "a@uni.example", "roles": ["administrator"], "password": "violet anchors hum in march"}
    answers = [
        await from_elsewhere.get(DEPARTMENTS, headers=headers),
        await from_elsewhere.post("/v1/accounts", json=account, headers=headers),
        await from_elsewhere.post("/v1/institutions", json={"code": "x", "name": "X"}, headers=headers),
        await from_elsewhere.delete("/v1/institutions/code:main", headers={**headers, "If-Match": "*"}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "actor_refused")] * 4
    assert (await from_elsewhere.get("/v1/institutions")).status_code == 200


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.10", "::1"], indirect=True)
async def test_from_this_machine_the_header_is_believed(from_elsewhere: httpx.AsyncClient) -> None:
    assert (await from_elsewhere.get(DEPARTMENTS, headers=acting("registrar:r"))).status_code == 200


@pytest.mark.parametrize("header", ["Forwarded", "Via", "X-Forwarded-For", "X-Real-IP"])
async def test_what_a_proxy_on_this_machine_passes_on_is_not_believed(header: str, university: University) -> None:
    for actor in (acting("registrar:r"), {}):
        answer = await university.client.get(DEPARTMENTS, headers={**actor, header: "203.0.113.9"})

        assert (answer.status_code, answer.json()["code"]) == (403, "actor_refused")
