"""The registration desk: every command that takes or frees a seat passes here, and nowhere else.

It owns the transactions. The commands of an institution's term that arrive while a batch is being decided make the next
batch: one lock, one load, one write and one commit for all of them (group commit), and an answer for each.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from application.registration.batch import BatchDecider, Hook
from application.registration.measures import DeskMeasures
from application.registration.ports import KeptAnswer, RegistrationUnitOfWork
from application.registration.submission import Settled, Submission
from application.shared.clock import IdGenerator
from application.shared.errors import NotFound, Unavailable
from domain.registration.commands import RegistrationRequest
from domain.shared.identifiers import InstitutionId, TermId

_Answer: TypeAlias = Settled | KeptAnswer
_Key: TypeAlias = tuple[InstitutionId, TermId]


_WRITING = 67
"""How many of a hundred answers wait until the next batch is written: writing takes about twice as long as loading."""

_LONGEST_WAIT = 0.05
"""Seconds that an answer waits at most: somebody else may hold the term, and the next batch with it, for long."""


BATCH_SECONDS = 30.0
"""How long a batch may take: a database that has fallen silent keeps nobody for longer, nor the commands behind it."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """A submission in the queue, and where its answer goes."""

    submission: Submission
    answer: "asyncio.Future[_Answer]"

    def tell(self, outcome: _Answer | Exception) -> None:
        """Answer the caller, if there still is one."""
        if self.answer.done():
            return
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


@dataclass(slots=True)
class _Queue:
    """The commands of one term in the order of their arrival, and who serves them while there are any."""

    waiting: deque[_Waiting] = field(default_factory=deque)
    server: "asyncio.Task[None] | None" = None


class RegistrationDesk:
    """Decides commands; one desk for a process.

    `queue_limit` bounds the commands that wait, `batch_limit` those that share a transaction, `open_batches` the
    transactions that are open at a time: terms take turns. A batch that takes longer than `batch_seconds` is given up.
    `measures`, if there are any, hear of every batch.
    """

    def __init__(
        self,
        unit_of_work: RegistrationUnitOfWork,
        ids: IdGenerator,
        queue_limit: int = 10_000,
        batch_limit: int = 32,
        open_batches: int = 4,
        batch_seconds: float = BATCH_SECONDS,
        measures: DeskMeasures | None = None,
    ) -> None:
        self._decider = BatchDecider(unit_of_work, ids)
        self._queue_limit = queue_limit
        self._batch_limit = batch_limit
        self._turns = asyncio.Semaphore(open_batches)
        self._batch_seconds = batch_seconds
        self._queues: dict[_Key, _Queue] = {}
        self._held = 0
        self._measures = measures
        self._is_closed = False

    @property
    def waiting(self) -> int:
        """How many commands wait for their batch, those of callers who have gone included."""
        return sum(len(queue.waiting) for queue in self._queues.values())

    async def decide(self, term: TermId, submission: Submission) -> Settled | KeptAnswer:
        """Decide a command and store what follows; the answer is durable when this returns.

        Returns the decision with what the caller is told, or, for an idempotency key that was answered before, that
        answer. Whoever is cancelled before the turn comes is not served; later, the command is decided all the same.
        Raises `NotFound` for an unknown term, `UnknownReference` for an unknown student and for what has vanished
        behind the desk, `AlreadyExists` likewise, `KeyReused` for a key that came with another request, `Unavailable`
        when too many commands wait, the desk is closed or the batch took too long, and what storing a revised section
        raises.
        """
        if self._is_closed:
            detail = "The registration desk is closed: the server is stopping."
            raise Unavailable(detail)
        if self._held >= self._queue_limit:
            detail = "Too many registration requests are waiting."
            raise Unavailable(detail)
        key = (submission.caller.institution, term)
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = _Queue()
            queue.server = asyncio.create_task(self._serve(key, queue))
        waiting = _Waiting(submission, asyncio.get_running_loop().create_future())
        queue.waiting.append(waiting)
        self._held += 1
        try:
            return await waiting.answer
        finally:
            self._held -= 1

    async def close(self) -> None:
        """Take no more commands, and return when all are decided, also those whose callers have gone."""
        self._is_closed = True
        while servers := [queue.server for queue in self._queues.values() if queue.server is not None]:
            await asyncio.wait(servers)

    async def _serve(self, key: _Key, queue: _Queue) -> None:
        """Decide batch after batch until nobody waits.

        The answers of a batch go out while the database works for the next one, a part while it loads, the rest while
        it writes: who gets one asks for the next thing, and Python is never at rest.
        """
        answers: deque[tuple[_Waiting, _Answer | Exception]] = deque()

        def answer(kept: int = 0) -> None:
            while len(answers) > kept:
                waiting, outcome = answers.popleft()
                waiting.tell(outcome)

        batch: list[_Waiting] = []
        loop = asyncio.get_running_loop()
        try:
            while batch := self._next_batch(queue):
                answer(len(answers) * _WRITING // 100)
                overdue = loop.call_later(_LONGEST_WAIT, answer)
                try:
                    async with self._turns:
                        began = loop.time()
                        outcomes = await self._decide_in_time(key, batch, answer)
                        seconds = loop.time() - began
                finally:
                    overdue.cancel()
                answer()
                if self._measures is not None:
                    self._measures.decided(outcomes, seconds)
                answers.extend(zip(batch, outcomes, strict=True))
                if not queue.waiting:
                    answer()
                    await asyncio.sleep(0)
        finally:
            answer()
            del self._queues[key]
            # Whoever is left when the event loop stops is not served any more.
            for waiting in (*batch, *queue.waiting):
                waiting.answer.cancel()

    def _next_batch(self, queue: _Queue) -> list[_Waiting]:
        """The first who wait, up to the limit: registration requests together, every other command alone.

        A key that is in the batch already comes with the next one: it finds its answer then.
        """
        batch: list[_Waiting] = []
        keys = set()
        while queue.waiting and len(batch) < self._batch_limit:
            first = queue.waiting[0]
            if first.answer.done():
                queue.waiting.popleft()
                continue
            is_request = isinstance(first.submission.command, RegistrationRequest)
            key = first.submission.idempotency and first.submission.idempotency.key
            if batch and (not is_request or key in keys):
                break
            batch.append(queue.waiting.popleft())
            if not is_request:
                break
            if key is not None:
                keys.add(key)
        return batch

    async def _decide_in_time(
        self, key: _Key, batch: Sequence[_Waiting], writing: Hook
    ) -> Sequence[_Answer | Exception]:
        """The outcome for each of the batch, which is unknown when it takes too long: the keys find out."""
        try:
            async with asyncio.timeout(self._batch_seconds):
                return await self._decide(key, batch, writing)
        except TimeoutError:
            detail = "The database did not answer in time."
            return [Unavailable(detail)] * len(batch)

    async def _decide(self, key: _Key, batch: Sequence[_Waiting], writing: Hook) -> Sequence[_Answer | Exception]:
        """The outcome for each of the batch; one that fails is bisected, so that nobody fails for another's sake."""
        try:
            return await self._decider.decide(key, [waiting.submission for waiting in batch], writing)
        except (NotFound, Unavailable) as error:
            return [error] * len(batch)
        except Exception as error:  # noqa: BLE001 - whatever a command does, its neighbours get their answers
            if len(batch) == 1:
                return [error]
        middle = len(batch) // 2
        first = await self._decide(key, batch[:middle], writing)
        return [*first, *await self._decide(key, batch[middle:], writing)]
