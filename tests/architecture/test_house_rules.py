"""The rules of the house that no linter has: file sizes, docstrings, and what the domain does without."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("domain", "application", "infrastructure", "interfaces")
LONGEST_FILE = 400
LEFT_UNDONE = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X{3})\b")


def modules(*packages: str) -> list[Path]:
    """Return the Python files of packages, in order."""
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def shown(offenders: Iterator[tuple[Path, object]]) -> list[str]:
    """Render offenders as `path: detail`, relative to the repository."""
    return [f"{path.relative_to(ROOT)}: {detail}" for path, detail in offenders]


def tree(path: Path) -> ast.Module:
    """Parse a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@pytest.mark.parametrize("package", [*LAYERS, "tests"])
def test_every_package_holds_modules(package: str) -> None:
    assert modules(package)


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    lengths = ((path, len(path.read_text(encoding="utf-8").splitlines())) for path in modules(*LAYERS, "tests"))

    assert shown((path, length) for path, length in lengths if length > LONGEST_FILE) == []


def test_every_module_says_what_it_is_for() -> None:
    docstrings = ((path, ast.get_docstring(tree(path))) for path in modules(*LAYERS, "tests"))

    assert shown((path, "no docstring") for path, docstring in docstrings if not docstring) == []


def test_nothing_is_left_undone() -> None:
    lines = (
        (path, f"line {number}")
        for path in modules(*LAYERS, "tests")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if LEFT_UNDONE.search(line)
    )

    assert shown(lines) == []


def test_injected_endpoints_keep_their_annotations() -> None:
    """Postponed annotations would hand the endpoint the provider object instead of what it provides."""
    postponed = (
        (path, f"line {node.lineno}")
        for path in modules("interfaces")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    )

    assert shown(postponed) == []


def test_the_domain_is_synchronous() -> None:
    asynchronous = (
        (path, f"line {node.lineno}")
        for path in modules("domain")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith | ast.Await)
    )

    assert shown(asynchronous) == []


def test_the_domain_names_every_type() -> None:
    anything = (
        (path, f"line {node.lineno}")
        for path in modules("domain")
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Name) and node.id == "Any") or (isinstance(node, ast.Attribute) and node.attr == "Any")
    )

    assert shown(anything) == []
