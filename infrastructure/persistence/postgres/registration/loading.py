"""Loading facts: one call of `registration_load`, with the term's lock or without, beside a snapshot.

A student may have tried many courses, of which few count here. The snapshot tells which before anything is loaded; when
it turns out to have missed some, as those that count for courses already taken, the attempts are asked for again.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import asyncpg

from application.registration.ports import AnswerKey, KeptAnswer, Loaded
from application.shared.errors import NotFound
from domain.registration.commands import Command
from domain.registration.references import references_to_offerings
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.registration.facts import facts_of, resolved
from infrastructure.persistence.postgres.registration.ids import known_ids
from infrastructure.persistence.postgres.registration.snapshots import Place, Snapshot, Snapshots
from infrastructure.persistence.questions import (
    enrollments_changed_by,
    offerings_touched_by,
    review_every_queue,
    sections_revised_by,
    students_of,
)

_LOAD = "SELECT * FROM registration_load($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
_ATTEMPTS = "SELECT * FROM registration_attempts($1, $2, $3)"


async def load_facts(
    driver: asyncpg.Connection,
    snapshots: Snapshots,
    place: Place,
    commands: Sequence[Command],
    keys: Collection[AnswerKey] = (),
    *,
    locking: bool,
) -> Loaded:
    """What deciding `commands` needs, and the answers kept under `keys`. Raises `NotFound` when the term is gone."""
    references = references_to_offerings(commands)
    by_code = [reference for reference in references if reference.code is not None]
    named = (reference.id for reference in references if reference.id is not None)
    expected = _expected_to_count(snapshots.newest(place), references)
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
        [key.subject for key in keys],
        [key.key for key in keys],
        expected,
    )
    if row is None or row["version"] is None:
        kind = "term"
        raise NotFound(kind, str(place[1]))
    known = list(known_ids(row["known"]))
    taken = len(row["enrollment_offerings"] or ())
    snapshot = await snapshots.at(driver, place, row["version"], set(known))
    attempts = row
    counting = snapshot.courses_that_count(known[: len(known) - taken], known[len(known) - taken :])
    if not counting <= expected:
        attempts = await driver.fetchrow(_ATTEMPTS, place[0], row["people"], counting)
    return Loaded(facts_of(row, attempts, set(known), snapshot, commands), _kept(row, keys))


def _expected_to_count(snapshot: Snapshot | None, references: Collection[Reference]) -> frozenset[str]:
    """The courses at which attempts count for whoever wants what these references name, as far as is known."""
    if snapshot is None:
        return frozenset()
    wanted = resolved(
        references, snapshot.offerings, snapshot.offering_codes, snapshot.term.code, lambda known: known.offering.id
    )
    return snapshot.courses_that_count(wanted.values(), ())


def _kept(row: Mapping[str, Any], keys: Collection[AnswerKey]) -> dict[AnswerKey, KeptAnswer]:
    """The answers under the keys; subjects and names were asked for apart, so that others may have been found too."""
    if row["kept_names"] is None:
        return {}
    columns = (row["kept_subjects"], row["kept_names"], row["kept_digests"], row["kept_answers"])
    found = (
        KeptAnswer(AnswerKey(subject, name), digest, answer)
        for subject, name, digest, answer in zip(*columns, strict=True)
    )
    return {kept.key: kept for kept in found if kept.key in keys}
