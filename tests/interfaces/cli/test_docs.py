"""`matricula docs …` lists what the program can answer and tell, and finds a page that lags behind."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import pytest

from application.shared.access_table import ACCESS
from domain.registration.codes import REJECTIONS, RejectionCode
from domain.registration.events import Event, StudentEnrolled
from infrastructure.bootstrap.settings import Settings, environment_name
from interfaces.rest.problems import PROBLEMS
from tests.interfaces.cli.conftest import Matricula

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE, EVENTS, SETTINGS = DOCS / "errors.md", DOCS / "events.md", DOCS / "settings.md"
ACCESS_PAGE = DOCS / "access.md"
CONTRACT, RELEASED = DOCS / "openapi.json", DOCS / "openapi-released.json"
SOME_SETTINGS = ("MATRICULA_DATABASE_URL", "MATRICULA_POOL_SIZE")


@pytest.mark.parametrize("page", [PAGE, EVENTS, SETTINGS, ACCESS_PAGE], ids=lambda page: page.stem)
def test_the_page_in_the_tree_is_current(page: Path, matricula: Matricula) -> None:
    outcome = matricula("docs", page.stem, "--check", str(page))

    assert (outcome.code, outcome.output) == (0, "")


def test_every_code_has_a_line(matricula: Matricula, tmp_path: Path) -> None:
    written = tmp_path / "errors.md"

    assert matricula("docs", "errors", "-o", str(written)).code == 0

    lines = written.read_text(encoding="utf-8").splitlines()
    for code in (*REJECTIONS, *PROBLEMS):
        assert len([line for line in lines if line.startswith(f"| `{code}` |")]) == 1, code
    assert written.read_bytes() == PAGE.read_bytes()


def test_a_changed_sentence_is_caught(matricula: Matricula, monkeypatch: pytest.MonkeyPatch) -> None:
    full = REJECTIONS[RejectionCode.SEATS_FULL]
    monkeypatch.setitem(REJECTIONS, RejectionCode.SEATS_FULL, replace(full, sentence="No seat | no luck."))

    outcome = matricula("docs", "errors", "--check", str(PAGE))

    assert outcome.code == 1
    assert "+| `seats_full` | No seat &#124; no luck. | section, capacity | yes |" in outcome.output
    assert f"run matricula docs errors -o {PAGE}" in outcome.errors


def test_a_problem_that_the_page_lacks_is_caught(matricula: Matricula, tmp_path: Path) -> None:
    old = tmp_path / "errors.md"
    lines = PAGE.read_text(encoding="utf-8").splitlines(keepends=True)
    old.write_text("".join(line for line in lines if "`stale_write`" not in line), encoding="utf-8")

    outcome = matricula("docs", "errors", "--check", str(old))

    assert outcome.code == 1
    assert "+| `stale_write` | 412 |" in outcome.output


def test_every_event_has_its_fields(matricula: Matricula, tmp_path: Path) -> None:
    written = tmp_path / "events.md"

    assert matricula("docs", "events", "-o", str(written)).code == 0

    sections = written.read_text(encoding="utf-8").split("\n## ")[1:]
    assert [section.split("\n")[0] for section in sections] == [event.__name__ for event in get_args(Event)]
    for event, section in zip(get_args(Event), sections, strict=True):
        listed = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
        assert listed == [field.name for field in fields(event)]


def test_an_event_of_another_version_is_caught(matricula: Matricula, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StudentEnrolled, "VERSION", 2)

    outcome = matricula("docs", "events", "--check", str(EVENTS))

    assert outcome.code == 1
    assert "+Version 2. A student got seats" in outcome.output
    assert f"run matricula docs events -o {EVENTS}" in outcome.errors


def test_every_setting_has_a_line_and_secrets_tell_that_they_may_be_files(matricula: Matricula, tmp_path: Path) -> None:
    written = tmp_path / "settings.md"

    assert matricula("docs", "settings", "-o", str(written)).code == 0

    lines = [line for line in written.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [line.split("`")[1] for line in lines] == [environment_name(field) for field in Settings.model_fields]
    secret, size = (next(line for line in lines if f"`{name}`" in line) for name in SOME_SETTINGS)
    assert secret.startswith("| `MATRICULA_DATABASE_URL` or `MATRICULA_DATABASE_URL_FILE` | secret | none | ")
    assert size.startswith("| `MATRICULA_POOL_SIZE` | integer from 1 to 1000 | `10` | ")


def test_every_operation_has_a_line_and_a_changed_right_is_caught(
    matricula: Matricula, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = tmp_path / "access.md"

    assert matricula("docs", "access", "-o", str(written)).code == 0

    lines = [line for line in written.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [line.split("`")[1] for line in lines] == list(ACCESS)
    assert "| `get_schedule` | `registration:read` | self | | advisee | yes | yes |" in lines
    monkeypatch.setitem(ACCESS, "get_schedule", ACCESS["list_courses"])
    assert matricula("docs", "access", "--check", str(written)).code == 1


def test_the_contract_in_the_tree_is_current(matricula: Matricula) -> None:
    outcome = matricula("docs", "openapi", "--check", str(CONTRACT))

    assert (outcome.code, outcome.output) == (0, "")


def test_the_contract_breaks_no_client_of_the_released_one(matricula: Matricula) -> None:
    outcome = matricula("docs", "openapi", "--compare", str(RELEASED))

    assert (outcome.code, "BREAKING" in outcome.output) == (0, False), outcome.output


def test_a_change_that_breaks_clients_is_named_and_ends_with_1(matricula: Matricula, tmp_path: Path) -> None:
    old = json.loads(CONTRACT.read_text(encoding="utf-8"))
    old["paths"]["/v1/lecturers"] = {"get": {"responses": {}}}
    del old["paths"]["/v1/rooms"]["post"]
    released = tmp_path / "released.json"
    released.write_text(json.dumps(old), encoding="utf-8")

    outcome = matricula("docs", "openapi", "--compare", str(released))

    assert outcome.code == 1
    assert outcome.output.splitlines() == ["BREAKING: GET /v1/lecturers: is gone", "change: POST /v1/rooms: is new"]
    assert outcome.errors == f"2 changes since {released}, 1 of them breaking\n"


def test_a_contract_that_cannot_be_read_is_a_usage_error(matricula: Matricula, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")

    outcome = matricula("docs", "openapi", "--compare", str(broken))

    assert outcome.code == 2
    assert f"{broken} is not JSON" in " ".join(outcome.errors.split())
