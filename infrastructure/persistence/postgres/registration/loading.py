"""Loading facts: one call of `registration_load`, with the term's lock or without, beside a snapshot."""

from collections.abc import Sequence

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from application.shared.errors import NotFound
from domain.registration.commands import Command
from domain.registration.facts import Facts
from domain.registration.references import references_to_offerings
from infrastructure.persistence.postgres.registration.facts import facts_of
from infrastructure.persistence.postgres.registration.ids import known_ids
from infrastructure.persistence.postgres.registration.snapshots import Place, Snapshots
from infrastructure.persistence.questions import (
    enrollments_changed_by,
    offerings_touched_by,
    review_every_queue,
    sections_revised_by,
    students_of,
)

_LOAD = "SELECT * FROM registration_load($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


async def load_facts(
    session: AsyncSession, snapshots: Snapshots, place: Place, commands: Sequence[Command], *, locking: bool
) -> Facts:
    """What deciding `commands` needs. Raises `NotFound` when the term is gone."""
    references = references_to_offerings(commands)
    by_code = [reference for reference in references if reference.code is not None]
    named = (reference.id for reference in references if reference.id is not None)
    driver = await driver_of(session)
    row = await driver.fetchrow(
        _LOAD,
        *place,
        locking,
        sorted(students_of(commands)),
        sorted(enrollments_changed_by(commands)),
        [*named, *offerings_touched_by(commands)],
        [reference.code for reference in by_code],
        [reference.scope for reference in by_code],
        sorted(sections_revised_by(commands)),
        review_every_queue(commands),
    )
    if row is None or row["version"] is None:
        kind = "term"
        raise NotFound(kind, str(place[1]))
    known = set(known_ids(row["known"]))
    snapshot = await snapshots.at(driver, place, row["version"], known)
    return facts_of(row, known, snapshot, commands)


async def driver_of(session: AsyncSession) -> asyncpg.Connection:
    """The driver's connection, inside the session's transaction."""
    connection = await (await session.connection()).get_raw_connection()
    driver: asyncpg.Connection = connection.driver_connection
    return driver
