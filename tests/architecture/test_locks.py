"""The requirements locks hold what pyproject.toml asks for, pinned by hash and from no named index."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
RUNTIME = "requirements-runtime.lock"
EVERYTHING = "requirements.lock"
PLOTS = "requirements-plots.lock"


def pinned(lock: str) -> dict[str, str]:
    """Return the version that a lock pins each package to."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {pin["name"]: pin["version"] for line in lines if (pin := PIN.match(line))}


def wanted(lock: str) -> list[Requirement]:
    """Return what pyproject.toml asks for: build backend and dependencies, in the full lock extras too; or plots."""
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if lock == PLOTS:
        return [Requirement(text) for text in configured["dependency-groups"]["plots"]]
    project = configured["project"]
    texts = [*configured["build-system"]["requires"], *project["dependencies"]]
    if lock == EVERYTHING:
        texts += [text for extra in project["optional-dependencies"].values() for text in extra]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("lock", [EVERYTHING, RUNTIME, PLOTS])
def test_a_lock_has_pins_and_hashes_and_nothing_else(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []


@pytest.mark.parametrize("lock", [EVERYTHING, RUNTIME, PLOTS])
def test_a_lock_satisfies_the_project(lock: str) -> None:
    versions = pinned(lock)
    unmet = [
        str(requirement)
        for requirement in wanted(lock)
        if (name := canonicalize_name(requirement.name)) not in versions or versions[name] not in requirement.specifier
    ]

    assert unmet == [], "run `make lock`"


def test_the_runtime_lock_is_a_part_of_the_full_one() -> None:
    assert pinned(RUNTIME).items() <= pinned(EVERYTHING).items()
    assert "pytest" not in pinned(RUNTIME)
