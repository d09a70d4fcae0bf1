"""A campaign: a server on a database with a small university, and schemathesis against it, once for each caller."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from application.shared.caller import Role
from infrastructure.bootstrap.settings import environment_names
from interfaces.cli.serve import free_port
from interfaces.cli.server_process import server_process
from tests.fuzzing.callers import headers_of
from tests.interfaces.rest.university import University
from tests.support.postgres import PostgresDatabase

_HOST = "127.0.0.1"
_START_SECONDS = 60
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What schemathesis said: whether the server kept its contract, and the whole report."""

    caller: str
    kept: bool
    report: str


@contextmanager
def served_university(database: PostgresDatabase, folder: Path) -> Iterator[str]:
    """A server on `database`, with the university of the examples; answers its URL."""
    port = free_port(_HOST, 0)
    settings = {"MATRICULA_DATABASE_URL": database.app_url, "MATRICULA_DATABASE_OWNER_URL": database.owner_url}
    inherited = {name: value for name, value in os.environ.items() if name not in environment_names()}
    environment = {**inherited, **settings, "MATRICULA_LOG_LEVEL": "warning", "MATRICULA_PORT": str(port)}
    with server_process(port, environment, folder / "server.log") as server:
        server.wait_until_ready(_START_SECONDS)
        asyncio.run(_build(server.url))
        yield server.url


async def _build(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        await University(client).build()


def fuzz(
    url: str,
    caller: Role | None,
    *,
    phases: str,
    seconds: int,
    seed: int,
    folder: Path,
    contract: Path | None = None,
) -> Findings:
    """Let schemathesis run these phases as `caller`, for that long at most.

    The server is measured by its own contract when no other is given.
    """
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        str(contract or f"{url}/openapi.json"),
        f"--url={url}",
        f"--phases={phases}",
        f"--max-time={seconds}",
        f"--seed={seed}",
        f"--checks={','.join(_CHECKS)}",
        "--warnings=off",
        "--no-shrink",
        "--workers=1",
        *(f"--header={name}:{value}" for name, value in headers_of(caller).items()),
    ]
    # Without a terminal it writes plain lines; its folder keeps what it writes out of the tree.
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return Findings(str(caller or "nobody"), ended.returncode == 0, ended.stdout + ended.stderr)
