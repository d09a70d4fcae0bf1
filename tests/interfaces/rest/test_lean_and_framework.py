"""A lean operation answers and logs what the framework does with the same operation, whatever the request is like."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from infrastructure.metrics.recording import Recording
from interfaces.main.logging import configure_logging
from interfaces.rest.app import rest_app
from interfaces.rest.middleware.body_limit import MAXIMUM_BYTES
from tests.interfaces.rest.university import University, add

REQUESTS = "/v1/registration-requests"
SECTION = "/v1/sections/code:2026-1:CS-101-A"
BODY = json.dumps(
    {"term": "code:2026-1", "student": "code:S-0001", "actions": [add("code:CS-101", "CS-101-A")]}
).encode()
JSON = ("Content-Type", "application/json")
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@dataclass(frozen=True)
class Sent:
    """A request."""

    method: str
    path: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


def get(path: str, *headers: tuple[str, str]) -> Sent:
    return Sent("GET", path, [*headers])


def post(body: bytes, *headers: tuple[str, str], path: str = REQUESTS) -> Sent:
    return Sent("POST", path, [JSON, *headers], body)


ALIKE = {
    "a record": get(SECTION),
    "a record by a code with escapes": get(SECTION.replace(":", "%3A")),
    "the head of a record": Sent("HEAD", SECTION),
    "a record that the client may have": get(SECTION, ("If-None-Match", "*")),
    "a record of which the client has another version": get(SECTION, ("If-None-Match", '"1.a", "2.b"')),
    "a record that does not exist": get("/v1/sections/code:2026-1:nothing"),
    "a path that names no record": get("/v1/sections/code:a:b:c"),
    "a record with a query": get(f"{SECTION}?limit=1"),
    "a page": get("/v1/sections?limit=1&fields=id,code"),
    "the head of a page": Sent("HEAD", "/v1/sections?limit=1"),
    "a page of a wrong size": get("/v1/sections?limit=0"),
    "a page by an unknown parameter": get("/v1/sections?nothing=1"),
    "what is not JSON": get(SECTION, ("Accept", "text/html")),
    "what may be JSON": get(SECTION, ("Accept", "text/html, application/json;q=0.1")),
    "what may be JSON in a second header": get(SECTION, ("Accept", "text/html"), ("Accept", "*/*")),
    "an id that is not sane, then one that is": get(SECTION, ("X-Request-ID", "a b"), ("X-Request-ID", "mine-2")),
    "a trace": get(SECTION, ("traceparent", TRACE)),
    "an unknown institution": get(SECTION, ("X-Matricula-Institution", "nowhere")),
    "an institution that is no name": get(SECTION, ("X-Matricula-Institution", "a b")),
    "an institution twice": get(SECTION, ("X-Matricula-Institution", "no"), ("X-Matricula-Institution", "never")),
    "a student who reads": get(SECTION, ("X-Matricula-Actor", "student:code:S-0001")),
    "an actor who is not known": get(SECTION, ("X-Matricula-Actor", "student:code:nobody")),
    "an actor of no role": get(SECTION, ("X-Matricula-Actor", "janitor")),
    "an actor from behind a proxy": get(SECTION, ("X-Matricula-Actor", "registrar"), ("Via", "1.1 proxy")),
    "another method": Sent("PUT", REQUESTS),
    "a request by whom it is not for": post(BODY, ("X-Matricula-Actor", "advisor")),
    "a request with a query": post(BODY, path=f"{REQUESTS}?a=b"),
    "a request of another type": Sent("POST", REQUESTS, [("Content-Type", "text/plain")], BODY),
    "a request without a type": Sent("POST", REQUESTS, [], BODY),
    "a request that is compressed": post(BODY, ("Content-Encoding", "gzip")),
    "a request that is no JSON": post(b'{"term": '),
    "a request that is empty": post(b""),
    "a request with unknown fields": post(b'{"term": "code:2026-1", "pupil": "code:S-0001", "actions": []}'),
    "a request for an unknown student": post(BODY.replace(b"S-0001", b"nobody")),
    "a request for an unknown term": post(BODY.replace(b"code:2026-1", b"code:1999-1")),
    "a request with two keys": post(BODY, ("Idempotency-Key", "a"), ("Idempotency-Key", "b")),
    "a request with an endless key": post(BODY, ("Idempotency-Key", "a" * 201)),
    "a request whose key was answered": post(BODY, ("Idempotency-Key", "answered")),
    "a request whose key belongs to another": post(BODY.replace(b"A", b"B"), ("Idempotency-Key", "answered")),
    "a request that is too large": post(b" " * (MAXIMUM_BYTES + 1)),
    "a request that says it is too large": post(BODY, ("Content-Length", str(MAXIMUM_BYTES + 1))),
}


@pytest.fixture(scope="module")
def framework(recording: Recording) -> FastAPI:
    """The application with nothing in front of the framework."""

    @asynccontextmanager
    async def nothing(_app: FastAPI) -> AsyncIterator[None]:
        yield

    app = rest_app(nothing, recording.requests)
    del app.build_middleware_stack
    return app


@pytest.mark.parametrize("sent", ALIKE.values(), ids=ALIKE)
async def test_both_answer_and_log_the_same(
    sent: Sent, app: FastAPI, framework: FastAPI, university: University, capsys: pytest.CaptureFixture[str]
) -> None:
    await university.client.post(REQUESTS, content=BODY, headers=[JSON, ("Idempotency-Key", "answered")])
    framework.state.known_institutions.forget()

    answered, logged = await _answer(app, sent, capsys)

    assert (answered, logged) == await _answer(framework, sent, capsys)
    assert [event["status"] for event in logged] == [answered["status"]]


async def test_a_defect_is_the_same_problem(
    app: FastAPI, framework: FastAPI, university: University, capsys: pytest.CaptureFixture[str]
) -> None:
    for served in (app, framework):
        known = served.state.known_institutions
        served.state.known_institutions = None
        answered, logged = await _answer(served, get(SECTION), capsys)
        served.state.known_institutions = known

        assert (answered["status"], json.loads(answered["body"])["code"]) == (500, "internal_error")
        assert [event["event"] for event in logged] == ["unhandled_error", "request"]
        assert {event["request_id"] for event in logged} == {"mine"}


async def _answer(app: FastAPI, sent: Sent, capsys: pytest.CaptureFixture[str]) -> tuple[Any, list[dict[str, Any]]]:
    """What the application answers and logs, but for the time that it took."""
    configure_logging("info", "json")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client:
        request = client.build_request(
            sent.method, sent.path, headers=[("X-Request-ID", "mine"), *sent.headers], content=sent.body
        )
        answer = await client.send(request)
    configure_logging("error", "json")
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logged = [event for event in events if "request_id" in event]
    for event in logged:
        event.pop("timestamp")
        event.pop("ms", None)
    headers = sorted(answer.headers.multi_items())
    return {"status": answer.status_code, "headers": headers, "body": answer.content}, logged
