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
from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings, environment_names
from interfaces.cli.serve import free_port
from interfaces.cli.server_process import server_process
from interfaces.inprocess import open_matricula
from interfaces.main.asgi import app_for
from tests.fuzzing.callers import Headers, come_in, open_accounts
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


@dataclass(frozen=True, slots=True)
class Served:
    """A server with the university of the examples, where it is, and how each caller comes in."""

    url: str
    headers: Headers


_SECONDS_OF_A_TOKEN = 3600
_LEFT_OUT = "/v1/sessions"
"""Who signs out everywhere is nobody any more, and finds out nothing else."""


@contextmanager
def served_university(database: PostgresDatabase, folder: Path) -> Iterator[Served]:
    """A server on `database`, with the university of the examples and an account for each role."""
    asyncio.run(_build(database))
    port = free_port(_HOST, 0)
    settings = {"MATRICULA_DATABASE_URL": database.app_url, "MATRICULA_DATABASE_OWNER_URL": database.owner_url}
    inherited = {name: value for name, value in os.environ.items() if name not in environment_names()}
    environment = {**inherited, **settings, "MATRICULA_LOG_LEVEL": "warning", "MATRICULA_PORT": str(port)}
    environment |= {
        "MATRICULA_DATA_DIR": str(folder / "data"),
        "MATRICULA_ACCESS_TOKEN_SECONDS": str(_SECONDS_OF_A_TOKEN),
        "MATRICULA_DATABASE_POOLER": database.pooler.value,
    }
    with server_process(port, environment, folder / "server.log") as server:
        server.wait_until_ready(_START_SECONDS)
        yield Served(server.url, asyncio.run(come_in(server.url)))


async def _build(database: PostgresDatabase) -> None:
    """Build the university as development does, where no token is needed, and open the accounts."""
    given = {"persistence": "postgres", "database_url": database.app_url, "database_pooler": database.pooler.value}
    app = app_for(Container(settings=Settings.from_environment(**given, authentication="development")))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client,
    ):
        await University(client).build()
    async with open_matricula(
        persistence="postgres", database_url=database.app_url, database_pooler=database.pooler.value
    ) as matricula:
        await open_accounts(matricula)


def fuzz(
    served: Served,
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
        str(contract or f"{served.url}/openapi.json"),
        f"--url={served.url}",
        f"--phases={phases}",
        f"--max-time={seconds}",
        f"--seed={seed}",
        f"--checks={','.join(_CHECKS)}",
        "--warnings=off",
        "--no-shrink",
        "--workers=1",
        *(() if caller is None else (f"--exclude-path={_LEFT_OUT}",)),
        *(f"--header={name}:{value}" for name, value in served.headers[caller].items()),
    ]
    # Without a terminal it writes plain lines; its folder keeps what it writes out of the tree.
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return Findings(str(caller or "nobody"), ended.returncode == 0, ended.stdout + ended.stderr)
