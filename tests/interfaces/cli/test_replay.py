"""`matricula replay itc2019`: students register at a server, and the report says how that went."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web

from interfaces.cli.serve import free_port
from tests.interfaces.cli.conftest import Matricula, Outcome
from tests.interfaces.itc2019.files import write
from tests.interfaces.registration_day.fake_server import ENROLLED, FakeServer, rejected


async def replay(matricula: Matricula, folder: Path, url: str, *more: str) -> Outcome:
    """Replay the tiny instance, whose two students ask for three courses, while the test's loop serves."""
    xml, _ = write(folder)
    command = ("replay", "itc2019", str(xml), "--term", "T", "--url", url, *more)
    return await asyncio.to_thread(matricula, *command)


async def test_the_report_counts_what_the_server_decided(matricula: Matricula, tmp_path: Path) -> None:
    fake = FakeServer(lambda student, _: [ENROLLED if student == "100" else rejected("section_full")])
    async with fake.running() as server:
        outcome = await replay(matricula, tmp_path, server.url, "--json", "--institution", "uni")

    report = json.loads(outcome.output)
    assert outcome.code == 0
    assert [report[name] for name in ("requests", "enrolled", "refused", "errors")] == [3, 2, 1, 0]
    assert report["refused_by_code"] == {"section_full": 1}
    assert {headers["X-Matricula-Institution"] for headers in server.headers} == {"uni"}


async def test_the_report_is_also_written_to_a_file(matricula: Matricula, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    async with FakeServer(lambda _student, courses: [ENROLLED] * len(courses)).running() as server:
        outcome = await replay(matricula, tmp_path, server.url, "--report", str(path), "--carts")

    assert "enrolled" in outcome.output
    assert json.loads(path.read_text())["enrolled"] == 3
    assert sorted(len(courses) for _, courses in server.asked) == [1, 2]


async def test_requests_without_a_decision_end_with_1(matricula: Matricula, tmp_path: Path) -> None:
    async with FakeServer(lambda _student, _courses: web.Response(status=500, text="broken")).running() as server:
        outcome = await replay(matricula, tmp_path, server.url)
        as_json = await replay(matricula, tmp_path, server.url, "--json")

    assert (outcome.code, as_json.code) == (1, 1)
    assert outcome.output.endswith("\n3 × status 500: broken\n")
    assert json.loads(as_json.output)["errors"] == 3


async def test_a_server_that_does_not_answer_ends_with_4(matricula: Matricula, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port('127.0.0.1', 0)}"

    outcome = await replay(matricula, tmp_path, nowhere, "--json")

    assert (outcome.code, outcome.output, outcome.errors) == (4, "", f"matricula: No server answers at {nowhere}.\n")


@pytest.mark.parametrize(
    ("status", "problem", "said"),
    [
        (401, {"code": "unauthenticated", "detail": "Who?"}, "Who? Give --sign-in EMAIL or --token TOKEN."),
        (
            404,
            {"code": "not_found", "detail": "No term."},
            "No term. Give --term the code of a term that was imported.",
        ),
        (404, {"code": "unknown_institution", "detail": "Where?"}, "Where? Give --institution its code."),
        (404, {}, "What answers at {url} is no server of Matrícula (status 404)."),
    ],
)
async def test_a_day_that_the_server_refuses_is_not_begun(
    status: int, problem: dict[str, str], said: str, matricula: Matricula, tmp_path: Path
) -> None:
    async with FakeServer(lambda _student, courses: [ENROLLED] * len(courses)).running() as server:
        server.no_term = web.json_response(problem, status=status)
        outcome = await replay(matricula, tmp_path, server.url, "--token", "mine")

    expected = said.format(url=server.url.rstrip("/"))
    assert (outcome.code, outcome.errors) == (3, f"matricula: {expected}\n")
    assert (server.terms, server.asked) == ([("code:T", "Bearer mine")], [])


async def test_who_may_register_but_not_read_the_term_registers(matricula: Matricula, tmp_path: Path) -> None:
    async with FakeServer(lambda _student, courses: [ENROLLED] * len(courses)).running() as server:
        server.no_term = web.json_response({"code": "access_denied", "detail": "Not you."}, status=403)
        outcome = await replay(matricula, tmp_path, server.url)

    assert (outcome.code, len(server.asked)) == (0, 3)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost", "http://", "http://localhost:x", ""])
async def test_an_address_that_leads_to_no_server_is_wrong_usage(
    url: str, matricula: Matricula, tmp_path: Path
) -> None:
    outcome = await replay(matricula, tmp_path, url)

    assert outcome.code == 2
    assert "http:// or https://" in outcome.errors
