"""Which institution a transaction sees: row-level security reads it from a setting that lives as long as it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from application.shared.errors import Unavailable
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.driver import driver_of

SETTING = "app.institution_id"

_NOT_IDLE_FOR_LONG = "SET LOCAL idle_in_transaction_session_timeout = '60s'"
"""Whoever was stopped in the middle of a transaction, or reads no further, does not hold up the others for longer."""

_UNDOING_SECONDS = 5.0
"""How long a database may take to roll back before its connection is taken for lost."""


async def enter_institution(session: AsyncSession, institution: InstitutionId) -> None:
    """Let the session's transaction see the records of `institution` and no other."""
    await session.execute(text(entering(institution)))


def entering(institution: InstitutionId) -> str:
    """The statement by which a transaction enters the institution.

    `SET LOCAL` takes no parameter, so the identifier, a UUID by type, is written into it.
    """
    return f"SET LOCAL {SETTING} = '{institution}'"


@asynccontextmanager
async def transaction_of(connection: AsyncConnection, institution: InstitutionId) -> AsyncIterator[asyncpg.Connection]:
    """A transaction that sees the records of `institution`: committed when its block ends, undone by an exception.

    It begins in one round trip, through the driver, whose connection it yields; `connection` must be one in autocommit
    mode, so that SQLAlchemy begins and ends nothing itself. Raises `Unavailable` when the database was lost, or did not
    commit.
    """
    async with _begun(connection, f"BEGIN; {_settled_in(institution)}") as driver:
        yield driver
        await _commit(driver)


@asynccontextmanager
async def reading_of(connection: AsyncConnection, institution: InstitutionId) -> AsyncIterator[None]:
    """As `transaction_of`, but all that is read is of one moment, and nothing can be written."""
    begin = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {_settled_in(institution)}"
    async with _begun(connection, begin) as driver:
        yield
        if not driver.is_closed():  # by a reader who had enough
            await driver.execute("COMMIT")


@asynccontextmanager
async def _begun(connection: AsyncConnection, begin: str) -> AsyncIterator[asyncpg.Connection]:
    driver = await driver_of(connection)
    if driver.is_in_transaction():  # left by somebody in a hurry
        driver.terminate()
        await connection.invalidate()
        driver = await driver_of(connection)
        # SQLAlchemy gives the engine's mode to the first connection alone.
        await connection.execution_options(isolation_level="AUTOCOMMIT")
    try:
        await driver.execute(begin)
        yield driver
    except asyncpg.InterfaceError as error:
        if not await _undone(connection, driver):
            detail = "The connection to the database was lost."
            raise Unavailable(detail) from error
        raise
    except BaseException:
        await _undone(connection, driver)
        raise


async def _commit(driver: asyncpg.Connection) -> None:
    # A transaction in which a statement failed answers ROLLBACK.
    if await driver.execute("COMMIT") != "COMMIT":
        detail = "The transaction could not be committed."
        raise Unavailable(detail)


async def _undone(connection: AsyncConnection, driver: asyncpg.Connection) -> bool:
    """Roll back; a connection that can't is not given to anybody else."""
    if not driver.is_closed():
        try:
            async with asyncio.timeout(_UNDOING_SECONDS):
                await driver.execute("ROLLBACK")
        except BaseException as error:
            driver.terminate()
            if not isinstance(error, Exception):
                raise
        else:
            return True
    await connection.invalidate()
    return False


def _settled_in(institution: InstitutionId) -> str:
    # Behind a pooler a session can't be told anything; compiling a query takes longer than any of ours runs.
    return f"{entering(institution)}; SET LOCAL jit = off; {_NOT_IDLE_FOR_LONG}"
