"""Carts over REST: every action and mode of a registration request, and idempotency keys."""

import pytest

from tests.interfaces.rest.university import Json, University, add, drop, meeting

STUDENT = "code:S-0001"
KEY = "Idempotency-Key"


@pytest.fixture
async def choices(university: University) -> University:
    """`CS-101` through `CS-101-A`, `MA-1` through `MA1` at the same time, and `PH-1` through `PH1` or `PH2`."""
    await university.offer("MA", "1", "LEC", MA1={"meetings": [meeting(1, "10:30", "12:00")]})
    await university.offer("PH", "1", "LEC", PH1={"meetings": [meeting(2, "08:00", "09:00")]}, PH2={"capacity": 1})
    return university


def outcomes(decisions: Json) -> list[str]:
    """What became of each action."""
    return [decision["outcome"] for decision in decisions]


async def test_a_swap_exchanges_one_course_for_another_at_the_same_time(choices: University) -> None:
    old = await choices.enroll(STUDENT, "code:CS-101")

    swap = {"action": "swap", "enrollment": old["enrollment"], "offering": "code:MA-1"}
    (swapped,) = await choices.register(STUDENT, swap)

    assert (swapped["outcome"], swapped["ended"]) == ("swapped", old["enrollment"])
    assert [seat["section_code"] for seat in swapped["seats"]] == ["MA1"]
    assert (await choices.get(f"enrollments/{old['enrollment']}"))["status"] == "dropped"


async def test_a_swap_that_is_refused_keeps_the_old_seat(choices: University) -> None:
    old = await choices.enroll(STUDENT, "code:CS-101")

    swap = {"action": "swap", "enrollment": old["enrollment"], "offering": "code:NO-1"}
    (refused,) = await choices.register(STUDENT, swap)

    assert refused["outcome"] == "rejected"
    assert (await choices.get(f"enrollments/{old['enrollment']}"))["status"] == "enrolled"


async def test_sections_and_grading_basis_are_changed_within_an_enrollment(choices: University) -> None:
    await choices.patch("courses/code:PH-1", {"grading_bases": ["audit", "graded"]})
    enrolled = (await choices.enroll(STUDENT, "code:PH-1", "PH1"))["enrollment"]

    sections = {"action": "change_sections", "enrollment": enrolled, "sections": ["code:PH2"]}
    basis = {"action": "change_basis", "enrollment": enrolled, "grading_basis": "audit"}
    decisions = await choices.register(STUDENT, sections, basis)

    assert outcomes(decisions) == ["changed", "changed"]
    one = await choices.get(f"enrollments/{enrolled}")
    assert (one["sections"], one["grading_basis"]) == (["PH2"], "audit")


async def test_of_alternatives_the_first_that_can_be_had_is_taken(choices: University) -> None:
    await choices.enroll(STUDENT, "code:CS-101")

    wish = add("code:MA-1", alternatives=[{"offering": "code:NO-1"}, {"offering": "code:PH-1"}])
    (decision,) = await choices.register(STUDENT, wish)

    assert [seat["section_code"] for seat in decision["seats"]] == ["PH1"]


async def test_an_atomic_request_applies_all_or_none(choices: University) -> None:
    both = [add("code:CS-101"), add("code:NO-1")]

    none = await choices.register(STUDENT, *both, mode="atomic")
    some = await choices.register(STUDENT, *both)

    assert outcomes(none) == ["not_applied", "rejected"]
    assert outcomes(some) == ["enrolled", "rejected"]
    old = some[0]["enrollment"]
    exchanged = await choices.register(STUDENT, add("code:MA-1"), drop(old), mode="atomic")
    assert outcomes(exchanged) == ["enrolled", "dropped"]


@pytest.mark.parametrize(
    ("action", "pointer"),
    [
        ({"action": "swap", "enrollment": "x", "offering": "code:A"}, "/actions/0/enrollment"),
        ({"action": "change_sections", "sections": []}, "/actions/0/enrollment"),
        ({"action": "change_basis", "enrollment": "x", "grading_basis": "by ear"}, "/actions/0/enrollment"),
        ({"action": "leave_waitlist", "entry": 1}, "/actions/0/entry"),
        ({"action": "add", "offering": "code:A", "if_full": "push"}, "/actions/0/if_full"),
        ({"action": "add", "offering": "code:A", "alternatives": [{}]}, "/actions/0/alternatives/0/offering"),
        ({"action": "steal"}, "/actions/0"),
    ],
)
async def test_a_malformed_action_of_each_kind_is_pointed_at(
    action: Json, pointer: str, university: University
) -> None:
    answer = await university.ask(STUDENT, action)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_an_unknown_mode_is_pointed_at(university: University) -> None:
    answer = await university.ask(STUDENT, add("code:CS-101"), mode="maybe")

    assert [error["pointer"] for error in answer.json()["errors"]] == ["/mode"]


async def test_the_same_key_gets_the_same_answer_and_has_no_second_effect(university: University) -> None:
    header = {KEY: "once-1"}
    first = await university.ask(STUDENT, add("code:CS-101"), headers=header)
    again = await university.ask(STUDENT, add("code:CS-101"), headers=header)

    assert first.json()["decisions"][0]["outcome"] == "enrolled"
    assert (again.status_code, again.json()) == (200, first.json())
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert len((await university.get("enrollments"))["items"]) == 1


async def test_a_key_knows_its_request_however_the_student_is_named(university: University) -> None:
    student = await university.get("students/code:S-0001")
    first = await university.ask(STUDENT, add("code:CS-101"), headers={KEY: "k"})
    again = await university.ask(student["id"], add("code:CS-101"), headers={KEY: "k"})

    assert again.json() == first.json()


async def test_the_same_key_with_another_request_is_refused(university: University) -> None:
    await university.ask(STUDENT, add("code:CS-101"), headers={KEY: "k"})

    answer = await university.ask(STUDENT, add("code:CS-102"), headers={KEY: "k"})

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert answer.json()["parameters"] == {"key": "k"}


async def test_keys_belong_to_their_callers(university: University) -> None:
    mine, theirs = {KEY: "k", "X-Matricula-Actor": "registrar:a"}, {KEY: "k", "X-Matricula-Actor": "registrar:b"}
    first = await university.ask(STUDENT, add("code:CS-101"), headers=mine)
    other = await university.ask(STUDENT, add("code:CS-102"), headers=theirs)

    assert (first.status_code, other.status_code) == (200, 200)
    assert "idempotency-replayed" not in other.headers


@pytest.mark.parametrize("key", [b"", b"x" * 201, b"a\x01b", b"\xff\xfe" + "\u2028".encode()])
async def test_a_key_that_makes_no_sense_is_refused(key: bytes, university: University) -> None:
    request = {"student": STUDENT, "term": "code:2026-1", "actions": [add("code:CS-101")]}
    headers = [(KEY.encode(), key)]
    answer = await university.client.post("/v1/registration-requests", json=request, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
    assert answer.json()["errors"][0]["field"] == "idempotency_key"


async def test_two_keys_are_one_too_many(university: University) -> None:
    request = {"student": STUDENT, "term": "code:2026-1", "actions": [add("code:CS-101")]}
    headers = [(KEY, "a"), (KEY, "b")]
    answer = await university.client.post("/v1/registration-requests", json=request, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("key", ["x", "x" * 200, "a key: with, everything!", "clé"])
async def test_a_key_may_be_any_printable_text(key: str, university: University) -> None:
    first = await university.ask(STUDENT, add("code:CS-101"), headers={KEY: key.encode()})
    again = await university.ask(STUDENT, add("code:CS-101"), headers={KEY: key.encode()})

    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
