"""`matricula replay itc2019`: students register at a server, and the report says how that went."""

import asyncio
import json
from pathlib import Path

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


async def test_an_address_without_a_scheme_is_wrong_usage(matricula: Matricula, tmp_path: Path) -> None:
    outcome = await replay(matricula, tmp_path, "127.0.0.1:8000")

    assert outcome.code == 2
    assert "the address begins with http:// or https://" in outcome.errors


async def test_what_went_wrong_several_times_is_told_once(matricula: Matricula, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port('127.0.0.1', 0)}"

    outcome = await replay(matricula, tmp_path, nowhere)

    assert outcome.code == 1
    assert outcome.output.count("error") == 2  # how many there were, and what it was
    assert "error, 3 times at the start: ClientConnectorError" in outcome.output


async def test_requests_without_a_decision_end_with_1(matricula: Matricula, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port('127.0.0.1', 0)}"

    outcome = await replay(matricula, tmp_path, nowhere, "--json")

    assert outcome.code == 1
    assert json.loads(outcome.output)["errors"] == 3
