"""The threat model names tests: each of them exists, and each risk of the list has some."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))


def defined_in(path: Path) -> set[str]:
    """The names of the tests of a module."""
    defined = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    names = (node.name for node in defined if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {name for name in names if name.startswith("test_")}


@pytest.mark.parametrize(("module", "test"), NAMED, ids=["::".join(named) for named in NAMED])
def test_a_test_that_the_threat_model_names_exists(module: str, test: str) -> None:
    there = defined_in(ROOT / module)

    assert there
    assert not test or test in there


def test_every_risk_has_a_row_with_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| API")]

    assert [row.split()[1] for row in rows] == [f"API{number}" for number in range(1, 11)]
    assert all("`tests/" in row for row in rows)
