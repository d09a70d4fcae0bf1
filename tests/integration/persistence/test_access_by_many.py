"""Access on PostgreSQL when several come at once, and what the application's role may not do even so."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from application.access.ports import SignIn, SignInOutcome
from domain.access.throttle import Failures
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.support.access import ADA, ONE, a_client, a_token
from tests.support.builders import an_institution
from tests.support.domain_builders import NOON, identifier
from tests.support.postgres import COUNT_WAITING, PostgresDatabase, connect

KEY = "name:somebody"
LINE = SignIn(identifier("line", "1"), SignInOutcome.CLIENT_ADDED, ADA.id, "0" * 64, "192.0.2.1", NOON, "root")


@pytest.fixture
async def institution(postgres_persistence: PostgresPersistence) -> InstitutionId:
    """An institution with an account that is signed in."""
    founded = an_institution()
    await postgres_persistence.directory.add(founded)
    async with postgres_persistence.access(founded.id) as work:
        await work.add_account(ADA)
        await work.add_client(a_client())
        await work.add_refresh_token(a_token("a"))
        await work.record_sign_in(LINE)
    return founded.id


async def until_somebody_waits(database: PostgresDatabase) -> None:
    """Look until a session of the database waits for a lock that another one has."""
    connection = await connect(database.owner_url)
    try:
        async with asyncio.timeout(20):
            while not await connection.fetchval(COUNT_WAITING):
                pass
    finally:
        await connection.close()


async def test_failures_that_are_counted_at_once_all_count(
    postgres_persistence: PostgresPersistence, institution: InstitutionId
) -> None:
    async def count() -> None:
        async with postgres_persistence.access(institution) as work:
            await work.save_failures(KEY, (await work.failures(KEY)).failed(NOON, NOON))

    await asyncio.gather(*(count() for _ in range(8)))

    async with postgres_persistence.access(institution) as work:
        assert await work.failures(KEY) == Failures(8, NOON)


async def test_a_token_that_is_traded_in_meanwhile_does_not_outlive_the_end_of_all_sessions(
    postgres_persistence: PostgresPersistence, postgres_database: PostgresDatabase, institution: InstitutionId
) -> None:
    async def end() -> None:
        async with postgres_persistence.access(institution) as work:
            await work.account_to_change(ADA.id)
            await work.end_sessions(ADA.id)

    async with postgres_persistence.access(institution) as work:
        known = await work.refresh_token("a" * 64)
        ending = asyncio.create_task(end())
        await until_somebody_waits(postgres_database)
        assert known is not None
        await work.save_refresh_token(known.used(NOON))
        await work.add_refresh_token(a_token("b"))
    await ending

    async with postgres_persistence.access(institution) as work:
        assert [await work.refresh_token(digit * 64) for digit in "ab"] == [None, None]


async def test_of_two_who_trade_a_token_in_at_once_the_second_sees_that_it_was_used(
    postgres_persistence: PostgresPersistence, postgres_database: PostgresDatabase, institution: InstitutionId
) -> None:
    async def second() -> bool:
        async with postgres_persistence.access(institution) as work:
            known = await work.refresh_token("a" * 64)
            return known is not None and known.is_good(NOON)

    async with postgres_persistence.access(institution) as work:
        known = await work.refresh_token("a" * 64)
        other = asyncio.create_task(second())
        await until_somebody_waits(postgres_database)
        assert known is not None
        await work.save_refresh_token(known.used(NOON))

    assert not await other


async def test_who_changes_an_account_sees_what_who_came_before_made_of_it(
    postgres_persistence: PostgresPersistence, postgres_database: PostgresDatabase, institution: InstitutionId
) -> None:
    async def second() -> tuple[bool, str | None]:
        async with postgres_persistence.access(institution) as work:
            before = await work.account(ADA.id)
            now = await work.account_to_change(ADA.id)
            assert before is not None
            assert now is not None
            return before.is_open(), now.password_hash

    async with postgres_persistence.access(institution) as work:
        await work.account_to_change(ADA.id)
        other = asyncio.create_task(second())
        await until_somebody_waits(postgres_database)
        await work.save_account(ADA.with_password("another"))

    assert await other == (True, "another")


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE sign_ins SET outcome = 'refused'",
        "DELETE FROM sign_ins",
        "TRUNCATE sign_ins",
        "DELETE FROM accounts",
        "TRUNCATE accounts",
        "DELETE FROM api_clients",
    ],
)
async def test_what_stays_is_nothing_that_the_application_can_remove(
    attack: str, postgres_database: PostgresDatabase, institution: InstitutionId
) -> None:
    connection = await connect(postgres_database.session_url)
    try:
        await connection.execute(f"SET app.institution_id = '{institution}'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await connection.execute(attack)
        assert await connection.fetchval("SELECT count(*) FROM sign_ins") == 1
    finally:
        await connection.close()


TABLES = ("accounts", "api_clients", "refresh_tokens", "sign_ins", "token_revocations", "sign_in_failures")


@pytest.mark.parametrize("table", TABLES)
async def test_a_session_of_another_institution_sees_no_row(
    table: str,
    postgres_database: PostgresDatabase,
    postgres_persistence: PostgresPersistence,
    institution: InstitutionId,
) -> None:
    async with postgres_persistence.access(institution) as work:
        await work.void_tokens(ONE, NOON, NOON + timedelta(minutes=15))
        await work.save_failures(KEY, Failures(1, NOON))
    connection = await connect(postgres_database.session_url)
    try:
        await connection.execute(f"SET app.institution_id = '{institution}'")
        own = await connection.fetchval(f"SELECT count(*) FROM {table}")
        await connection.execute(f"SET app.institution_id = '{identifier('institution', 'other')}'")
        others = await connection.fetchval(f"SELECT count(*) FROM {table}")
    finally:
        await connection.close()

    assert (own, others) == (1, 0)


async def test_the_audit_of_sign_ins_keeps_every_line(
    postgres_database: PostgresDatabase, institution: InstitutionId
) -> None:
    connection = await connect(postgres_database.owner_url)
    try:
        row = dict(await connection.fetchrow("SELECT * FROM sign_ins"))
    finally:
        await connection.close()

    assert row == {
        "institution_id": institution,
        "id": LINE.id,
        "outcome": "client_added",
        "subject": ADA.id,
        "name": "0" * 64,
        "origin": "192.0.2.1",
        "occurred_at": NOON,
        "actor": "root",
    }
