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
BUILD = "requirements-build.lock"
PLOTS = "requirements-plots.lock"
LOCKS = (EVERYTHING, RUNTIME, BUILD, PLOTS)


def pinned(lock: str) -> dict[str, str]:
    """Return the version that a lock pins each package to."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {pin["name"]: pin["version"] for line in lines if (pin := PIN.match(line))}


def wanted(lock: str) -> list[Requirement]:
    """Return what pyproject.toml asks for: dependencies, the build backend, plots; or all but plots, with extras."""
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = configured["project"]
    extras = [text for extra in project["optional-dependencies"].values() for text in extra]
    texts = {
        RUNTIME: project["dependencies"],
        BUILD: configured["build-system"]["requires"],
        EVERYTHING: [*project["dependencies"], *configured["build-system"]["requires"], *extras],
        PLOTS: configured["dependency-groups"]["plots"],
    }
    return [Requirement(text) for text in texts[lock]]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_pins_and_hashes_and_nothing_else(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_satisfies_the_project(lock: str) -> None:
    versions = pinned(lock)
    unmet = [
        str(requirement)
        for requirement in wanted(lock)
        if (name := canonicalize_name(requirement.name)) not in versions or versions[name] not in requirement.specifier
    ]

    assert unmet == [], "run `make lock`"


@pytest.mark.parametrize("lock", [RUNTIME, BUILD])
def test_what_the_image_is_made_from_is_a_part_of_the_full_lock(lock: str) -> None:
    assert pinned(lock).items() <= pinned(EVERYTHING).items()


def test_the_runtime_lock_has_no_tool_of_tests_or_builds() -> None:
    assert {"pytest", "hatchling"}.isdisjoint(pinned(RUNTIME))
