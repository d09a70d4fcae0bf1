"""The answers that an institution keeps for requests with a key, in the transaction of the change."""

import asyncpg

from application.shared.errors import KeyReused
from application.shared.idempotency import KEPT_FOR, KeyedRequest, Told
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.rows.kept_answers import KeptAnswerRow

_ANSWERS = KeptAnswerRow.__tablename__
SWEPT_AT_ONCE = 20
"""How many outdated answers a new one takes along: more than come in, so that no day's rest stays for long."""

_CLAIM = f"""
    WITH outdated AS (
        SELECT subject, key FROM {_ANSWERS}
         WHERE institution_id = $1 AND kept_until <= now() AND (subject, key) <> ($2, $3)
         ORDER BY kept_until LIMIT {SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED
    ), swept AS (
        DELETE FROM {_ANSWERS} k USING outdated o
         WHERE k.institution_id = $1 AND k.subject = o.subject AND k.key = o.key
    )
    INSERT INTO {_ANSWERS} AS k (institution_id, subject, key, digest, kept_until)
    VALUES ($1, $2, $3, $4, now() + $5::interval)
    ON CONFLICT (institution_id, subject, key)
    DO UPDATE SET digest = EXCLUDED.digest, answer = NULL, kept_until = EXCLUDED.kept_until
        WHERE k.kept_until <= EXCLUDED.kept_until - $5::interval
    RETURNING true
"""  # noqa: S608 - a constant

_FIND = f"""
    SELECT digest, answer FROM {_ANSWERS}
     WHERE institution_id = $1 AND subject = $2 AND key = $3 AND kept_until > now()
"""  # noqa: S608 - a constant

_KEEP = f"UPDATE {_ANSWERS} SET answer = $4 WHERE institution_id = $1 AND subject = $2 AND key = $3"  # noqa: S608 - a constant


class PostgresKeptAnswers:
    """The `KeptAnswers` port in one transaction."""

    def __init__(self, driver: asyncpg.Connection, institution: InstitutionId) -> None:
        self._driver = driver
        self._institution = institution

    async def claim(self, request: KeyedRequest) -> str | None:
        """See `KeptAnswers.claim`."""
        claimed = await self._driver.fetchval(
            _CLAIM, self._institution, request.subject, request.key, request.digest, KEPT_FOR
        )
        return None if claimed else await self.find(request)

    async def find(self, request: KeyedRequest) -> str | None:
        """See `KeptAnswers.find`."""
        found = await self._driver.fetchrow(_FIND, self._institution, request.subject, request.key)
        if found is None:
            return None
        if found["digest"] != request.digest:
            raise KeyReused(request.key)
        answer: str = found["answer"]
        return answer

    async def keep(self, told: Told) -> None:
        """See `KeptAnswers.keep`."""
        await self._driver.execute(_KEEP, self._institution, told.request.subject, told.request.key, told.answer)
