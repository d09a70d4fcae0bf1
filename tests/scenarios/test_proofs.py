"""The proofs by bare SQL accept a term in which students move about, and find each thing that must not be."""

import os
from collections.abc import Iterator

import pytest

from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.contracts.arranging import TERM_ID, Stored
from tests.contracts.queueing import a_crowded_university, moving, taking, waiting
from tests.scenarios.proofs import BROKEN, prove_by_sql
from tests.support.builders import an_institution
from tests.support.domain_builders import enrollment_id, section_id, student_id
from tests.support.postgres import PostgresDatabase, PostgresServer, in_thread, run_sql

INSTITUTION = an_institution().id


async def _build(database: PostgresDatabase) -> None:
    """`s1` moved from `X1` to `X2`, then `s2` took `X1`, for which `s3` waits: each section has one seat."""
    persistence = PostgresPersistence(database.engine())
    await persistence.directory.add(an_institution())
    stored = Stored(persistence, INSTITUTION)
    await stored.add(*a_crowded_university())
    requests = (taking("s1", "X1"), moving("s1", "s1-X1", "X2"), taking("s2", "X1"), waiting("s3", "X1"))
    # One at a time: who moves on within one list has stayed nowhere else.
    outcomes = [decision.outcome for request in requests for decision in await stored.register(request)]
    assert outcomes == ["enrolled", "changed", "enrolled", "waitlisted"]
    await persistence.close()


@pytest.fixture(scope="module")
def sound_database(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    """A database in which nothing is that must not be."""
    database = postgres_server.clone(f"matricula_test_proved_{os.getpid()}")
    in_thread(lambda: _build(database))
    yield database
    database.drop()


async def test_a_seat_that_somebody_moved_away_from_is_free_for_others(sound_database: PostgresDatabase) -> None:
    await prove_by_sql(sound_database)


_STAY = f"section_id = '{section_id('X1')}' AND student_id = '{student_id('s1')}'"
_STAYS_ON = (
    "ALTER TABLE enrollment_sections DROP CONSTRAINT ck_enrollment_sections_standing_has_a_place",
    "DROP INDEX uq_enrollment_sections_standing",
    f"UPDATE enrollment_sections SET until_at = NULL WHERE {_STAY}",
)
_AUDITED = (
    "INSERT INTO audit_events (institution_id, id, term_id, number, kind, subject, roles, occurred_at, command, answer,"
    " consequences, facts, about) SELECT"
    f" '{INSTITUTION}', gen_random_uuid(), '{TERM_ID}', 1, 'kind', 'somebody', '{{}}', now(), '{{}}', '{{}}', '[]',"
    " '{}', '{}' FROM generate_series(1, 2)"
)

WHAT_BREAKS_IT = {
    "seats above capacity": _STAYS_ON,
    "a seat taken twice": (
        *_STAYS_ON,
        "ALTER TABLE enrollment_sections DROP CONSTRAINT uq_enrollment_sections_section_id_seat_no",
        f"UPDATE enrollment_sections SET seat_no = 1 WHERE {_STAY}",
    ),
    "a course taken twice": (
        "DROP INDEX uq_enrollments_standing, uq_enrollments_standing_offering",
        f"UPDATE enrollments SET student_id = '{student_id('s1')}'",
    ),
    "an enrollment without a section": (
        f"DELETE FROM enrollment_sections WHERE enrollment_id = '{enrollment_id('s1-X1')}' AND until_at IS NULL",
    ),
    "somebody who waits for what they have": (f"UPDATE waitlist_entries SET student_id = '{student_id('s2')}'",),
    "a number used twice": (
        "ALTER TABLE audit_events DROP CONSTRAINT uq_audit_events_term_id_number",
        _AUDITED,
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_what_must_not_be_is_found(broken: str, sound_database: PostgresDatabase) -> None:
    copy = sound_database.server.clone(f"matricula_test_broken_{os.getpid()}", template=sound_database.name)
    try:
        # A superuser, whom no foreign key, no trigger and no policy concerns.
        await run_sql(copy.superuser_url, ";".join(("SET session_replication_role = replica", *WHAT_BREAKS_IT[broken])))
        with pytest.raises(AssertionError, match=broken):
            await prove_by_sql(copy)
    finally:
        copy.drop()
