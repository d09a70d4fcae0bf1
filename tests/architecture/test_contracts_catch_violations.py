"""Plants a violation of each import contract in a copy of the code and sees exactly that contract broken.

A contract that cannot fail guards nothing. Only the package names of the architecture are known here.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("domain", "application", "infrastructure", "interfaces")
VERDICT = re.compile(r"^(?P<contract>\S.*) (?P<verdict>KEPT|BROKEN)\b", re.MULTILINE)

INWARD = "Layers point inward"
DRIVING = "Driving adapters do not know driven ones"
DRIVEN = "Driven adapters do not know driving ones"
DOMAIN = "The domain imports a short list of standard modules and nothing else"
APPLICATION = "The application imports pydantic, standard modules and nothing else"
CONTEXTS = "Contexts are layered inside the domain and inside the application"
OWN_DOMAIN = "A use case knows the domain of its own context and of those beneath"
DATABASE = "SQLAlchemy, asyncpg and alembic live in the PostgreSQL adapter"
CONTAINER = "The container is composed in the composition root and used by driving adapters"
METRICS = "Prometheus's client lives in the adapter that measures"
WEB = "FastAPI and its server live in driving adapters"
ACYCLIC = "Packages have no cycles"

PLAIN = "import {}"
FOR_TYPES_ONLY = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import {}"
INSIDE_A_FUNCTION = "def late() -> None:\n    import {}"


def importing(target: str, *, by: str, statement: str = PLAIN) -> dict[str, str]:
    """Return sources by module: `by.planted` imports the target, which is empty when it is ours."""
    own = {target: ""} if target.partition(".")[0] in LAYERS else {}
    return {f"{by}.planted": statement.format(target), **own}


VIOLATIONS = [
    (INWARD, importing("application.shared.target", by="domain.shared")),
    (INWARD, importing("application.shared.target", by="domain.shared", statement=FOR_TYPES_ONLY)),
    (INWARD, importing("infrastructure.target", by="application.shared", statement=INSIDE_A_FUNCTION)),
    (INWARD, importing("interfaces.target", by="application.shared")),
    (DRIVING, importing("infrastructure.persistence.target", by="interfaces.rest")),
    (DRIVING, importing("infrastructure.bootstrap.target", by="interfaces.rest")),
    (DRIVING, importing("infrastructure.persistence.target", by="interfaces.main")),
    (DRIVEN, importing("interfaces.target", by="infrastructure.persistence")),
    (DOMAIN, importing("asyncio", by="domain.shared")),
    (DOMAIN, importing("time", by="domain.shared")),
    (DOMAIN, importing("pydantic", by="domain.shared")),
    (APPLICATION, importing("socket", by="application.shared")),
    (APPLICATION, importing("structlog", by="application.shared")),
    (CONTEXTS, importing("domain.catalog.target", by="domain.people")),
    (CONTEXTS, importing("application.catalog.target", by="application.people")),
    (CONTEXTS, {"domain.planted": ""}),
    (OWN_DOMAIN, importing("domain.registration.target", by="application.scheduling")),
    (OWN_DOMAIN, importing("domain.people.target", by="application.catalog")),
    (DATABASE, importing("sqlalchemy", by="interfaces.rest")),
    (DATABASE, importing("asyncpg", by="infrastructure.persistence.memory")),
    (CONTAINER, importing("dependency_injector.wiring", by="infrastructure.persistence")),
    (METRICS, importing("prometheus_client", by="infrastructure.bootstrap")),
    (WEB, importing("fastapi", by="infrastructure.bootstrap")),
    (
        ACYCLIC,
        {"domain.shared.one": "import domain.shared.two", "domain.shared.two": "import domain.shared.one"},
    ),
]

PERMITTED = [
    importing("infrastructure.bootstrap.target", by="interfaces.main"),
    importing("infrastructure.bootstrap.target", by="interfaces.inprocess"),
    importing("application.registration.target", by="interfaces.rest"),
    importing("sqlalchemy.ext.asyncio", by="infrastructure.persistence.postgres"),
    importing("domain.people.target", by="application.registration"),
    importing("pydantic", by="application.shared"),
    importing("domain.scheduling.target", by="domain.registration"),
    importing("collections.abc", by="domain.shared"),
]


@pytest.fixture(scope="module")
def copied_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the four layers and their contracts into a folder of their own."""
    folder = tmp_path_factory.mktemp("code")
    for layer in LAYERS:
        shutil.copytree(ROOT / layer, folder / layer, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path) -> dict[str, bool]:
    """Run the linter on a folder's code; tell for each contract whether it was kept."""
    executable = shutil.which("lint-imports", path=Path(sys.executable).parent)
    assert executable, "import-linter is installed beside the interpreter"
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    run = subprocess.run(
        [executable, "--no-logo"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    verdicts = {found["contract"]: found["verdict"] == "KEPT" for found in VERDICT.finditer(run.stdout)}
    assert verdicts, run.stdout + run.stderr
    assert (run.returncode == 0) == all(verdicts.values()), run.stdout + run.stderr
    return verdicts


def lint_with(planted: Mapping[str, str], folder: Path) -> set[str]:
    """Write the planted modules, lint, and remove them again; return the names of broken contracts."""
    paths = {folder.joinpath(*name.split(".")).with_suffix(".py"): text for name, text in planted.items()}
    assert not any(path.exists() for path in paths)
    try:
        for path, text in paths.items():
            path.write_text(f"{text}\n", encoding="utf-8")
        return {contract for contract, kept in lint(folder).items() if not kept}
    finally:
        for path in paths:
            path.unlink(missing_ok=True)


def test_every_contract_is_kept_and_none_is_unknown_here(copied_code: Path) -> None:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    names = {contract["name"] for contract in configured["contracts"]}

    assert lint(copied_code) == dict.fromkeys(names, True)
    assert {contract for contract, _ in VIOLATIONS} == names


@pytest.mark.parametrize(("contract", "planted"), VIOLATIONS)
def test_a_violation_breaks_exactly_its_contract(contract: str, planted: Mapping[str, str], copied_code: Path) -> None:
    assert lint_with(planted, copied_code) == {contract}


def test_what_the_architecture_permits_breaks_nothing(copied_code: Path) -> None:
    planted = {name: text for modules in PERMITTED for name, text in modules.items()}

    assert lint_with(planted, copied_code) == set()
