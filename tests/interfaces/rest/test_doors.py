"""How the API meets the network: pages of other origins, headers that protect, limits of time, paths in the log."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from application.registration.desk import RegistrationDesk
from infrastructure.bootstrap.container import Container
from interfaces.main.logging import configure_logging
from interfaces.rest import examples, provided
from interfaces.rest.app import RESOURCES, rest_app
from interfaces.rest.doors import Doors, Shown
from tests.interfaces.rest.university import University, add

PORTAL = "https://portal.example.edu"
IDENTIFIER = "019a0ee8-5d44-725b-9d84-2a1fc8b91f24"

Open = Callable[[Doors], httpx.AsyncClient]


@asynccontextmanager
async def nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def behind(container: Container) -> AsyncIterator[Open]:
    """Open a client of the application behind other doors."""
    configure_logging("error", "json")
    container.wire(modules=[provided], warn_unresolved=True)
    opened: list[httpx.AsyncClient] = []

    def client(doors: Doors) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(rest_app(nothing, lambda *_: None, doors), raise_app_exceptions=False)
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://matricula.test"))
        return opened[-1]

    yield client
    for one in opened:
        await one.aclose()
    container.unwire()


async def test_no_page_of_another_origin_may_call_unless_a_setting_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/institutions", headers={"Origin": PORTAL})

    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", ["/v1/registration-requests", "/v1/students/code:S-0001", "/v1/sections", "/livez"])
async def test_a_page_of_a_known_origin_may_send_what_the_api_takes(path: str, behind: Open) -> None:
    client = behind(Doors(cors_origins=[PORTAL]))
    asks = {
        "Origin": PORTAL,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,if-match,if-none-match",
    }

    answer = await client.options(path, headers=asks)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == PORTAL
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [("/livez", 200), ("/v1/institutions", 200), ("/nothing", 404), ("/v1/courses", 400)],
)
async def test_a_page_of_a_known_origin_may_read_every_answer(path: str, status: int, behind: Open) -> None:
    answer = await behind(Doors(cors_origins=[PORTAL])).get(path, headers={"Origin": PORTAL})

    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, PORTAL)
    assert "Origin" in answer.headers["vary"]
    assert {"ETag", "Link", "Location", "Retry-After", "RateLimit", "Idempotency-Replayed"} <= set(exposed)


@pytest.mark.parametrize("origin", ["https://portal.example.edu.evil.test", "http://portal.example.edu", "null", "*"])
async def test_a_page_of_any_other_origin_may_not(origin: str, behind: Open) -> None:
    client = behind(Doors(cors_origins=[PORTAL]))
    asks = {"Origin": origin, "Access-Control-Request-Method": "GET"}

    assert "access-control-allow-origin" not in (await client.get("/livez", headers={"Origin": origin})).headers
    refused = await client.options("/v1/students", headers=asks)
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (400, False)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["x-request-id"] == refused.json()["request_id"]
    assert refused.headers["x-content-type-options"] == "nosniff"


async def test_browsers_are_told_to_stay_with_tls_where_the_setting_says_so(
    behind: Open, client: httpx.AsyncClient
) -> None:
    with_tls = await behind(Doors(hsts_seconds=31_536_000)).get("/livez")

    assert with_tls.headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in (await client.get("/livez")).headers


@pytest.mark.parametrize("path", ["/livez", "/nothing", "/docs", "/v1/institutions", "/openapi.json"])
async def test_every_answer_protects_whoever_shows_it(path: str, client: httpx.AsyncClient) -> None:
    headers = (await client.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


async def test_data_about_people_is_kept_by_no_cache(university: University) -> None:
    await university.enroll("code:S-0001", "code:CS-101", "CS-101-A")
    student = "students/code:S-0001"
    personal = [
        *(resource.collection for resource in RESOURCES if "student" in resource.view.model_fields),
        *("students", "instructors", student, "enrollments", "waitlist-entries", "audit-events"),
        f"{student}/schedule?term=code:2026-1",
        f"{student}/eligibility?term=code:2026-1&offering=code:CS-101",
        *(f"{student}/{view}" for view in ("enrollments", "waitlist-entries", "course-attempts")),
        "sections/code:2026-1:CS-101-A/roster",
    ]
    for path in personal:
        answer = await university.client.get(f"/v1/{path}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), path
    for resource in RESOURCES:
        answer = await university.client.get(resource.path)
        assert answer.headers["cache-control"] in ("no-store", "private, no-cache"), resource.path


async def test_a_request_that_takes_too_long_is_given_up_with_503(behind: Open, container: Container) -> None:
    class Asleep:
        async def check(self) -> None:
            await asyncio.Event().wait()

    with container.persistence.override(Asleep()):
        answer = await behind(Doors(request_seconds=0.05)).get("/readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"]
    assert "given up after 0.05 seconds" in answer.json()["detail"]


async def test_a_request_that_is_given_up_while_it_is_decided_finds_its_answer_by_its_key(
    university: University, behind: Open, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = asyncio.Event()
    decide = RegistrationDesk._decide

    async def slowly(desk: RegistrationDesk, *arguments: object) -> object:
        await asyncio.sleep(0.2)
        outcomes = await decide(desk, *arguments)  # type: ignore[arg-type]  # handed on as they are
        decided.set()
        return outcomes

    monkeypatch.setattr(RegistrationDesk, "_decide", slowly)
    hurried = University(behind(Doors(request_seconds=0.1)))
    key = {"Idempotency-Key": "once"}
    given_up = await hurried.ask("code:S-0001", add("code:CS-101", "CS-101-A"), headers=key)
    await asyncio.wait_for(decided.wait(), 10)
    again = await university.ask("code:S-0001", add("code:CS-101", "CS-101-A"), headers=key)

    assert (given_up.status_code, given_up.json()["code"]) == (503, "unavailable")
    assert "Idempotency-Key" in given_up.json()["detail"]
    assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
    assert again.json()["decisions"][0]["outcome"] == "enrolled"
    assert len((await university.get("enrollments"))["items"]) == 1


@pytest.mark.parametrize("path", ["/v1/registration-requests", "/v1/courses"])
async def test_a_body_that_comes_too_slowly_is_refused_with_408(path: str, container: Container) -> None:
    configure_logging("error", "json")
    container.wire(modules=[provided], warn_unresolved=True)
    app = rest_app(nothing, lambda *_: None, Doors(body_seconds=0.05))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client:
        assert (await client.post("/v1/institutions", json=examples.INSTITUTION)).status_code == 201
    pieces = [{"type": "http.request", "body": b"{", "more_body": True}]
    sent: list[Message] = []

    async def receive() -> Message:
        if pieces:
            return pieces.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    head = [(b"host", b"x"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    await app({**scope, "headers": head, "client": None, "root_path": "", "state": {}}, receive, send)
    container.unwire()

    headers = dict(sent[0]["headers"])
    assert (sent[0]["status"], json.loads(sent[1]["body"])["code"]) == (408, "body_too_slow")
    assert headers[b"connection"] == b"close"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/students", "/v1/students"),
        ("/v1/registration-requests", "/v1/registration-requests"),
        ("/v1/students/code:2019-maria", "/v1/students/code:*"),
        ("/v1/students/code:2019-maria/schedule", "/v1/students/code:*/schedule"),
        (f"/v1/students/{IDENTIFIER}/schedule", f"/v1/students/{IDENTIFIER}/schedule"),
        ("/v1/students/maria@example.edu", "/v1/students/*"),
        ("/v1/students/maria", "/v1/students/*"),
        ("/maria/v1/students", "/*/v1/students"),
        ("/", "/"),
        ("/docs", "/docs"),
        ("", ""),
    ],
)
def test_the_log_shows_words_of_the_api_and_ids_alone(path: str, expected: str) -> None:
    paths = ["/v1/students", "/v1/students/{ref}", "/v1/students/{student}/schedule", "/v1/registration-requests"]

    assert Shown([*paths, "/docs", "/"])(path) == expected
