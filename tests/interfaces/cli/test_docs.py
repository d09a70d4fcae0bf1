"""`matricula docs errors` lists what the program can answer, and tells a page that lags behind."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.registration.codes import REJECTIONS, RejectionCode
from interfaces.rest.problems import PROBLEMS
from tests.interfaces.cli.conftest import Matricula

PAGE = Path(__file__).resolve().parents[3] / "docs" / "errors.md"


def test_the_page_in_the_tree_is_current(matricula: Matricula) -> None:
    outcome = matricula("docs", "errors", "--check", str(PAGE))

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
