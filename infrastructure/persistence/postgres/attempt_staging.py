"""The staging of course attempts: a table for them, and statements that look at all of it at once."""

from collections.abc import Sequence

import asyncpg

from application.registration.ports import RepeatedAttempt, StagedAttempt, UnknownCode
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.failures import storing
from infrastructure.persistence.postgres.staging import StagingTable

_DEFINITION = """
    line integer NOT NULL,
    id uuid NOT NULL,
    student_code varchar(64) COLLATE "C" NOT NULL,
    course_code varchar(64) COLLATE "C" NOT NULL,
    term varchar(64) COLLATE "C" NOT NULL,
    credits numeric(6, 2) NOT NULL,
    grade varchar(64),
    scheme_id uuid,
    passed boolean NOT NULL,
    in_progress boolean NOT NULL,
    transfer boolean NOT NULL
"""

_FIRST_FAULT = """
    SELECT i.line,
           CASE WHEN s.id IS NULL THEN 'student_code' WHEN c.id IS NULL THEN 'course_code' END AS unknown,
           CASE WHEN s.id IS NULL THEN i.student_code ELSE i.course_code END AS code,
           NULL::integer AS earlier
    FROM staged_attempts i
    LEFT JOIN students s ON s.institution_id = $1 AND s.code = i.student_code
    LEFT JOIN courses c ON c.institution_id = $1 AND c.code = i.course_code
    LEFT JOIN course_attempts a
           ON a.institution_id = $1 AND a.student_id = s.id AND a.course_id = c.id AND a.term = i.term
          AND a.credits = i.credits AND a.grade IS NOT DISTINCT FROM i.grade
          AND a.scheme_id IS NOT DISTINCT FROM i.scheme_id
          AND a.passed = i.passed AND a.in_progress = i.in_progress AND a.transfer = i.transfer
    WHERE s.id IS NULL OR c.id IS NULL OR a.id IS NOT NULL
    UNION ALL
    SELECT i.line, NULL, NULL, g.line
    FROM (SELECT min(line) AS line, student_code, course_code, term, credits, grade, scheme_id, passed, in_progress,
                 transfer
          FROM staged_attempts
          GROUP BY student_code, course_code, term, credits, grade, scheme_id, passed, in_progress, transfer
          HAVING count(*) > 1) g
    JOIN staged_attempts i
      ON i.line > g.line AND i.student_code = g.student_code AND i.course_code = g.course_code AND i.term = g.term
     AND i.credits = g.credits AND i.grade IS NOT DISTINCT FROM g.grade
     AND i.scheme_id IS NOT DISTINCT FROM g.scheme_id
     AND i.passed = g.passed AND i.in_progress = g.in_progress AND i.transfer = g.transfer
    ORDER BY line, earlier NULLS FIRST
    LIMIT 1
"""

# Imports of an institution look at what is stored one after the other: else a table that is imported twice at once
# would be stored twice. Nobody else waits: what refers to the institution takes a lock that goes with this one.
_TURN = "SELECT 1 FROM institutions i WHERE i.institution_id = $1 FOR NO KEY UPDATE"

# A code that went away since it was looked up is NULL here, and refused.
_MERGE = """
    INSERT INTO course_attempts (institution_id, id, student_id, course_id, term, credits, grade, scheme_id, passed,
                                 in_progress, transfer, version)
    SELECT $1, i.id, s.id, c.id, i.term, i.credits, i.grade, i.scheme_id, i.passed, i.in_progress, i.transfer, 1
    FROM staged_attempts i
    LEFT JOIN students s ON s.institution_id = $1 AND s.code = i.student_code
    LEFT JOIN courses c ON c.institution_id = $1 AND c.code = i.course_code
"""


class PostgresAttemptStaging:
    """The `AttemptStaging` port on the connection of a transaction."""

    def __init__(self, driver: asyncpg.Connection, institution: InstitutionId) -> None:
        self._driver = driver
        self._institution = institution
        self._table = StagingTable(driver, "staged_attempts", StagedAttempt._fields)

    async def open(self) -> None:
        """Make the table."""
        await self._table.make(_DEFINITION)

    async def stage(self, attempts: Sequence[StagedAttempt]) -> None:
        """See `AttemptStaging.stage`."""
        await self._table.take(attempts)

    async def first_fault(self) -> UnknownCode | RepeatedAttempt | None:
        """See `AttemptStaging.first_fault`."""
        await self._table.count()
        await self._driver.execute(_TURN, self._institution)
        found = await self._driver.fetchrow(_FIRST_FAULT, self._institution)
        if found is None:
            return None
        line, unknown, code, earlier = found
        return RepeatedAttempt(line, earlier) if unknown is None else UnknownCode(line, unknown, code)

    async def merge(self) -> None:
        """See `AttemptStaging.merge`."""
        with storing("course attempt", frozenset({"course_attempts"})):
            await self._driver.execute(_MERGE, self._institution)
