"""What must be true of a term after whatever happened to it, proved by bare SQL, by `verify` and by the audit log."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from application.registration.replay_audit import ReplayAudit
from application.registration.verify_registration import VerifyRegistration
from application.registration.waitlists import WAITLIST_ENTRIES
from application.shared.caller import Caller, Role
from application.shared.paging import PageQuery
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.support.postgres import PostgresDatabase, connect

# A stay without an end is one that lasts: one that a change of sections ended keeps the status of its enrollment.
BROKEN = {
    "seats above capacity": """
        SELECT s.code FROM sections s JOIN enrollment_sections t ON t.section_id = s.id AND t.until_at IS NULL
          LEFT JOIN seats p ON p.section_id = t.section_id AND p.seat_no = t.seat_no
         WHERE s.capacity IS NOT NULL
         GROUP BY s.id, s.code, s.capacity
        HAVING count(*) FILTER (WHERE p.permission_id IS NULL) > greatest(
               s.capacity, (SELECT count(*) FROM seats q WHERE q.section_id = s.id AND q.permission_id IS NULL))""",
    "a seat taken twice": """
        SELECT section_id FROM enrollment_sections WHERE seat_no IS NOT NULL
         GROUP BY section_id, seat_no HAVING count(*) > 1""",
    "a course taken twice": """
        SELECT student_id FROM enrollments WHERE status = 'enrolled'
         GROUP BY student_id, course_id HAVING count(*) > 1""",
    "an enrollment without a section": """
        SELECT e.id FROM enrollments e WHERE e.status = 'enrolled' AND NOT EXISTS (
            SELECT FROM enrollment_sections t WHERE t.enrollment_id = e.id AND t.until_at IS NULL)""",
    "somebody who waits for what they have": """
        SELECT w.id FROM waitlist_entries w JOIN enrollments e
            ON e.student_id = w.student_id AND e.offering_id = w.offering_id AND e.status = 'enrolled'
         WHERE w.status = 'waiting' AND w.drop_if_enrolled IS DISTINCT FROM e.id""",
    "a number used twice": "SELECT number FROM audit_events GROUP BY number HAVING count(*) > 1",
}


async def fetch(database: PostgresDatabase, query: str) -> list[Any]:
    """The rows of a query, or its values where it selects one column."""
    connection = await connect(database.owner_url)
    try:
        rows = await connection.fetch(query)
    finally:
        await connection.close()
    return [row[0] if len(row) == 1 else tuple(row) for row in rows]


async def prove_by_sql(database: PostgresDatabase) -> None:
    """Fail where something is stored that must not be."""
    broken = {name: await fetch(database, query) for name, query in BROKEN.items()}
    found = {name: rows for name, rows in broken.items() if rows}
    assert not found, found  # what pytest does not show of a module that holds no tests


async def prove_by_audit(persistence: PostgresPersistence, institution: InstitutionId, code: str) -> int:
    """Fail where `verify` finds an offence, or the replayed log another state; answers the number of commands."""
    caller = Caller(institution, "test", frozenset({Role.ADMINISTRATOR}))
    term = Reference(code=code)
    verified = await VerifyRegistration(persistence.reading).execute(caller, term)
    replayed = await ReplayAudit(persistence.reading).execute(caller, term)
    assert verified.offences == ()
    assert replayed.differences == ()
    return replayed.commands


async def prove_that_what_was_acknowledged_is_stored(
    database: PostgresDatabase, answers: Sequence[Mapping[str, Any]]
) -> None:
    """Requests, enrollments and entries are those that clients were told of, but for whom a queue promoted later."""
    decisions = [decision for answer in answers for decision in answer["decisions"]]
    enrolled = {d["enrollment"] for d in decisions if d["outcome"] in ("enrolled", "swapped")}
    waiting = {d["entry"] for d in decisions if d["outcome"] == "waitlisted"}
    promoted = await fetch(database, "SELECT enrollment_id::text FROM waitlist_entries WHERE status = 'promoted'")
    requests = "SELECT command ->> 'id' FROM audit_events WHERE kind = 'registration_request'"

    assert sorted(await fetch(database, requests)) == sorted(answer["id"] for answer in answers)
    assert set(await fetch(database, "SELECT id::text FROM enrollments")) == enrolled | set(promoted)
    assert set(await fetch(database, "SELECT id::text FROM waitlist_entries")) == waiting
    assert promoted


async def prove_that_queues_are_dense(
    persistence: PostgresPersistence, institution: InstitutionId, longest: int
) -> None:
    """Each entry waits for one section: its queue has the positions from 1 to its length."""
    async with persistence.reading(institution) as views:
        page = await views.views(WAITLIST_ENTRIES).page(PageQuery(limit=200, filters={"status": "waiting"}))
    assert page.next_cursor is None
    queues: dict[tuple[str, ...], list[int | None]] = defaultdict(list)
    for entry in sorted(page.items, key=lambda entry: (entry.priority, entry.number)):
        queues[entry.sections].append(entry.position)
    assert queues
    for positions in queues.values():
        assert positions == list(range(1, len(positions) + 1))
        assert len(positions) <= longest
