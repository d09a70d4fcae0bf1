"""The schema's migrations: run, undone, listed and compared with the rows, by Alembic, as the owner's role.

A migration is one transaction. Who waits for a table that somebody reads keeps everybody else from it, so a migration
waits for none longer than a moment: then it is undone, others get through, and it begins anew, for a while.

Every function is synchronous and runs its own event loop: call it where none is running, or in a thread.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from typing import TypeVar

import asyncpg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from application.shared.errors import Collision, Conflict
from infrastructure.persistence.postgres.failures import driver_error, reaching_the_database
from infrastructure.persistence.postgres.revision import DIRECTORY
from infrastructure.persistence.postgres.rows import (  # noqa: F401 - the metadata
    access,
    attempts,
    catalog,
    imports,
    journal,
    kept_answers,
    people,
    registration,
    scheduling,
    terms,
    waitlists,
)
from infrastructure.persistence.postgres.rows.base import Row

T = TypeVar("T")

APPLICATION_ROLE = "matricula_app"

_LOCK_SECONDS = 2.0
_PAUSE_SECONDS = 3.0
_TRIES = 12


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`.

    Raises `Conflict` for one that is unknown, `Collision` when something holds the tables for long, `Unavailable`.
    """
    with _known(revision):
        _migrate(owner_url, lambda connection: command.upgrade(_config(connection), revision))


def downgrade(owner_url: str, revision: str) -> None:
    """Take the database back to `revision` (`base`: nothing is left). Raises as `upgrade` does."""
    with _known(revision):
        _migrate(owner_url, lambda connection: command.downgrade(_config(connection), revision))


def check(owner_url: str) -> list[str]:
    """What differs between the database's schema and the rows, a line for each. Raises `Unavailable`."""
    return _run(owner_url, _differences)


def revisions() -> list[str]:
    """All revisions, oldest first."""
    return [script.revision for script in ScriptDirectory(str(DIRECTORY)).walk_revisions()][::-1]


def _differences(connection: Connection) -> list[str]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [str(difference) for difference in compare_metadata(context, Row.metadata)]


@contextmanager
def _known(revision: str) -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise Conflict(f"{revision}: {error}") from error


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(DIRECTORY))
    config.attributes["connection"] = connection
    return config


def _migrate(owner_url: str, task: Callable[[Connection], None]) -> None:
    def impatient(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(1000 * _LOCK_SECONDS)}")
        task(connection)

    for tries_left in reversed(range(_TRIES)):
        try:
            _run(owner_url, impatient)
        except DBAPIError as error:
            if not isinstance(driver_error(error), asyncpg.LockNotAvailableError):
                raise
            if not tries_left:
                detail = "Something holds the tables: a backup or another long transaction. Nothing was changed."
                raise Collision(detail) from error
        else:
            return
        sleep(_PAUSE_SECONDS)


def _run(owner_url: str, task: Callable[[Connection], T]) -> T:
    async def connected() -> T:
        engine = create_async_engine(owner_url, poolclass=NullPool)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(task)
        finally:
            await engine.dispose()

    with reaching_the_database():
        return asyncio.run(connected())
