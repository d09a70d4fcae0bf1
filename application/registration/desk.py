"""The registration desk: every command that takes or frees a seat passes here, and nowhere else.

It owns the transaction, and decides the commands of a term in the order in which they arrive. Today it takes one
command a transaction; within a process commands queue up in memory, so that a busy term holds one database
connection, not all of them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.registration.journal import journal_of
from application.registration.ports import KeptAnswer, RegistrationBook, RegistrationUnitOfWork, StaleSeating
from application.registration.submission import Settled, Submission
from application.shared.clock import IdGenerator
from application.shared.errors import KeyReused, Unavailable
from domain.registration.decide import decide
from domain.shared.identifiers import InstitutionId, TermId

ATTEMPTS = 3


class RegistrationDesk:
    """Decides commands; one desk for a process."""

    def __init__(self, unit_of_work: RegistrationUnitOfWork, ids: IdGenerator, queue_limit: int = 10_000) -> None:
        self._unit_of_work = unit_of_work
        self._ids = ids
        self._queue_limit = queue_limit
        self._queues: dict[tuple[InstitutionId, TermId], asyncio.Lock] = {}
        self._waiting = 0

    async def decide(self, term: TermId, submission: Submission) -> Settled | KeptAnswer:
        """Decide a command and store what follows; the answer is durable when this returns.

        Returns the decision and the facts it was reached on, or, for an idempotency key that was answered before, that
        answer. Raises `NotFound` for an unknown term, `KeyReused` for a key that came with another request,
        `Unavailable` when too many commands wait, `UnknownReference` and `AlreadyExists` for what has changed behind
        the desk, and what storing a revised section raises.
        """
        institution = submission.caller.institution
        if self._waiting >= self._queue_limit:
            detail = "Too many registration requests are waiting."
            raise Unavailable(detail)
        async with self._turn(institution, term):
            return await self._decide(term, submission)

    @asynccontextmanager
    async def _turn(self, institution: InstitutionId, term: TermId) -> AsyncIterator[None]:
        queue = self._queues.setdefault((institution, term), asyncio.Lock())
        self._waiting += 1
        try:
            async with queue:
                yield
        finally:
            self._waiting -= 1

    async def _decide(self, term: TermId, submission: Submission) -> Settled | KeptAnswer:
        institution, command = submission.caller.institution, submission.command
        for _ in range(ATTEMPTS):
            try:
                async with self._unit_of_work(institution) as work:
                    facts = await work.book.load(term, [command])
                    kept = await self._kept(work.book, term, submission)
                    if kept is not None:
                        return kept
                    (answer,), effects = decide(facts, [command])
                    journal = journal_of(submission, facts, effects, answer, self._ids)
                    await work.book.apply(term, effects, journal)
            except StaleSeating:
                async with self._unit_of_work(institution) as work:
                    await work.book.recount(term)
            else:
                return Settled(answer, facts)
        detail = "The seats of a section keep changing behind the desk."
        raise Unavailable(detail)

    @staticmethod
    async def _kept(book: RegistrationBook, term: TermId, submission: Submission) -> KeptAnswer | None:
        """The answer that the submission's key was given before, if it was. Raises `KeyReused`."""
        if submission.idempotency is None:
            return None
        key = submission.idempotency.key
        kept = (await book.answers(term, [key])).get(key)
        if kept is not None and kept.digest != submission.idempotency.digest:
            raise KeyReused(key.key)
        return kept
