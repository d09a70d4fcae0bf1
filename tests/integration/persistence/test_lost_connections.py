"""Connections that the server ends: what was under way is unavailable, never a defect, and who comes next is served."""

import asyncio
import socket
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from application.registration.addressees import Addressees
from application.registration.desk import RegistrationDesk
from application.registration.dto import AddAction, RegistrationRequestFields
from application.registration.register import Register
from application.scheduling.sections import SECTIONS
from application.shared.caller import Caller, Role
from application.shared.errors import ApplicationError, Collision, Unavailable
from application.shared.paging import PageQuery
from domain.scheduling.room import Room
from infrastructure.identifiers import TimeOrderedIds
from infrastructure.persistence.postgres.failures import reaching_the_database
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from infrastructure.persistence.postgres.readers.lines import Lines
from tests.integration.persistence.careless import NOW, Stage
from tests.support.builders import FixedClock, a_room, an_institution
from tests.support.postgres import PostgresDatabase, run_sql

END_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""
END_OWN = "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(1)"
END_LINE = "SELECT pg_terminate_backend(pg_backend_pid()) AND pg_sleep(1)::text = ''"
INSTITUTION = an_institution().id


@pytest.fixture
async def lines(postgres_database: PostgresDatabase) -> AsyncIterator[Lines]:
    made = Lines(postgres_database.session_url, 2)
    yield made
    await made.close()


async def test_a_line_that_ends_while_it_is_asked_is_given_to_nobody(lines: Lines) -> None:
    for _ in range(5):
        with pytest.raises((asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError)):
            await lines.value(INSTITUTION, END_LINE)
        assert await asyncio.gather(*(lines.value(INSTITUTION, "SELECT 1") for _ in range(2))) == [1, 1]


async def test_lines_that_ended_while_nobody_asked_are_replaced_unnoticed(
    lines: Lines, postgres_database: PostgresDatabase
) -> None:
    before = await asyncio.gather(*(lines.value(INSTITUTION, "SELECT pg_backend_pid()") for _ in range(2)))
    await run_sql(postgres_database.session_url, END_ALL)

    after = await asyncio.gather(*(lines.value(INSTITUTION, "SELECT pg_backend_pid()") for _ in range(2)))

    assert not set(before) & set(after)


async def test_a_line_outlives_a_statement_that_is_refused(lines: Lines) -> None:
    before = await lines.value(INSTITUTION, "SELECT pg_backend_pid()")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await lines.value(INSTITUTION, "SELECT 1 / 0")
    with pytest.raises(asyncpg.DataError):
        await lines.value(INSTITUTION, "SELECT $2::integer", "one")

    assert await lines.value(INSTITUTION, "SELECT pg_backend_pid()") == before


async def test_readers_whose_connections_ended_while_nobody_read_notice_nothing(
    stage: Stage, postgres_persistence: PostgresPersistence, postgres_database: PostgresDatabase
) -> None:
    async def read() -> int:
        async with postgres_persistence.reading(stage.institution) as views:
            await postgres_persistence.check()
            return len((await views.views(SECTIONS).page(PageQuery())).items)

    assert await read() == 2
    await run_sql(postgres_database.session_url, END_ALL)
    await asyncio.sleep(0.2)

    assert await read() == 2


async def test_a_transaction_whose_connection_ends_is_unavailable_and_the_next_one_is_not(
    stage: Stage, postgres_persistence: PostgresPersistence
) -> None:
    async def end_within() -> None:
        async with postgres_persistence.work(stage.institution) as work:
            await work.records(Room).add([a_room("R1")])
            # The server ends it under the transaction, as an administrator would have it do.
            await work.book._driver.execute(END_OWN)

    for _ in range(5):
        with pytest.raises(Unavailable):
            await end_within()
        async with postgres_persistence.work(stage.institution) as work:
            assert await work.records(Room).get(a_room("R1").id) is None


async def test_a_decision_whose_commit_got_no_answer_is_found_by_its_key(
    stage: Stage, postgres_persistence: PostgresPersistence, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, clock = TimeOrderedIds(), FixedClock(NOW)
    desk = RegistrationDesk(postgres_persistence.work, ids)
    register = Register(desk, Addressees(postgres_persistence.reading), clock, ids)
    add = AddAction(action="add", offering="code:CS-1", sections=("code:A",))
    request = RegistrationRequestFields(student=str(stage.students[0]), term=str(stage.term), actions=(add,))
    caller = Caller(stage.institution, "office", frozenset({Role.REGISTRAR}))
    execute = asyncpg.Connection.execute

    async def losing_the_answer(driver: asyncpg.Connection, query: str, *arguments: object) -> str:
        status: str = await execute(driver, query, *arguments)
        if query == "COMMIT":
            driver.terminate()
            raise asyncpg.ConnectionDoesNotExistError
        return status

    with monkeypatch.context() as patched:
        patched.setattr(asyncpg.Connection, "execute", losing_the_answer)
        with pytest.raises(Unavailable):
            await register.answer(caller, request, "once")

    found = await register.answer(caller, request, "once")
    assert (found.is_replay, found.view.decisions[0].outcome) == (True, "enrolled")
    other = await register.answer(caller, request, "twice")
    assert other.view.decisions[0].outcome == "rejected"


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CannotConnectNowError(),
        asyncpg.AdminShutdownError(),
        asyncpg.CrashShutdownError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.ConnectionFailureError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.DiskFullError(),
        asyncpg.ReadOnlySQLTransactionError(),
        asyncpg.InternalClientError(),
        ConnectionRefusedError(),
        ConnectionResetError(),
        FileNotFoundError(),
        TimeoutError(),
        PoolTimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_is_away_is_unavailable(error: Exception) -> None:
    assert type(_translated(error)) is Unavailable


@pytest.mark.parametrize("error", [asyncpg.DeadlockDetectedError(), asyncpg.SerializationError()])
def test_a_transaction_in_the_way_of_another_is_a_collision(error: Exception) -> None:
    assert type(_translated(error)) is Collision


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (asyncpg.InvalidPasswordError(), "PostgreSQL at db:5432 refuses the role ada or its password."),
        (asyncpg.InvalidCatalogNameError(), "There is no database records at db:5432."),
        (socket.gaierror(), "The host db of the database is not known."),
        (ConnectionRefusedError(), "No PostgreSQL listens at db:5432."),
        (OSError("Multiple exceptions: …"), "No PostgreSQL listens at db:5432."),
        (ConnectionResetError(), None),
        (asyncpg.AdminShutdownError(), None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_the_cause_is_told_without_the_password(error: Exception, cause: str | None) -> None:
    with pytest.raises(Unavailable) as away, reaching_the_database(make_url("postgresql://ada:s3cret@db/records")):
        raise error

    assert (away.value.detail, away.value.cause) == ("The database is away for now.", cause)


@pytest.mark.parametrize("error", [asyncpg.UndefinedTableError(), asyncpg.DataError(), ValueError()])
def test_a_defect_stays_one(error: Exception) -> None:
    assert _translated(error) is error


def _translated(error: Exception) -> Exception:
    try:
        with reaching_the_database():
            raise error
    except (ApplicationError, type(error)) as translated:
        return translated
