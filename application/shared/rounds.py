"""Questions in rounds: what is asked while a round is on its way, the next round answers, each question once.

No answer is older than its question, and a crowd that looks at the same things costs little more than one onlooker.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
Q = TypeVar("Q", bound=Hashable)
S = TypeVar("S", bound=Hashable)


class Rounds(Generic[S, Q, A]):
    """Rounds of questions about the same subject; `ask` answers those of one round, all or none.

    A round ends for all of its questions alike, whoever among those who asked has gone meanwhile.
    """

    def __init__(self, ask: Callable[[S, Sequence[Q]], Awaitable[Mapping[Q, A]]]) -> None:
        self._ask = ask
        self._waiting: dict[S, dict[Q, asyncio.Future[A | None]]] = {}
        self._under_way: dict[S, asyncio.Task[None]] = {}

    async def answer(self, subject: S, question: Q) -> A | None:
        """The answer, None when there is none. Raises what the round raised."""
        waiting = self._waiting.setdefault(subject, {})
        future = waiting.get(question)
        if future is None:
            future = waiting[question] = asyncio.get_running_loop().create_future()
        if subject not in self._under_way:
            self._under_way[subject] = asyncio.create_task(self._rounds(subject))
        return await asyncio.shield(future)

    async def _rounds(self, subject: S) -> None:
        """One round after the other, until nobody waits."""
        try:
            while asked := self._waiting.pop(subject, None):
                await self._round(subject, asked)
        finally:
            del self._under_way[subject]

    async def _round(self, subject: S, asked: dict[Q, "asyncio.Future[A | None]"]) -> None:
        try:
            found = await self._ask(subject, list(asked))
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            for future in asked.values():
                future.set_exception(error)
                future.exception()  # seen, should everybody have gone
        except asyncio.CancelledError:
            for future in asked.values():
                future.cancel()
            raise
        else:
            for question, future in asked.items():
                future.set_result(found.get(question))
