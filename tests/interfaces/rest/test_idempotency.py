"""Idempotency keys on every POST: the same answer again and no second effect; another request is refused."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from interfaces.rest import registration_examples as examples
from interfaces.rest.app import RESOURCES
from interfaces.rest.idempotency import IDEMPOTENCY_KEY, REPLAYED
from interfaces.rest.resources import Resource
from tests.interfaces.rest.test_problems import assert_is_problem
from tests.interfaces.rest.test_records import each_resource, renewed
from tests.interfaces.rest.university import University

KEY = {IDEMPOTENCY_KEY: "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def what_matters(answer: httpx.Response) -> tuple[object, ...]:
    return answer.status_code, answer.content, answer.headers.get("location"), answer.headers.get("etag")


async def how_many(university: University, resource: Resource[Any, Any]) -> int:
    headers = {} if resource.name == "institution" else {"X-Matricula-Institution": "main"}
    page = await university.client.get(resource.path, params={"limit": 100}, headers=headers)
    return len(page.json()["items"])


@each_resource
async def test_a_record_is_created_once_for_a_key(resource: Resource[Any, Any], university: University) -> None:
    before = await how_many(university, resource)
    headers = {**KEY, "X-Matricula-Institution": "main"}

    first, again = [await university.client.post(resource.path, json=renewed(resource), headers=headers) for _ in "ab"]

    assert first.status_code == 201, first.text
    assert what_matters(again) == what_matters(first)
    assert (first.headers.get(REPLAYED), again.headers.get(REPLAYED)) == (None, "true")
    assert await how_many(university, resource) == before + 1


@each_resource
async def test_a_key_with_another_body_is_refused(resource: Resource[Any, Any], university: University) -> None:
    headers = {**KEY, "X-Matricula-Institution": "main"}
    fields = renewed(resource)
    await university.client.post(resource.path, json=fields, headers=headers)
    changed = {name: value for name, value in fields.items() if name in resource.fields.model_fields}
    text = next(
        name for name in ("name", "title", "reason", "family_name", "grade", "capacity", "code") if name in fields
    )
    changed[text] = 7 if text == "capacity" else "4.1" if text == "grade" else "Other"

    answer = await university.client.post(resource.path, json=changed, headers=headers)

    assert_is_problem(answer, "idempotency_key_reused")


async def test_a_key_with_another_operation_is_refused(university: University) -> None:
    await university.client.post("/v1/departments", json={"code": "X", "name": "X"}, headers=KEY)

    for path, body in (("/v1/programs", {"code": "X", "name": "X"}), ("/v1/queue-reviews", None)):
        assert_is_problem(await university.client.post(path, json=body, headers=KEY), "idempotency_key_reused")


async def test_a_key_of_a_request_that_was_refused_is_free(university: University) -> None:
    taken = await university.client.post("/v1/departments", json={"code": "CS", "name": "Again"}, headers=KEY)
    assert_is_problem(taken, "already_exists")

    assert (await university.client.post("/v1/departments", json={"code": "X", "name": "X"}, headers=KEY)).is_success


async def test_two_callers_may_choose_the_same_key(university: University) -> None:
    answers = [
        await university.client.post(
            "/v1/departments",
            json={"code": code, "name": code},
            headers={**KEY, "X-Matricula-Actor": f"registrar:{code}"},
        )
        for code in ("one", "two")
    ]

    assert [answer.status_code for answer in answers] == [201, 201]


async def test_a_permission_is_what_it_was_when_the_key_came_first(university: University) -> None:
    first = await university.client.post("/v1/permissions", json=examples.PERMISSION, headers=KEY)
    revoked = await university.client.delete(first.headers["location"], headers={"If-Match": "*"})
    assert revoked.status_code == 204

    again = await university.client.post("/v1/permissions", json=examples.PERMISSION, headers=KEY)

    assert what_matters(again) == what_matters(first)
    read = await university.client.get(first.headers["location"])
    assert {**read.json(), "revoked_at": None, "version": 1} == first.json()


async def test_queues_are_reviewed_once_for_a_key(university: University) -> None:
    first, again = [await university.client.post("/v1/queue-reviews", headers=KEY) for _ in "ab"]

    assert (first.status_code, first.json()) == (200, {"terms": []})
    assert what_matters(again) == what_matters(first)
    assert (first.headers.get(REPLAYED), again.headers.get(REPLAYED)) == (None, "true")


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
async def test_a_key_is_short_and_printable(key: str, university: University) -> None:
    answer = await university.client.post(
        "/v1/departments", json={"code": "X", "name": "X"}, headers={IDEMPOTENCY_KEY: key}
    )

    assert_is_problem(answer, "invalid_field")


async def test_a_key_comes_once(university: University) -> None:
    headers = [(IDEMPOTENCY_KEY, "a"), (IDEMPOTENCY_KEY, "b")]
    answer = await university.client.post("/v1/departments", json={"code": "X", "name": "X"}, headers=headers)

    assert_is_problem(answer, "invalid_request")


def test_every_post_that_changes_state_takes_a_key(app: FastAPI) -> None:
    posts = [route for route in app.state.operations if isinstance(route, APIRoute) and "POST" in (route.methods or ())]
    assert len(posts) > len(RESOURCES)

    document = app.openapi()
    without = {
        path
        for path in (route.path_format for route in posts)
        if {"$ref": "#/components/parameters/IdempotencyKey"} not in document["paths"][path]["post"]["parameters"]
    }

    # A grant is good once by itself, or harmless to repeat; a token that was given back stays so.
    assert without == {"/v1/oauth/token", "/v1/oauth/revoke"}
