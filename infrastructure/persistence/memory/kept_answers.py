"""The answers that an institution keeps for requests with a key, in memory."""

from datetime import UTC, datetime

from application.shared.errors import KeyReused
from application.shared.idempotency import KEPT_FOR, KeyedRequest, Told
from infrastructure.persistence.memory.tables import Tables


class MemoryKeptAnswers:
    """The `KeptAnswers` port on a branch of the tables: whoever writes is alone, so a claim needs no mark."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def claim(self, request: KeyedRequest) -> str | None:
        """See `KeptAnswers.claim`."""
        return kept_answer(self._tables, request)

    async def find(self, request: KeyedRequest) -> str | None:
        """See `KeptAnswers.find`."""
        return kept_answer(self._tables, request)

    async def keep(self, told: Told) -> None:
        """See `KeptAnswers.keep`."""
        keep_answer(self._tables, told)


def kept_answer(tables: Tables, request: KeyedRequest) -> str | None:
    """The answer that this request got in the last day. Raises `KeyReused`."""
    told, kept_until = tables.told.get((request.subject, request.key), (None, None))
    if told is None or kept_until is None or kept_until <= datetime.now(UTC):
        return None
    if told.request.digest != request.digest:
        raise KeyReused(request.key)
    return told.answer


def keep_answer(tables: Tables, told: Told) -> None:
    """Keep an answer for a day, and drop those that were kept for longer: they stand first."""
    now = datetime.now(UTC)
    tables.told.pop((told.request.subject, told.request.key), None)
    for key, (_, kept_until) in list(tables.told.items()):
        if kept_until > now:
            break
        del tables.told[key]
    tables.told[told.request.subject, told.request.key] = told, now + KEPT_FOR
