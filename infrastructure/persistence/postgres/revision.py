"""At which revision a database is, and which one this program needs; asked at every start, so Alembic is not loaded."""

import asyncio
from functools import cache
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from infrastructure.persistence.postgres.connecting import CONNECT_SECONDS, driver_arguments
from infrastructure.persistence.postgres.failures import reaching_the_database

DIRECTORY = Path(__file__).parent / "migrations"


@cache
def head_revision() -> str:
    """The newest revision: the number with which the name of the newest migration begins."""
    return max(script.name for script in (DIRECTORY / "versions").glob("[0-9]*.py")).partition("_")[0]


def current(owner_url: str) -> str | None:
    """The revision at which the database is, None before the first. Raises `Unavailable`.

    It runs its own event loop: call it where none is running, or in a thread.
    """
    with reaching_the_database(make_url(owner_url)):
        return asyncio.run(_current(owner_url))


async def _current(owner_url: str) -> str | None:
    connection = await asyncpg.connect(**driver_arguments(owner_url), timeout=CONNECT_SECONDS)
    try:
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return revision
