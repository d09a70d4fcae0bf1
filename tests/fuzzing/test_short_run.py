"""A short run of the fuzzer, always with the same seed; `make fuzz` is the long one."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from application.shared.caller import Role
from tests.fuzzing.callers import CALLERS
from tests.fuzzing.campaign import Served, fuzz, served_university
from tests.support.postgres import PostgresDatabase

SECONDS = 4
SEED = 20260120


@pytest.fixture
def served(postgres_database: PostgresDatabase, tmp_path: Path) -> Iterator[Served]:
    """A server with a small university."""
    with served_university(postgres_database, tmp_path) as served:
        yield served


def test_the_server_keeps_its_contract_with_every_caller_and_no_other(served: Served, tmp_path: Path) -> None:
    # Together, so that one server serves them all: it takes longer to start than each of them takes.
    found = [
        fuzz(served, caller, phases=phases, seconds=SECONDS, seed=SEED, folder=tmp_path)
        for caller in CALLERS
        for phases in ("examples,stateful" if caller is not None else "coverage",)
    ]

    assert not [findings for findings in found if not findings.kept], "\n".join(f.report for f in found if not f.kept)

    broken = fuzz(
        served,
        Role.STUDENT,
        phases="examples",
        seconds=SECONDS,
        seed=SEED,
        folder=tmp_path,
        contract=another_contract(served.url, tmp_path),
    )
    assert not broken.kept
    assert "Response violates schema" in broken.report


def another_contract(url: str, folder: Path) -> Path:
    """What the server does not keep: its health would be a number."""
    document = httpx.get(f"{url}/openapi.json").json()
    document["paths"] = {"/livez": document["paths"]["/livez"]}
    document["components"]["schemas"]["Health"]["properties"]["status"] = {"type": "integer"}
    other = folder / "other.json"
    other.write_text(json.dumps(document), encoding="utf-8")
    return other
