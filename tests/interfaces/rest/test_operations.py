"""What stands beside the API: health, the index, request ids, shared headers and logs."""

import asyncio
import json
import logging
import re

import httpx
import pytest

from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import InvalidSettings
from interfaces.main.asgi import app_for, create_app
from interfaces.main.logging import configure_logging
from interfaces.rest import operations
from tests.interfaces.rest.university import University

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_a_running_server_lives_and_is_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}


async def test_a_database_that_takes_too_long_is_not_waited_for_however_long_letting_go_of_it_takes(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "_READY_WITHIN_SECONDS", 0.01)
    released = asyncio.Event()

    async def silent() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await released.wait()

    app = app_for(container)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client,
    ):
        monkeypatch.setattr(container.persistence(), "check", silent)
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert not released.is_set()
        released.set()


async def test_the_index_lists_every_collection_that_can_be_read(university: University) -> None:
    index = (await university.client.get("/")).json()

    assert len(index["resources"]) == 23
    for path in (*index["resources"].values(), *index["documentation"].values()):
        expected = 405 if path in ("/v1/registration-requests", "/v1/queue-reviews", "/v1/imports") else 200
        assert (await university.client.get(path)).status_code == expected


async def test_the_documentation_is_a_page_that_needs_no_other_server(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")

    assert page.headers["content-type"].startswith("text/html")
    assert re.findall(r"https?:|[\"'(]//", page.text) == []
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert [path.rpartition("/")[2] for path in loaded] == ["swagger-ui.css", "favicon.png", "swagger-ui-bundle.js"]
    for path in loaded:
        assert (await client.get(path)).status_code == 200, path
        assert (await client.head(path)).headers["content-length"] != "0", path
    assert "url: '/openapi.json'" in page.text


async def test_the_page_may_run_its_script_and_load_from_this_server_alone(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/docs")).headers["content-security-policy"]

    assert "default-src 'self';" in policy
    assert "script-src 'self' 'unsafe-inline';" in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/docs", "/docs/assets/swagger-ui.css", "/openapi.json"])
async def test_documentation_can_only_be_read(path: str, client: httpx.AsyncClient) -> None:
    answer = await client.post(path)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["code"] == "method_not_allowed"


async def test_nothing_else_is_served_beside_the_pages_assets(client: httpx.AsyncClient) -> None:
    for path in ("/docs/assets/", "/docs/assets/nothing.js", "/docs/assets/%2e%2e/core.py", "/redoc"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def test_a_request_keeps_the_id_and_the_trace_it_came_with(client: httpx.AsyncClient) -> None:
    answer = await client.get("/livez", headers={"X-Request-ID": "mine-1", "traceparent": TRACE})

    assert (answer.headers["x-request-id"], answer.headers["traceparent"]) == ("mine-1", TRACE)


@pytest.mark.parametrize("given", [b"", b"a b", b"x" * 129, b"\xff", b"<script>", b'"'])
async def test_an_id_that_is_not_sane_is_replaced(given: bytes, client: httpx.AsyncClient) -> None:
    answer = await client.get("/livez", headers=[(b"X-Request-ID", given), (b"traceparent", given)])

    assert len(answer.headers["x-request-id"]) == 32
    assert "traceparent" not in answer.headers


async def test_every_answer_forbids_guessing_and_framing(university: University) -> None:
    for path in ("/v1/courses", "/nothing", "/livez"):
        headers = (await university.client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_every_request_is_logged_once_as_json_without_its_query(
    university: University, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("info", "json")
    await university.client.get("/v1/students?q=somebody", headers={"X-Request-ID": "mine-1"})
    configure_logging("error", "json")

    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (event,) = [event for event in events if event["event"] == "request"]
    assert event["request_id"] == "mine-1"
    assert (event["method"], event["path"], event["status"]) == ("GET", "/v1/students", 200)
    assert event["ms"] >= 0
    assert "somebody" not in str(event)


async def test_a_less_severe_event_than_the_level_is_not_logged(
    university: University, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("warning", "json")
    await university.client.get("/v1/students")

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_libraries_log_in_the_same_format_and_the_server_no_second_access_log(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("info", "json" if log_format == "json" else "console")
    logging.getLogger("uvicorn.error").warning("careful: %s", "hot")
    logging.getLogger("uvicorn.access").info("GET / 200")
    configure_logging("error", "json")

    (line,) = capsys.readouterr().err.splitlines()
    assert "careful: hot" in line
    if log_format == "json":
        assert json.loads(line)["level"] == "warning"


async def test_the_server_is_composed_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_PERSISTENCE", "memory")
    monkeypatch.setenv("MATRICULA_LOG_LEVEL", "error")
    app = create_app()

    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client,
    ):
        assert (await client.get("/readyz")).status_code == 200


async def test_the_server_does_not_start_with_keys_that_cannot_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_PERSISTENCE", "memory")
    monkeypatch.setenv("MATRICULA_SIGNING_KEYS", "nonsense")
    app = create_app()

    with pytest.raises(InvalidSettings, match="MATRICULA_SIGNING_KEYS"):
        async with app.router.lifespan_context(app):
            pass


async def test_a_server_on_a_given_container_lets_its_records_go_when_it_stops(container: Container) -> None:
    closed: list[bool] = []

    class Closing:
        directory = None
        work = reading = None

        async def check(self) -> None:
            assert not closed

        async def close(self) -> None:
            closed.append(True)

    with container.persistence.override(Closing()):
        app = app_for(container)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client,
        ):
            assert (await client.get("/readyz")).status_code == 200

    assert closed == [True]
