"""Queues and the audit log as the database keeps them: a bare SQL connection tries to break them."""

from uuid import uuid4

import asyncpg
import pytest

from tests.integration.persistence.careless import CarelessClient, Stage


async def test_a_student_waits_once_for_an_offering(client: CarelessClient) -> None:
    await client.wait(1, 2)
    await client.wait(2, 3)
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_waitlist_entries_waiting"):
        await client.wait(1, 4)
    await client.wait(1, 4, status="left")


async def test_a_place_in_the_queue_is_not_given_away_twice(client: CarelessClient) -> None:
    await client.wait(1, 2)
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_waitlist_entries_term_id_number"):
        await client.wait(2, 2)


APPEND_ONLY = ("audit_events", "audit_mentions", "audit_documents")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("attack", ["UPDATE {} SET institution_id = institution_id", "DELETE FROM {}", "TRUNCATE {}"])
async def test_nobody_rewrites_the_audit_log(client: CarelessClient, table: str, attack: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match=f"permission denied for table {table}"):
        await client.execute(attack.format(table))


async def test_a_term_in_the_audit_log_does_not_go_and_take_it_along(client: CarelessClient, stage: Stage) -> None:
    empty = uuid4()
    columns = await client.fetch(
        "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns"
        " WHERE table_name = 'terms' AND column_name NOT IN ('id', 'code')"
    )
    await client.execute(f"INSERT INTO terms (id, code, {columns}) SELECT $1, 'empty', {columns} FROM terms", empty)
    await client.execute(
        "INSERT INTO audit_events (institution_id, id, term_id, number, kind, subject, roles, occurred_at, command,"
        " answer, consequences, facts, about)"
        " VALUES ($1, $2, $3, 1, 'k', 's', '{}', now(), '{}', '{}', '[]', '{}', '{}')",
        stage.institution,
        uuid4(),
        empty,
    )
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_audit_events_term"):
        await client.execute("DELETE FROM terms WHERE id = $1", empty)
