"""The PostgreSQL of a test run: a server the user names, a container, or the embedded one; a database for each worker.

`TEST_DATABASE_URL` (a superuser's URL) comes first, then a container when a Docker engine answers and has or gets the
image (`MATRICULA_TEST_POSTGRES_IMAGE`), then the embedded server. `MATRICULA_TEST_POSTGRES=url|container|embedded`
forces one, and never falls back. One server a run; the schema is migrated once into a template, which each worker
clones. With `MATRICULA_TEST_POOLER=transaction` the application reaches it through PgBouncer.
"""

import asyncio
import fcntl
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import asyncpg
import docker
from docker.errors import DockerException, ImageNotFound
from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from infrastructure.persistence.pooler import Pooler
from infrastructure.persistence.postgres import migrate
from infrastructure.persistence.postgres.embedded.lease import APP_ROLE, OWNER_ROLE, ServerLease
from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres
from infrastructure.persistence.postgres.engine import make_engine
from infrastructure.persistence.postgres.rows.base import Row
from tests.support import pooler

T = TypeVar("T")

RUN_DIRECTORY = "MATRICULA_TEST_RUN_DIRECTORY"
_CHOICE = "MATRICULA_TEST_POSTGRES"
_IMAGE = "MATRICULA_TEST_POSTGRES_IMAGE"
_POOLER = "MATRICULA_TEST_POOLER"
_TEMPLATE = "matricula_test_template"
_PASSWORD = "matricula-test"
COUNT_WAITING = (
    "SELECT count(DISTINCT waiting.pid) FROM pg_locks waiting JOIN pg_locks own USING (pid)"
    " WHERE NOT waiting.granted AND own.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""How many sessions of the database wait for a lock; those of other workers' databases are no business of a test.

Not by `pg_stat_activity`, which does not change within a transaction.
"""

_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Where the run's server is; `admin_url` is a superuser's, `pooler` where PgBouncer listens, if it is there,
    `reason` why it is this server that serves.
    """

    source: str
    admin_url: str
    pooler: str | None = None
    reason: str = ""

    def url(self, role: str, database: str) -> str:
        """The URL by which `role` reaches `database`."""
        url = make_url(self.admin_url).set(username=role, password=_PASSWORD, database=database)
        return url.render_as_string(hide_password=False)

    def pooled_url(self, role: str, database: str) -> str:
        """The same through the pooler, if there is one."""
        if self.pooler is None:
            return self.url(role, database)
        return f"postgresql+asyncpg://{role}:{_PASSWORD}@{self.pooler}/{database}"

    def clone(self, database: str, template: str = _TEMPLATE) -> "PostgresDatabase":
        """A new database with the migrated schema."""
        if self.pooler is not None and template != _TEMPLATE:
            # The pooler stays connected to a database that its clients have left, and nobody may be who is cloned.
            ended = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{template}'"
            in_thread(lambda: _admin(self, ended))
        in_thread(lambda: _admin(self, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'))
        in_thread(lambda: _admin(self, f'CREATE DATABASE "{database}" TEMPLATE "{template}" OWNER {OWNER_ROLE}'))
        return PostgresDatabase(self, database)


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """A migrated database of the run."""

    server: PostgresServer
    name: str

    @property
    def owner_url(self) -> str:
        """The URL of the role that owns the tables."""
        return self.server.url(OWNER_ROLE, self.name)

    @property
    def app_url(self) -> str:
        """The URL of the application's role, through the pooler if there is one."""
        return self.server.pooled_url(APP_ROLE, self.name)

    @property
    def session_url(self) -> str:
        """The URL of the application's role for a session of the server's own.

        Whoever speaks SQL like a careless client, `SET` without `LOCAL` among it, needs one; a pooler has none.
        """
        return self.server.url(APP_ROLE, self.name)

    @property
    def superuser_url(self) -> str:
        """The URL of a superuser, whom no policy concerns."""
        return make_url(self.server.admin_url).set(database=self.name).render_as_string(hide_password=False)

    @property
    def pooler(self) -> Pooler:
        """What `app_url` leads to."""
        return Pooler.NONE if self.server.pooler is None else Pooler.TRANSACTION

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a process that uses the database as the application."""
        return {"MATRICULA_DATABASE_URL": self.app_url, "MATRICULA_DATABASE_POOLER": self.pooler.value}

    def engine(self, pool_size: int = 10) -> AsyncEngine:
        """An engine of the application on the database."""
        return make_engine(self.app_url, pool_size=pool_size, pooler=self.pooler)

    def empty(self) -> None:
        """Delete every row, as a superuser, whom no trigger and no key concerns; TRUNCATE takes three times as long."""
        tables = list(Row.metadata.tables)
        emptied = [
            "BEGIN",
            f"LOCK TABLE {', '.join(tables)}",  # waits for whoever is at the end of a transaction
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {table}" for table in tables),
            "COMMIT",
        ]
        in_thread(lambda: run_sql(self.superuser_url, ";".join(emptied)))

    def drop(self) -> None:
        """Drop the database."""
        in_thread(lambda: _admin(self.server, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)'))


def start_run() -> None:
    """Give the run a folder of its own; called once, by the process that controls the workers."""
    os.environ[RUN_DIRECTORY] = tempfile.mkdtemp(prefix="matricula-test-")
    Path(os.environ[RUN_DIRECTORY]).chmod(0o755)
    _containers(Path(os.environ[RUN_DIRECTORY])).touch()


def end_run() -> str | None:
    """Stop what the run started; answers which server served, and why, None when none was needed."""
    directory = Path(os.environ.pop(RUN_DIRECTORY))
    described = directory / "server.json"
    served = json.loads(described.read_text()) if described.exists() else None
    pooler.stop_program(directory / "pooler")
    for container in _containers(directory).read_text().split():
        _remove(container)
    if served is not None and served["source"] == "embedded":
        EmbeddedPostgres(directory / "postgres").wait_until_stopped()
    shutil.rmtree(directory, ignore_errors=True)
    if served is None:
        return None
    pooled = ", through PgBouncer in transaction mode" if served["pooler"] else ""
    return f"{served['source']}{pooled} ({served['reason']})"


@contextmanager
def server_of_the_run() -> Iterator[PostgresServer]:
    """The run's server, started by whichever worker needs it first."""
    directory = Path(os.environ[RUN_DIRECTORY])
    lease: ServerLease | None = None
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        described = directory / "server.json"
        known = json.loads(described.read_text()) if described.exists() else None
        source, reason = _choose() if known is None else (known["source"], known["reason"])
        if source == "embedded":
            lease = EmbeddedPostgres(directory / "postgres", settings=_FAST).start()
        if not described.exists():
            server = PostgresServer(source, _start(source, lease, directory), reason=reason)
            _prepare(server)
            if _is_pooled():
                server = replace(server, pooler=_start_pooler(server, directory))
            described.write_text(json.dumps(asdict(server)))
    try:
        yield PostgresServer(**json.loads(described.read_text()))
    finally:
        if lease is not None:
            lease.close()


@contextmanager
def durable_server(data_dir: Path) -> Iterator[PostgresServer]:
    """A server of a test's own that keeps what it commits, whatever happens to it."""
    with EmbeddedPostgres(data_dir).start() as lease:
        server = PostgresServer("embedded", lease.superuser_url())
        _prepare(server)
        yield server


def _choose() -> tuple[str, str]:
    """Which server serves, and why."""
    choice = os.environ.get(_CHOICE)
    if choice not in (None, "url", "container", "embedded"):
        raise ValueError(f"{_CHOICE} must be url, container or embedded, not {choice}")
    if choice is not None:
        return choice, f"{_CHOICE} says so"
    if os.environ.get("TEST_DATABASE_URL"):
        return "url", "TEST_DATABASE_URL says so"
    missing = _missing_for_a_container(_image())
    return ("container", "a Docker engine answers") if missing is None else ("embedded", missing)


def _is_pooled() -> bool:
    choice = os.environ.get(_POOLER, Pooler.NONE.value)
    if choice not in tuple(Pooler):
        raise ValueError(f"{_POOLER} must be none or transaction, not {choice}")
    return choice == Pooler.TRANSACTION


def _image() -> str:
    return os.environ.get(_IMAGE, "postgres:18")


def _missing_for_a_container(image: str) -> str | None:
    """Why no container can serve, None when one can."""
    no_engine = "no Docker engine answers"
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if host.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as listening:
            if listening.connect_ex(host.removeprefix("unix://")) != 0:
                return no_engine
    try:
        with closing(docker.from_env(timeout=2)) as engine:
            engine.images.get(image)
    except ImageNotFound:
        return None if _pulls(image) else f"the Docker engine neither has nor gets {image}"
    except (DockerException, OSError):
        return no_engine
    return None


def _pulls(image: str) -> bool:
    try:
        with closing(docker.from_env()) as engine:
            engine.images.pull(image)
    except (DockerException, OSError):
        return False
    return True


def _start(source: str, lease: ServerLease | None, directory: Path) -> str:
    """The superuser's URL of a server that is there now."""
    if lease is not None:
        return lease.superuser_url()
    if source == "url":
        return os.environ["TEST_DATABASE_URL"]
    from testcontainers.community.postgres import PostgresContainer
    from testcontainers.core.config import testcontainers_config

    # The library's reaper would end the container with the worker that started it, under the others; the end of the
    # run removes it instead.
    testcontainers_config.ryuk_disabled = True
    container = PostgresContainer(_image(), driver="asyncpg").with_kwargs(labels={pooler.LABEL: "postgres"})
    container.with_command(" ".join(["postgres", *(f"-c {name}={value}" for name, value in _FAST.items())]))
    try:
        container.start()
    except BaseException:
        container.stop()
        raise
    _note(directory, container.get_container_id())
    return container.get_connection_url()


def _start_pooler(server: PostgresServer, directory: Path) -> str:
    """Put a pooler before the server for the whole run, and answer where it listens."""
    container, address = _pooler_before(server, directory / "pooler", 200)
    if container is not None:
        _note(directory, container)
    return address


@contextmanager
def pooler_of_a_test(server: PostgresServer, *, max_prepared_statements: int) -> Iterator[PostgresServer]:
    """The server behind another pooler."""
    folder = Path(os.environ[RUN_DIRECTORY]) / f"pooler-{uuid4().hex}"
    container, address = _pooler_before(server, folder, max_prepared_statements)
    try:
        yield replace(server, pooler=address)
    finally:
        if container is None:
            pooler.stop_program(folder)
        else:
            _remove(container)


def _pooler_before(server: PostgresServer, folder: Path, max_prepared_statements: int) -> tuple[str | None, str]:
    if server.source != "container":
        return pooler.start_for(server.admin_url, folder, _PASSWORD, max_prepared_statements)
    beside = _containers(Path(os.environ[RUN_DIRECTORY])).read_text().split()[0]
    host = str(make_url(server.admin_url).host)
    return pooler.start_beside(beside, host, _PASSWORD, max_prepared_statements)


def _remove(container: str) -> None:
    with closing(docker.from_env()) as engine:
        engine.containers.get(container).remove(force=True, v=True)


def _note(directory: Path, container: str) -> None:
    with _containers(directory).open("a") as ids:
        ids.write(f"{container}\n")


def _containers(directory: Path) -> Path:
    """The file that names the run's containers, one that could not be prepared among them."""
    return directory / "containers"


def _prepare(server: PostgresServer) -> None:
    """Make the roles where they are missing, and the migrated template."""
    for role in (OWNER_ROLE, APP_ROLE):
        in_thread(lambda role=role: _admin(server, _make_role(role)))  # type: ignore[misc]  # bound now
    in_thread(lambda: _admin(server, f"DROP DATABASE IF EXISTS {_TEMPLATE} WITH (FORCE)"))
    in_thread(lambda: _admin(server, f"CREATE DATABASE {_TEMPLATE} OWNER {OWNER_ROLE}"))
    with ThreadPoolExecutor(1) as thread:
        thread.submit(migrate.upgrade, server.url(OWNER_ROLE, _TEMPLATE)).result()


def _make_role(role: str) -> str:
    return f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} LOGIN; END IF;
            ALTER ROLE {role} PASSWORD '{_PASSWORD}';
        END $$
    """


async def _admin(server: PostgresServer, sql: str) -> None:
    await run_sql(server.admin_url, sql)


async def run_sql(url: str, sql: str) -> None:
    """Run statements on a connection of its own."""
    connection = await connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def connect(url: str) -> asyncpg.Connection:
    """A bare connection of the driver, as any SQL client would have."""
    parsed: URL = make_url(url)
    return await asyncpg.connect(
        host=parsed.query.get("host") or parsed.host,
        port=int(str(parsed.query.get("port") or parsed.port or 5432)),
        user=parsed.username,
        password=parsed.password,
        database=parsed.database,
    )


def in_thread(task: Callable[[], Awaitable[T]]) -> T:
    """Run a coroutine on a loop of its own, whatever loop the caller is in."""

    async def awaited() -> T:
        return await task()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(awaited())).result()
