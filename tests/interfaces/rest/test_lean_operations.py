"""Lean operations answer as all others do, whatever the request and wherever its client has gone."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic_core import to_json

from interfaces.main.logging import configure_logging
from interfaces.rest.app import RESOURCES
from interfaces.rest.preconditions import tag_of_written
from tests.interfaces.rest.university import Json, University, add

PATH = "/v1/registration-requests"
STUDENT = "code:S-0001"
REQUEST = {"term": "code:2026-1", "student": STUDENT, "actions": [add("code:CS-101", "CS-101-A")]}

Message = dict[str, Any]


async def called(app: FastAPI, body: bytes, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
    """Send a registration request to the application as a server does."""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)


def messages(*given: Message) -> Callable[[], Awaitable[Message]]:
    """What a client sends, message by message; then it has gone."""
    left = list(given)

    async def receive() -> Message:
        return left.pop(0) if left else {"type": "http.disconnect"}

    return receive


async def taken(university: University) -> Json:
    return (await university.get("sections/code:2026-1:CS-101-A"))["seats_taken"]


async def test_a_client_that_goes_while_it_sends_has_asked_for_nothing(
    app: FastAPI, university: University, capsys: pytest.CaptureFixture[str]
) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    body = json.dumps(REQUEST).encode()
    configure_logging("info", "json")
    await called(app, body, messages({"type": "http.request", "body": body[:40], "more_body": True}), send)
    configure_logging("error", "json")

    assert sent == []
    assert await taken(university) == 0
    (event,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (event["event"], event["status"]) == ("request", 499)


async def test_a_client_that_goes_after_it_has_sent_is_registered(app: FastAPI, university: University) -> None:
    async def nobody_reads(_message: Message) -> None:
        raise OSError("the client has gone")

    body = json.dumps(REQUEST).encode()
    with pytest.raises(OSError, match="gone"):
        await called(app, body, messages({"type": "http.request", "body": body, "more_body": False}), nobody_reads)

    assert await taken(university) == 1


async def test_a_body_may_come_in_pieces(app: FastAPI, university: University) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    body = json.dumps(REQUEST).encode()
    pieces = [{"type": "http.request", "body": body[at : at + 10], "more_body": True} for at in range(0, len(body), 10)]
    await called(app, body, messages(*pieces, {"type": "http.request", "body": b"", "more_body": False}), send)

    assert sent[0]["status"] == 200
    assert await taken(university) == 1


async def test_many_at_once_get_each_their_own_answer(university: University) -> None:
    students = [await university.student(f"L-{number}") for number in range(8)]
    requests = [{**REQUEST, "student": student} for student in students]

    answers = await asyncio.gather(*(university.client.post(PATH, json=request) for request in requests))

    ids = [(await university.get(f"students/{student}"))["id"] for student in students]
    assert [answer.json()["student"] for answer in answers] == ids
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(students)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_other_methods_at_its_path_are_refused_as_everywhere(method: str, client: httpx.AsyncClient) -> None:
    answer = await client.request(method, PATH)

    assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")
    assert answer.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/v1/sections//", "/v1/sections/a/b", f"{PATH}//", f"{PATH}/1", "/v1/nothing/1"])
async def test_what_is_no_operation_is_not_found(path: str, university: University) -> None:
    answer = await university.client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_head_is_the_get_without_content(university: University) -> None:
    for path in ("/v1/sections/code:2026-1:CS-101-A", "/v1/sections"):
        shown, asked = await university.client.get(path), await university.client.head(path)
        assert (asked.status_code, asked.content) == (200, b"")
        for name in ("etag", "content-length", "content-type", "cache-control"):
            assert asked.headers[name] == shown.headers[name]


async def test_a_code_may_be_written_with_escapes(university: University) -> None:
    answer = await university.client.get("/v1/sections/code%3A2026-1%3ACS-101-A")

    assert answer.json()["code"] == "CS-101-A"


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: str(resource.name))
def test_the_version_in_a_tag_is_read_from_the_end_of_what_is_written(resource: Any) -> None:
    assert list(resource.view.model_fields)[-1] == "version"


def test_a_tag_of_a_written_record_begins_with_its_version_and_its_own_id() -> None:
    own, other = "0192f0c1-2f5a-7c3e-9d59-2b9f3a6f1c01", "0192f0c1-2f5a-7c3e-9d59-2b9f3a6f1c02"
    written = to_json({"title": f'"id":"{other}"', "id": own, "parts": [{"id": other}], "version": 12})

    assert tag_of_written(written).startswith(f'"12.{own}.')
