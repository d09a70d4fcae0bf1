"""The registration desk: every command that takes or frees a seat passes here, and nowhere else.

It owns the transaction, and decides the commands of a term in the order in which they arrive. Today it takes one
command a transaction; within a process commands queue up in memory, so that a busy term holds one database
connection, not all of them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.registration.ports import RegistrationUnitOfWork, StaleSeating
from application.shared.errors import Unavailable
from domain.registration.commands import Command
from domain.registration.decide import decide
from domain.registration.facts import Facts
from domain.registration.outcomes import Decided
from domain.shared.identifiers import InstitutionId, TermId

ATTEMPTS = 3


class RegistrationDesk:
    """Decides commands; one desk for a process."""

    def __init__(self, unit_of_work: RegistrationUnitOfWork, queue_limit: int = 10_000) -> None:
        self._unit_of_work = unit_of_work
        self._queue_limit = queue_limit
        self._queues: dict[tuple[InstitutionId, TermId], asyncio.Lock] = {}
        self._waiting = 0

    async def decide(self, institution: InstitutionId, term: TermId, command: Command) -> tuple[Decided, Facts]:
        """Decide `command` and store what follows; the answer is durable when this returns.

        Returns the decision and the facts it was reached on. Raises `NotFound` for an unknown term, `Unavailable`
        when too many commands wait, and what storing a revised section raises.
        """
        if self._waiting >= self._queue_limit:
            detail = "Too many registration requests are waiting."
            raise Unavailable(detail)
        async with self._turn(institution, term):
            return await self._decide(institution, term, command)

    @asynccontextmanager
    async def _turn(self, institution: InstitutionId, term: TermId) -> AsyncIterator[None]:
        queue = self._queues.setdefault((institution, term), asyncio.Lock())
        self._waiting += 1
        try:
            async with queue:
                yield
        finally:
            self._waiting -= 1

    async def _decide(self, institution: InstitutionId, term: TermId, command: Command) -> tuple[Decided, Facts]:
        for _ in range(ATTEMPTS):
            try:
                async with self._unit_of_work(institution) as work:
                    facts = await work.book.load(term, [command])
                    (answer,), effects = decide(facts, [command])
                    await work.book.apply(term, effects)
            except StaleSeating:
                async with self._unit_of_work(institution) as work:
                    await work.book.recount(term)
            else:
                return answer, facts
        detail = "The seats of a section keep changing behind the desk."
        raise Unavailable(detail)
