"""Events wait in the outbox, as they were written, until somebody publishes them."""

from uuid import uuid4

from application.registration.ports import Journal, OutboxMessage
from domain.registration.outcomes import Effects
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.integration.persistence.careless import NOW, Stage
from tests.support.postgres import PostgresDatabase, connect


async def test_messages_wait_until_they_are_published(
    stage: Stage, postgres_persistence: PostgresPersistence, postgres_database: PostgresDatabase
) -> None:
    messages = tuple(
        OutboxMessage(uuid4(), kind, 2, NOW, '{"z": 1,  "a": "Ñ"}') for kind in ("StudentEnrolled", "HoldReleased")
    )

    async with postgres_persistence.work(stage.institution) as work:
        await work.book.store(stage.term, Effects(next_number=1), lambda: Journal(messages=messages))

    connection = await connect(postgres_database.session_url)
    try:
        await connection.execute(f"SET app.institution_id = '{stage.institution}'")
        rows = await connection.fetch(
            "SELECT id, type, version, occurred_at, payload FROM outbox WHERE published_at IS NULL"
        )
    finally:
        await connection.close()
    assert {OutboxMessage(*row) for row in rows} == set(messages)
