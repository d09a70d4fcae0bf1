"""Through no REST operation does an administrator of one institution reach anything of another that looks alike.

Each operation is asked for records of the other institution by their ids, in paths, bodies, filters and cursors:
nothing of it is answered, nothing in it changes, and what is asked by code is one's own.
"""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from application.shared.access_table import ACCESS
from application.shared.caller import Role
from tests.interfaces.access.campus import KINDS, Campus
from tests.interfaces.access.operations import rest_operations
from tests.interfaces.access.requests import Asked, requests_about

Json = Any
Both = tuple[Campus, Campus]

PUBLIC = frozenset(operation for operation, rule in ACCESS.items() if rule.scope is None)
"""What is answered to anybody: the directory of institutions is public."""

VOIDING = frozenset({"change_password", "sign_out_everywhere"})
"""After these the administrator must come in anew."""

COLLECTIONS = (
    *(kind.collection for kind in KINDS.values()),
    *("enrollments", "waitlist-entries", "audit-events", "accounts", "clients"),
)

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


async def everything(campus: Campus) -> str:
    """All that the administrators of an institution can read in its collections."""
    pages = [await campus.client.get(f"/v1/{name}?limit=200", headers=campus.headers) for name in COLLECTIONS]
    assert all(page.is_success and page.json()["next_cursor"] is None for page in pages)
    return "\n".join(page.text for page in pages)


def ids_in(text: str) -> set[str]:
    """The ids that a text names."""
    return set(_ID.findall(text))


async def ask(campus: Campus, asked: Asked) -> httpx.Response:
    """What an administrator of the campus is answered."""
    return await campus.client.request(**asked.arguments, headers={**campus.headers, **asked.headers})


@pytest.fixture
async def untouched(both: Both) -> AsyncIterator[set[str]]:
    """The ids of all records here, which are as they were when the test ends."""
    here, _ = both
    before = await everything(here)
    yield ids_in(before) | {here.one["institution"], here.one["import"], here.other["import"]}
    assert await everything(here) == before


@pytest.mark.parametrize("half", ["one", "other"])
async def test_no_operation_reaches_a_record_of_another_institution(half: str, both: Both, untouched: set[str]) -> None:
    here, there = both
    theirs = requests_about(here, getattr(here, half))
    for operation in sorted(rest_operations() - PUBLIC):
        asked = theirs[operation]
        named = ids_in(f"{asked.path} {asked.body}") & untouched
        answer = await ask(there, asked)
        assert (ids_in(answer.text) - named) & untouched == set(), (operation, answer.text)
        if named:
            assert answer.status_code in (404, 422), (operation, answer.text)
            assert answer.json()["code"] in ("not_found", "unknown_reference"), operation
        if operation in VOIDING:
            assert answer.is_success
            await there.sign_in(Role.ADMINISTRATOR)


async def test_what_is_named_by_code_is_ones_own(both: Both, untouched: set[str]) -> None:
    _, there = both
    for path in ("students/code:S1", "sections/code:2026-1:A", "sections/code:2026-1:A/roster", "terms/code:2026-1"):
        answer = await ask(there, Asked("GET", f"/v1/{path}"))
        assert answer.is_success, path
        assert ids_in(answer.text) & untouched == set()


REFERENCES: dict[str, tuple[Json, ...]] = {
    "program": ({"department": "department"},),
    "course": ({"department": "department"},),
    "instructor": ({"department": "department"},),
    "student": ({"program": "program"}, {"advisors": ["instructor"]}),
    "hold": ({"student": "student"},),
    "course_attempt": (
        {"student": "student"},
        {"course": "course"},
        {"grade": "4.2", "scheme": "grading_scheme"},
    ),
    "permission": ({"student": "student"}, {"offering": "offering"}, {"section": "section"}),
    "time_ticket": (
        {"term": "term"},
        {"cohort": {"students": ["student"]}},
        {"cohort": {"programs": ["program"]}},
    ),
    "offering": (
        {"term": "term"},
        {"course": "course"},
        {"cross_listed": ["course"]},
        {"programs": ["program"]},
    ),
    "section": (
        {"offering": "offering"},
        {"parent": "section"},
        {"instructors": ["instructor"]},
        {"meetings": [{"weekdays": [1], "starts_at": "10:00", "ends_at": "11:00", "room": "room"}]},
        {"reserved": [{"name": "Kept", "seats": 1, "cohort": {"students": ["student"]}}]},
        {"reserved": [{"name": "Kept", "seats": 1, "cohort": {"programs": ["program"]}}]},
    ),
}
"""Every field of a body that names a record, with the kind of the record in place of its id."""


def filled(value: Json, ids: dict[str, str]) -> Json:
    """The value, with ids in place of kinds."""
    match value:
        case dict():
            return {name: filled(item, ids) for name, item in value.items()}
        case list():
            return [filled(item, ids) for item in value]
        case _:
            return ids.get(value, value)


@pytest.mark.parametrize("kind", sorted(REFERENCES))
async def test_no_body_refers_to_a_record_of_another_institution(kind: str, both: Both, untouched: set[str]) -> None:
    here, there = both
    collection, before = f"/v1/{KINDS[kind].collection}", await everything(there)
    for reference in REFERENCES[kind]:
        theirs = filled(reference, here.spare)
        bodies = [Asked("POST", collection, {**KINDS[kind].named("NEW"), **theirs})]
        if kind != "permission":
            bodies.append(Asked("PATCH", f"{collection}/{there.spare[kind]}", theirs))
        for asked in bodies:
            answer = await ask(there, asked)
            assert (answer.status_code, answer.json()["code"]) == (422, "unknown_reference"), (asked, answer.text)
            assert ids_in(answer.text) & untouched <= ids_in(str(theirs))
    assert await everything(there) == before


async def test_no_registration_names_anything_of_another_institution(both: Both, untouched: set[str]) -> None:
    """Whom and when it is for is refused; in an action, what is another institution's is not there."""
    here, there = both
    mine = there.registration("code:S1")
    for wrong in ({"student": here.one["student"]}, {"term": here.spare["term"]}):
        answer = await ask(there, Asked("POST", "/v1/registration-requests", {**mine, **wrong}))
        assert answer.json()["code"] == "unknown_reference", answer.text
    add = mine["actions"][0]
    actions = (
        {**add, "offering": here.spare["offering"]},
        {**add, "sections": [here.one["section"]]},
        {"action": "drop", "enrollment": here.one["enrollment"]},
        {"action": "swap", "enrollment": here.one["enrollment"], **{k: v for k, v in add.items() if k != "action"}},
        {"action": "leave_waitlist", "entry": here.one["waitlist_entry"]},
    )
    for action in actions:
        answer = await ask(there, Asked("POST", "/v1/registration-requests", {**mine, "actions": [action]}))
        (decision,) = answer.json()["decisions"]
        assert decision["outcome"] == "rejected", decision
        assert ids_in(answer.text) & untouched <= ids_in(str(action))


FILTERS = {
    "programs": {"department": "department"},
    "courses": {"department": "department"},
    "students": {"program": "program", "advisor": "instructor"},
    "instructors": {"department": "department"},
    "holds": {"student": "student"},
    "course-attempts": {"student": "student", "course": "course"},
    "permissions": {"student": "student", "term": "term", "offering": "offering", "section": "section"},
    "time-tickets": {"term": "term"},
    "offerings": {"term": "term", "course": "course"},
    "sections": {"term": "term", "offering": "offering"},
    "enrollments": {"student": "student", "term": "term", "offering": "offering"},
    "waitlist-entries": {"student": "student", "term": "term", "offering": "offering"},
    "audit-events": {"term": "term", "about": "section"},
}
"""The filters of collections that name a record."""


async def test_no_filter_finds_anything_by_a_record_of_another_institution(both: Both, untouched: set[str]) -> None:
    here, there = both
    for collection, filters in FILTERS.items():
        for name, kind in filters.items():
            identifier = here.one.get(kind) or here.spare[kind]
            answer = await ask(there, Asked("GET", f"/v1/{collection}", query={name: identifier}))
            assert answer.json() == {"items": [], "next_cursor": None}, (collection, name)


async def test_no_cursor_and_no_search_leads_into_another_institution(both: Both, untouched: set[str]) -> None:
    here, there = both
    for collection in COLLECTIONS:
        first = await ask(here, Asked("GET", f"/v1/{collection}", query={"limit": "1"}))
        cursor = first.json()["next_cursor"]
        if cursor is not None:
            page = await ask(there, Asked("GET", f"/v1/{collection}", query={"limit": "200", "cursor": cursor}))
            assert page.is_success
            assert ids_in(page.text) & untouched == set(), collection
        found = await ask(there, Asked("GET", f"/v1/{collection}", query={"q": "S", "limit": "200"}))
        assert ids_in(found.text) & untouched == set(), collection


async def test_a_token_opens_its_own_institution_alone(both: Both, untouched: set[str]) -> None:
    here, there = both
    for operation in sorted(rest_operations() - PUBLIC):
        asked = requests_about(here, here.one)[operation]
        for role in Role:
            headers = {**there.headers_of(role), **here.place, **asked.headers}
            answer = await there.client.request(**asked.arguments, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "access_denied"), (operation, role)
