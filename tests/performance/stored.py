"""What the database holds, counted by bare SQL: acknowledged is what is stored, or there is no figure."""

import json
from dataclasses import asdict, dataclass

from tests.performance.cluster import PRODUCT, BenchmarkError, Cluster
from tests.performance.load import Outcome

_SECTIONS_OF_A_REGISTRATION = 2

_COUNT = """
SELECT json_build_object(
    'enrollments', (SELECT count(*) FROM enrollments WHERE number >= :since AND status = 'enrolled'),
    'sittings', (SELECT count(*) FROM enrollment_sections
                  WHERE since >= :since AND until_at IS NULL AND seat_no IS NOT NULL),
    'seats_taken', (SELECT count(DISTINCT (s.section_id, s.seat_no)) FROM enrollment_sections t JOIN seats s
                     USING (institution_id, section_id, seat_no) WHERE t.since >= :since),
    'audit', (SELECT count(*) FROM audit_events WHERE number >= :since),
    'outbox', (SELECT count(*) FROM outbox),
    'idempotency', (SELECT count(*) FROM idempotency_keys))
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """Rows: the first four of decisions since a number, the others altogether."""

    enrollments: int
    sittings: int
    seats_taken: int
    audit: int
    outbox: int
    idempotency: int


def next_decision(cluster: Cluster) -> int:
    """The number that the next decision of the term will have."""
    return int(cluster.psql(PRODUCT, "SELECT next_number FROM term_registrations"))


def stored_since(cluster: Cluster, number: int) -> Stored:
    """Count what there is."""
    return Stored(**json.loads(cluster.psql(PRODUCT, _COUNT, since=number)))


def require_all_stored(outcome: Outcome, before: Stored, after: Stored) -> None:
    """Raise `BenchmarkError` unless every answer enrolled, and every enrollment left just what it must leave."""
    answered = sum(outcome.statuses.values())
    if outcome.good != answered:
        raise BenchmarkError(
            f"{answered - outcome.good} of {answered} registrations did not enroll: {outcome.unexpected}"
        )
    sections = _SECTIONS_OF_A_REGISTRATION * answered
    wanted = Stored(answered, sections, sections, answered, before.outbox + answered, before.idempotency + answered)
    if after != wanted:
        raise BenchmarkError(f"acknowledged is not stored: {asdict(after)} instead of {asdict(wanted)}")
