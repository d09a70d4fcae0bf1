"""Every status code of the contract, provoked over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from interfaces.main.asgi import app_for
from interfaces.rest import examples, import_examples
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.served import Relay, Reply, Server, serving
from tests.interfaces.rest.university import BUILDING_ORDER
from tests.support.accounts import EMAIL, Doors, assert_refused
from tests.support.postgres import PostgresDatabase
from tests.support.signing import pem

JSON = {"Content-Type": "application/json"}
CSV = {"Content-Type": "text/csv"}
PATCH = {"Content-Type": "application/merge-patch+json"}
IF_MATCH = {"If-Match": '"1"'}
STUDENT = {"X-Matricula-Actor": "student:code:S-0001"}
DEPARTMENT = b'{"code":"X","name":"X"}'
COURSE = "/v1/courses/code:CS-101"
ATTEMPTS = "/v1/imports?kind=course-attempts"
A_MINUTES_REQUESTS = 3
A_REQUEST: dict[str, Any] = {
    "student": "code:NONE",
    "term": "code:NONE",
    "actions": [{"action": "add", "offering": "code:CS-101"}],
}


@pytest.fixture
def application(clock: SettableClock) -> FastAPI:
    settings = Settings.from_environment(persistence="memory", rate_limit=A_MINUTES_REQUESTS, import_limit_mib=1)
    return app_for(Container(settings=settings, clock=clock))


@pytest.fixture
async def server(application: FastAPI) -> AsyncIterator[Server]:
    """A server with the university of the examples."""
    async with serving(application) as server:
        for collection, example in BUILDING_ORDER:
            made = await server.ask("POST", f"/v1/{collection}", json.dumps(example).encode(), JSON)
            assert made.status == 201, made.body
        yield server


Case = tuple[int, str, str, dict[str, str], bytes | None, dict[str, str]]

CASES: tuple[Case, ...] = (
    (200, "GET", COURSE, {}, None, {"content-type": "application/json"}),
    (200, "PATCH", COURSE, {**PATCH, "If-Match": "*"}, b'{"title":"New"}', {"content-type": "application/json"}),
    (201, "POST", "/v1/departments", JSON, DEPARTMENT, {"content-type": "application/json"}),
    (202, "POST", ATTEMPTS, CSV, b"", {"retry-after": "1"}),
    (204, "DELETE", "/v1/grading-schemes/code:0-5", IF_MATCH, None, {}),
    (204, "OPTIONS", COURSE, {}, None, {"allow": "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"}),
    (304, "GET", COURSE, {"If-None-Match": "*"}, None, {"cache-control": "private, no-cache"}),
    (308, "GET", "/v1/courses/?limit=1", {}, None, {"location": "/v1/courses?limit=1"}),
    (308, "POST", "/v1/departments/", JSON, DEPARTMENT, {"location": "/v1/departments"}),
    (400, "GET", "/v1/courses?colour=red", {}, None, {}),
    (400, "POST", "/v1/departments", JSON, b"{", {}),
    (404, "GET", "/v1/courses/code:NONE", {}, None, {}),
    (404, "OPTIONS", "/v1/nothing", {}, None, {}),
    (405, "DELETE", "/v1/courses", {}, None, {"allow": "GET, HEAD, OPTIONS, POST"}),
    (406, "GET", COURSE, {"Accept": "text/html"}, None, {}),
    (409, "POST", "/v1/departments", JSON, b'{"code":"CS","name":"Again"}', {}),
    (412, "PATCH", COURSE, {**PATCH, "If-Match": '"9"'}, b"{}", {}),
    (413, "POST", "/v1/departments", JSON, b" " * (1024 * 1024 + 1), {}),
    (413, "POST", ATTEMPTS, CSV, b"\n" * (1024 * 1024 + 1), {}),
    (415, "POST", "/v1/departments", CSV, b"code", {"accept": "application/json"}),
    (
        415,
        "PATCH",
        COURSE,
        {**CSV, **IF_MATCH},
        b"",
        {"accept-patch": "application/merge-patch+json, application/json"},
    ),
    (422, "POST", "/v1/departments", JSON, b'{"code":"has space"}', {}),
    (428, "DELETE", COURSE, {}, None, {}),
)


@pytest.mark.parametrize(("status", "method", "path", "headers", "body", "answered"), CASES)
async def test_a_request_is_answered_with_the_status_of_the_contract(
    status: int,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None,
    answered: dict[str, str],
    server: Server,
) -> None:
    reply = await server.ask(method, path, body, headers)

    assert reply.status == status, reply.body
    assert answered.items() <= reply.headers.items()
    assert reply.headers["x-request-id"]
    if status >= 400:
        assert_problem(reply)
    if status in (204, 304, 308):
        assert reply.body == b""


def assert_problem(reply: Reply) -> None:
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["status"] == reply.status
    assert reply.json["request_id"] == reply.headers["x-request-id"]


async def test_the_head_of_an_answer_is_that_of_the_answer(server: Server) -> None:
    whole = await server.ask("GET", COURSE)
    async with server.line() as line:
        line.send("HEAD", COURSE, {"Connection": "close"})
        head, _, body = (await line.reader.read()).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 ")
    assert f"content-length: {len(whole.body)}".encode() in head
    assert f"etag: {whole.headers['etag']}".encode() in head
    assert body == b""


async def test_a_finished_import_leads_to_its_result(server: Server) -> None:
    taken = await server.ask("POST", ATTEMPTS, import_examples.ATTEMPTS.encode(), CSV)
    assert taken.status == 202

    while (status := await server.ask("GET", taken.headers["location"])).status == 200:
        assert status.json["state"] in ("queued", "running")
        await asyncio.sleep(0.02)

    assert status.status == 303
    assert (await server.ask("GET", status.headers["location"])).json == import_examples.ATTEMPTS_REPORT


async def test_the_body_of_an_upload_is_asked_for_when_it_is_wanted(server: Server) -> None:
    body = import_examples.ATTEMPTS.encode()
    async with server.line() as line:
        line.send("POST", ATTEMPTS, {**CSV, "Content-Length": str(len(body)), "Expect": "100-continue"})
        assert (await line.interim()).startswith(b"HTTP/1.1 100 Continue")

        line.writer.write(body)
        assert (await line.reply()).status == 202
        line.send("GET", "/livez", {})
        assert (await line.reply()).status == 200


@pytest.mark.parametrize(
    ("status", "path", "headers"),
    [
        (403, ATTEMPTS, {**CSV, **STUDENT}),
        (413, ATTEMPTS, {**CSV, "Content-Length": "999999999"}),
        (415, ATTEMPTS, JSON),
        (400, "/v1/imports?kind=grades", CSV),
        (415, "/v1/departments", CSV),
    ],
)
async def test_a_body_that_is_not_wanted_is_refused_before_it_is_sent(
    status: int, path: str, headers: dict[str, str], server: Server
) -> None:
    async with server.line() as line:
        line.send("POST", path, {"Content-Length": "100", "Expect": "100-continue", **headers})
        reply = await line.reply()

        assert (reply.status, reply.interim) == (status, [])
        assert_problem(reply)
        assert reply.headers["connection"] == "close"
        assert await line.is_closed()


async def test_who_asks_too_often_is_told_when_to_come_again(server: Server) -> None:
    path = "/v1/students/code:S-0001/enrollments"
    replies = [await server.ask("GET", path, headers=STUDENT) for _ in range(A_MINUTES_REQUESTS + 1)]

    assert [reply.status for reply in replies] == [200] * A_MINUTES_REQUESTS + [429]
    assert_problem(replies[-1])
    assert int(replies[-1].headers["retry-after"]) > 0
    assert replies[-1].headers["ratelimit-policy"] == f'"caller";q={A_MINUTES_REQUESTS};w=60'
    assert replies[-1].headers["ratelimit"].startswith('"caller";r=0;t=')


@pytest.fixture
async def doors(clock: SettableClock) -> AsyncIterator[Doors]:
    """A server that wants to know who calls; `Doors` calls it over its socket."""
    settings = Settings.from_environment(persistence="memory", authentication="accounts", signing_keys=pem("rest"))
    container = Container(settings=settings, clock=clock)
    async with (
        serving(app_for(container)) as server,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client,
    ):
        yield await Doors(client, container).found()


async def test_strangers_are_asked_who_they_are_and_others_keep_to_what_is_theirs(doors: Doors) -> None:
    await doors.account(role="registrar")
    tokens = await doors.sign_in()
    allowed = await doors.call(tokens, "POST", "/v1/departments", json={"code": "X", "name": "X"})
    assert allowed.status_code == 201

    for stranger in (None, "made.up.token", tokens["access_token"][:-4] + "AAAA"):
        answer = await doors.call(stranger, "GET", "/v1/departments")
        assert_problem_of(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert_problem_of(await doors.call(tokens, "GET", "/v1/clients"), 403)

    revoked = await doors.client.post("/v1/oauth/revoke", data={"token": tokens["refresh_token"]})
    assert revoked.status_code == 200
    assert (await doors.refresh(tokens)).status_code == 400


async def test_who_guesses_at_passwords_is_told_to_wait(doors: Doors) -> None:
    await doors.account()
    statuses = [(await doors.attempt("wrong and wrong again", EMAIL)).status_code for _ in range(12)]
    waiting = await doors.attempt()

    assert set(statuses) == {400, 429}
    assert waiting.status_code == 429
    assert int(waiting.headers["retry-after"]) > 0


async def test_a_program_with_a_wrong_secret_is_not_let_in(doors: Doors) -> None:
    program = await doors.program()
    answer = await doors.ask(grant_type="client_credentials", client_id=str(program.id), client_secret="wrong")

    assert_refused(answer, "invalid_client", 401)
    assert (await doors.as_program(program)).status_code == 200


def assert_problem_of(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_while_the_database_is_away_everybody_is_told_to_come_again_and_then_served(
    postgres_database: PostgresDatabase, clock: SettableClock
) -> None:
    relay = Relay(postgres_database.app_url)
    await relay.open()
    settings = Settings.from_environment(
        persistence="postgres",
        database_url=relay.url,
        database_pooler=postgres_database.pooler,
        queue_review_seconds=0,
    )
    requests: tuple[tuple[str, str, bytes | None], ...] = (
        ("GET", "/v1/courses", None),
        ("GET", "/v1/courses/code:CS-101", None),
        ("GET", "/v1/audit-events", None),
        ("GET", "/readyz", None),
        ("POST", "/v1/departments", DEPARTMENT),
        ("POST", "/v1/registration-requests", json.dumps(A_REQUEST).encode()),
    )
    async with serving(app_for(Container(settings=settings, clock=clock))) as server:
        founded = await server.ask("POST", "/v1/institutions", json.dumps(examples.INSTITUTION).encode(), JSON)
        assert founded.status == 201, founded.body
        before = [(await server.ask(method, path, body, JSON)).status for method, path, body in requests]

        await relay.cut()
        for method, path, body in requests * 2:
            reply = await server.ask(method, path, body, JSON)
            assert reply.status == 503, (method, path, reply.body)
            assert_problem(reply)
            assert int(reply.headers["retry-after"]) > 0
        assert (await server.ask("GET", "/livez")).status == 200

        await relay.open()
        again = [(await server.ask(method, path, body, JSON)).status for method, path, body in requests]
    await relay.cut()

    assert before == [200, 404, 200, 200, 201, 422]
    assert again == [200, 404, 200, 200, 409, 422]
