"""One institution behind the ports, as the contracts use it: each call is a transaction of its own."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from application.people.holds import hold_kind
from application.registration.ports import Journal
from application.scheduling.offerings import offering_kind
from application.scheduling.ports import ImportWork, RecordStaging
from application.shared import records
from application.shared.dto import Dto
from application.shared.paging import Page, PageQuery
from application.shared.records import Entity, RecordKind
from application.shared.written import WrittenPage
from domain.registration.commands import Command
from domain.registration.decide import decide
from domain.registration.facts import Facts
from domain.registration.outcomes import Decided, Decision, RequestDecided
from domain.shared.identifiers import InstitutionId, TermId
from domain.shared.reference import Reference
from infrastructure.bootstrap.persistence import Persistence
from tests.support.builders import TERM, FixedClock, SequentialIds
from tests.support.domain_builders import identifier

E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Dto)
V = TypeVar("V", bound=Dto)

HOLDS = hold_kind(FixedClock())
OFFERINGS = offering_kind(SequentialIds())
TERM_ID = TermId(identifier("term", TERM))


@dataclass(frozen=True, slots=True)
class Stored:
    """What an adapter keeps for an institution."""

    persistence: Persistence
    institution: InstitutionId

    async def add(self, *entities: Entity) -> None:
        """Store entities, in this order."""
        async with self.persistence.work(self.institution) as work:
            for entity, run in groupby(entities, type):
                repository: records.Records[Any] = work.records(entity)
                await repository.add(list(run))

    def importing(self) -> AbstractAsyncContextManager[ImportWork]:
        """A transaction as an import sees it."""
        opened: AbstractAsyncContextManager[Any] = self.persistence.work(self.institution)
        return opened

    async def stage(self, *runs: Sequence[Entity]) -> None:
        """Stage entities a run at a time and merge them a kind at a time, in one transaction."""
        async with self.importing() as work:
            for entity, of_kind in groupby(runs, lambda run: type(run[0])):
                staging: RecordStaging[Any] = await work.stage_records(entity)
                for run in of_kind:
                    await staging.stage(run)
                await staging.merge()

    async def save(self, entity: Entity, expected_version: int | None = None) -> None:
        """Store a changed entity."""
        async with self.persistence.work(self.institution) as work:
            await work.records(type(entity)).save(entity, expected_version)

    async def remove(self, entity: Entity, expected_version: int | None = None) -> None:
        """Delete an entity."""
        async with self.persistence.work(self.institution) as work:
            await work.records(type(entity)).remove(entity.id, expected_version)

    async def get(self, entity: type[E], identifier: UUID) -> records.Stored[E] | None:
        """What is stored under that id."""
        async with self.persistence.work(self.institution) as work:
            return await work.records(entity).get(identifier)

    async def identify(self, entity: type[Entity], reference: str) -> UUID | None:
        """The id of what the reference names."""
        async with self.persistence.reading(self.institution) as views:
            return await views.identify(entity, Reference.parse(reference))

    async def view(self, kind: RecordKind[E, F, V], identifier: UUID) -> V:
        """The view of a record that is there, which is written as pydantic writes it."""
        async with self.persistence.reading(self.institution) as views:
            view = await views.views(kind).one(identifier)
        assert view is not None
        written = await self.persistence.written.one(self.institution, kind, Reference.of(identifier))
        assert written == view.model_dump_json()
        return view

    async def page(self, kind: RecordKind[E, F, V], query: PageQuery) -> Page[V]:
        """A page of a collection, of which the written one shows the same."""
        async with self.persistence.reading(self.institution) as views:
            page = await views.views(kind).page(query)
        written = await self.persistence.written.page(self.institution, kind, query)
        assert written == WrittenPage(",".join(view.model_dump_json() for view in page.items), page.next_cursor)
        return page

    async def walk(self, kind: RecordKind[E, F, V], sort: str | None = None, limit: int = 37) -> list[V]:
        """A whole collection, page after page."""
        found: list[V] = []
        page = await self.page(kind, PageQuery(limit=limit, sort=sort))
        while page.next_cursor is not None:
            assert len(page.items) == limit
            found.extend(page.items)
            page = await self.page(kind, PageQuery(limit=limit, sort=sort, cursor=page.next_cursor))
        return [*found, *page.items]

    async def facts(self, *commands: Command, term: TermId = TERM_ID) -> Facts:
        """What the registration book loads for the commands."""
        async with self.persistence.work(self.institution) as work:
            return (await work.book.load(term, commands)).facts

    async def decide(self, *commands: Command) -> Sequence[Decided]:
        """Decide commands of the term and store what follows, in one transaction."""
        async with self.persistence.work(self.institution) as work:
            answers, effects = decide((await work.book.load(TERM_ID, commands)).facts, commands)
            await work.book.store(TERM_ID, effects, Journal)
            return answers

    async def register(self, *commands: Command) -> list[Decision]:
        """Decide registration requests and store what follows; answers every action's decision."""
        answers = await self.decide(*commands)
        return [decision for answer in answers if isinstance(answer, RequestDecided) for decision in answer.decisions]
