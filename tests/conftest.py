"""Fixtures of the whole suite: the run's PostgreSQL, and persistence on a database that holds no row."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from infrastructure.persistence.postgres.persistence import PostgresPersistence
from infrastructure.persistence.postgres.readers.lines import Lines
from tests.support.postgres import (
    RUN_DIRECTORY,
    PostgresDatabase,
    PostgresServer,
    end_run,
    server_of_the_run,
    start_run,
)


def _controls_the_run() -> bool:
    """Whether this process starts and ends the run: workers have hooks and a summary of their own."""
    return "PYTEST_XDIST_WORKER" not in os.environ


def pytest_configure() -> None:
    """Open the run in the controlling process; workers inherit its folder.

    Tests that are not about who may come in say by headers who calls, and so do the servers that they start.
    """
    os.environ["MATRICULA_AUTHENTICATION"] = "development"
    if _controls_the_run():
        start_run()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use the run's PostgreSQL, so that `-m postgres` finds them."""
    for item in items:
        if isinstance(item, pytest.Function) and _uses_postgres(item):
            item.add_marker("postgres")


def _uses_postgres(test: pytest.Function) -> bool:
    given = test.callspec.params.values() if hasattr(test, "callspec") else ()
    return "postgres_server" in test.fixturenames or any(value == "postgres" for value in given)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which PostgreSQL served."""
    if _controls_the_run():
        served = end_run()
        if served is not None:
            terminalreporter.write_line(f"PostgreSQL of this run: {served}")


def pytest_unconfigure() -> None:
    """End a run that was broken off before its summary."""
    if _controls_the_run() and RUN_DIRECTORY in os.environ:
        end_run()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The run's server."""
    with server_of_the_run() as server:
        yield server


@pytest.fixture(scope="session")
def worker_database(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    """The worker's own database."""
    database = postgres_server.clone(f"matricula_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}")
    yield database
    database.drop()


@pytest.fixture
def postgres_database(worker_database: PostgresDatabase) -> PostgresDatabase:
    """The worker's database, without a row."""
    worker_database.empty()
    return worker_database


@pytest.fixture
async def postgres_persistence(postgres_database: PostgresDatabase) -> AsyncIterator[PostgresPersistence]:
    """The Postgres adapter, as the application's role, on a database without a row."""
    lines = Lines(postgres_database.app_url, 4, postgres_database.pooler)
    persistence = PostgresPersistence(postgres_database.engine(), lines)
    yield persistence
    await persistence.close()
