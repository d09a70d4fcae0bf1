"""Reading pages that PostgreSQL writes: whole when they are new, else only what may have changed of them.

First the mark is asked for, once for all who ask for pages of the term meanwhile. Where it is that of the kept page,
the page stands. Where decisions followed, its seats are read anew; where anything else changed, all of it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from application.shared.rounds import Rounds
from application.shared.written import WrittenPage
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.kept_pages import Asked, KeptPage, KeptPages, Mark
from infrastructure.persistence.postgres.readers.written import Question, mark, page, seats

ROOM = 32 * 1024 * 1024
"""How many bytes of pages a process keeps; one of a hundred sections takes about 150 kilobytes."""

_EMPTY = WrittenPage("")


class WrittenPages:
    """Pages, with those that were read last kept; `ask` puts one question to PostgreSQL."""

    def __init__(self, ask: Callable[[Question], Awaitable[Any]], room: int = ROOM) -> None:
        self._ask = ask
        self._kept = KeptPages(room)
        self._marks: Rounds[tuple[InstitutionId, UUID | None], None, Mark] = Rounds(self._mark)
        self._reading: Rounds[Asked, None, WrittenPage] = Rounds(self._read)

    async def page(self, asked: Asked) -> WrittenPage:
        """The page as it is now. Raises `InvalidRequest`."""
        if self._kept.get(asked) is not None:
            now = await self._marks.answer((asked.institution, asked.term), None)
            kept = self._kept.get(asked)
            if kept is not None and kept.mark == now:
                return kept.page
            if kept is not None and not kept.has_facts_of(now):
                self._kept.forget(asked)
        return await self._reading.answer(asked, None) or _EMPTY

    async def _mark(self, scope: tuple[InstitutionId, UUID | None], _: Sequence[None]) -> Mapping[None, Mark]:
        found = Mark.read(await self._ask(mark(*scope)))
        return {} if found is None else {None: found}

    async def _read(self, asked: Asked, _: Sequence[None]) -> Mapping[None, WrittenPage]:
        kept = self._kept.get(asked)
        read = None if kept is None else await self._moved(asked, kept)
        if read is None:
            read = await self._anew(asked)
        if read is None:
            return {}
        if read.mark is None:
            self._kept.forget(asked)
        else:
            self._kept.keep(asked, read)
        return {None: read.page}

    async def _moved(self, asked: Asked, kept: KeptPage) -> KeptPage | None:
        """What is kept with the seats of now, None when more than seats may have changed."""
        question = seats(asked.selection, asked.institution, asked.term, list(kept.items))
        return kept.with_seats(await self._ask(question))

    async def _anew(self, asked: Asked) -> KeptPage | None:
        question = page(asked.selection, asked.institution, asked.term, asked.listing, asked.query)
        return None if question is None else KeptPage.read(asked, await self._ask(question))
