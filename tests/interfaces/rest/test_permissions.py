"""Permissions over REST: given, seen in decisions, revoked; and what cannot be permitted."""

import pytest

from interfaces.rest import registration_examples as examples
from tests.interfaces.rest.university import Json, University, add

STUDENT = "code:S-0001"
OFFERING = "code:2026-1:CS-101"


def permission(*codes: str, **more: Json) -> Json:
    """The fields of a permission for the student of the examples."""
    return {"student": STUDENT, "offering": OFFERING, "codes": list(codes), "reason": "They may.", **more}


async def test_a_permission_says_who_gave_it_when(university: University) -> None:
    answer = await university.client.post(
        "/v1/permissions", json=examples.PERMISSION, headers={"X-Matricula-Actor": "registrar:office-1"}
    )

    given = answer.json()
    assert (answer.status_code, given["issuer"], given["given_at"]) == (201, "office-1", "2026-01-20T15:00:00Z")
    assert given["codes"] == ["consent_required", "seats_full"]
    assert given["term"] == (await university.get("terms/code:2026-1"))["id"]
    assert (await university.get("permissions", student=STUDENT, issuer="office-1"))["items"] == [given]


async def test_a_waived_rejection_is_told_with_its_permission(university: University) -> None:
    given = await university.create("permissions", permission("section_not_open"))
    await university.patch("sections/code:2026-1:CS-101-A", {"status": "closed"})

    (decision,) = await university.register(STUDENT, add("code:CS-101", "CS-101-A"))

    assert (decision["outcome"], decision["rejections"]) == ("enrolled", [])
    assert [(waived["code"], waived["permission"]) for waived in decision["waived"]] == [
        ("section_not_open", given["id"])
    ]


async def test_a_permission_seats_above_capacity(university: University) -> None:
    await university.patch("sections/code:2026-1:CS-101-A", {"capacity": 0})
    given = await university.create("permissions", permission("seats_full"))

    (decision,) = await university.register(STUDENT, add("code:CS-101", "CS-101-A"))

    assert decision["outcome"] == "enrolled"
    assert [seat["permission"] for seat in decision["seats"]] == [given["id"]]


async def test_a_permission_lets_its_student_off_the_waitlist_at_once(university: University) -> None:
    await university.patch("sections/code:2026-1:CS-101-A", {"capacity": 0})
    (waiting,) = await university.register(STUDENT, add("code:CS-101", "CS-101-A", if_full="waitlist"))

    await university.create("permissions", permission("seats_full", section="code:2026-1:CS-101-A"))

    assert (await university.get(f"waitlist-entries/{waiting['entry']}"))["status"] == "promoted"


async def test_a_revoked_permission_waives_nothing_more(university: University) -> None:
    given = await university.create("permissions", permission("section_not_open"))
    await university.patch("sections/code:2026-1:CS-101-A", {"status": "closed"})
    path = f"/v1/permissions/{given['id']}"

    without = await university.client.delete(path)
    stale = await university.client.delete(path, headers={"If-Match": '"2"'})
    revoked = await university.client.delete(path, headers={"If-Match": '"1"'})

    assert [answer.status_code for answer in (without, stale, revoked)] == [428, 412, 204]
    (decision,) = await university.register(STUDENT, add("code:CS-101", "CS-101-A"))
    assert [rejection["code"] for rejection in decision["rejections"]] == ["section_not_open"]


async def test_the_audit_log_says_who_revoked_a_permission(university: University) -> None:
    given = await university.create("permissions", permission("section_not_open"))
    path = f"/v1/permissions/{given['id']}"
    office = {"X-Matricula-Actor": "registrar:office-2"}

    revoked = [
        await university.client.delete(path, headers={"If-Match": tag, **office}) for tag in ('"1"', '"2"', '"2"')
    ]

    assert [answer.status_code for answer in revoked] == [204] * 3
    history = (await university.get("audit-events", about=given["id"]))["items"]
    assert [(event["kind"], event["subject"]) for event in history] == [
        ("permission", "development"),
        ("permission_revocation", "office-2"),
    ]


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        (permission("already_enrolled"), "invalid_field", "codes"),
        (permission("seats_full", reason=" "), "invalid_field", "reason"),
        (permission("seats_full", expires_at="2026-01-01T00:00:00Z"), "invalid_field", "expires_at"),
        (permission("seats_full", student="code:NOBODY"), "unknown_reference", "student"),
        (permission("seats_full", offering="code:2026-1:NO-1"), "unknown_reference", "offering"),
        (permission("seats_full", section="code:2026-1:NO"), "unknown_reference", "section"),
    ],
)
async def test_what_cannot_be_permitted_names_the_field(
    fields: Json, code: str, named: str, university: University
) -> None:
    answer = await university.client.post("/v1/permissions", json=fields)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["field"] == named


@pytest.mark.parametrize(
    ("fields", "pointer"), [(permission(), "/codes"), (permission("luck"), "/codes/0"), ({}, "/student")]
)
async def test_malformed_permissions_are_pointed_at(fields: Json, pointer: str, university: University) -> None:
    answer = await university.client.post("/v1/permissions", json=fields)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_section_of_another_offering_is_refused(university: University) -> None:
    await university.offer("PH", "1", "LEC", PH1={})

    answer = await university.client.post("/v1/permissions", json=permission("seats_full", section="code:2026-1:PH1"))

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "section")
