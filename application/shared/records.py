"""Keeping records: the ports through which entities are stored and viewed, and the use cases that keep them.

Creating, reading, listing, replacing and deleting is the same work for each kind of record, so it is written once; what
a kind of record is stands in its `RecordKind`. Changes with a meaning of their own are use cases of their own.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from application.shared.access import authorise, authorise_related, may_be_related
from application.shared.access_table import Right
from application.shared.caller import Caller
from application.shared.clock import IdGenerator
from application.shared.dto import Dto
from application.shared.errors import NotFound, UnknownReference
from application.shared.idempotency import Answer, KeptAnswers, KeyedRequest, answer_once
from application.shared.paging import Listing, Page, PageQuery
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference


class Entity(Protocol):
    """What every entity has."""

    @property
    def id(self) -> UUID:
        """The identifier."""
        ...


E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Dto)
V = TypeVar("V", bound=Dto)


@dataclass(frozen=True, slots=True)
class Stored(Generic[E]):
    """An entity as it is stored, with the version that a change must name."""

    entity: E
    version: int


class Records(Protocol[E]):
    """The repository of one kind of entity of one institution."""

    async def identify(self, reference: Reference) -> UUID | None:
        """The id of the record that `reference` names, or None."""
        ...

    async def identify_all(self, codes: Sequence[str]) -> Mapping[str, UUID]:
        """The ids of the records with these natural codes; codes of no record are absent."""
        ...

    async def get(self, identifier: UUID) -> Stored[E] | None:
        """The entity with that id, or None."""
        ...

    async def add(self, entities: Sequence[E]) -> None:
        """Store new entities. Raises `AlreadyExists`, `UnknownReference`."""
        ...

    async def save(self, entity: E, expected_version: int | None) -> None:
        """Store a changed entity, if its version still is `expected_version` (None: whatever it is).

        Raises `StaleWrite`, `AlreadyExists`, `UnknownReference`.
        """
        ...

    async def remove(self, identifier: UUID, expected_version: int | None) -> None:
        """Delete an entity. Raises `StaleWrite`, `StillReferenced`."""
        ...


class Reader(Protocol[V]):
    """The views of one kind of record of one institution, straight from storage."""

    async def one(self, identifier: UUID) -> V | None:
        """The view of the record with that id, or None."""
        ...

    async def page(self, query: PageQuery) -> Page[V]:
        """A page of the collection. Raises `InvalidRequest` for unknown filters, sorts and cursors."""
        ...


class Views(Protocol):
    """What can be read in one transaction."""

    def views(self, kind: "RecordKind[E, F, V]") -> Reader[V]:
        """The reader of a kind of record."""
        ...

    async def identify(self, entity: type[Entity], reference: Reference) -> UUID | None:
        """The id of the record of that entity type which `reference` names, or None."""
        ...


class Work(Views, Protocol):
    """What can be read and changed in one transaction, which ends well or changes nothing."""

    def records(self, entity: type[E]) -> Records[E]:
        """The repository of an entity type."""
        ...


class AnsweringWork(Work, Protocol):
    """A transaction that keeps the answers to requests that may come again."""

    @property
    def kept_answers(self) -> KeptAnswers:
        """The answers that the institution keeps."""
        ...


class ReadUnitOfWork(Protocol):
    """Opens a transaction that reads."""

    def __call__(self, institution: InstitutionId) -> AbstractAsyncContextManager[Views]:
        """A transaction that sees the records of `institution` and no other."""
        ...


class UnitOfWork(Protocol):
    """Opens a transaction that reads and writes: committed when its block ends, undone when an exception leaves it."""

    def __call__(self, institution: InstitutionId) -> AbstractAsyncContextManager[AnsweringWork]:
        """A transaction on the records of `institution` and no other."""
        ...


@dataclass(frozen=True, slots=True)
class RecordKind(Generic[E, F, V]):
    """A kind of record that is kept.

    `assemble` makes the entity from its id, the given fields and the entity stored before (None for a new one),
    resolving references through the work. `plural` is there where the name has not just an s at its end.
    `permit_change` raises `Conflict` for a change, from what was stored to what is to be, that must not be.
    `related` tells which rights a view gives to callers who are related to whom it is about; `in_part` makes of it what
    all others may see who read the kind in part.
    """

    name: str
    entity: type[E]
    fields: type[F]
    view: type[V]
    listing: Listing
    assemble: Callable[[UUID, F, "E | None", Work], Awaitable[E]]
    plural: str | None = None
    permit_change: Callable[[E, E, Work], Awaitable[None]] | None = None
    related: Callable[[Caller, V, Views], Awaitable[frozenset[Right]]] | None = None
    in_part: Callable[[V], V] | None = None

    async def rights_in(self, caller: Caller, view: V, views: Views) -> frozenset[Right]:
        """The rights that the caller has in a record by being related to whom it is about."""
        return frozenset() if self.related is None else await self.related(caller, view, views)

    async def read_related(self, caller: Caller, reference: Reference, views: Views) -> V:
        """The view for a caller who may see it in part, or when related.

        Raises `AccessDenied`, also when there is none, and `NotFound` for whoever would have seen it.
        """
        identifier = await views.identify(self.entity, reference)
        view = None if identifier is None else await views.views(self).one(identifier)
        rights = frozenset() if view is None else await self.rights_in(caller, view, views)
        authorise_related(caller, self.operation("get"), rights | {Right.IN_PART})
        if view is None:
            raise NotFound(self.name, str(reference))
        return await self.part_for(caller, view, views)

    async def part_for(self, caller: Caller, view: V, views: Views) -> V:
        """What of a view the caller sees who is not allowed all: the whole of it when related."""
        if self.in_part is None or await self.rights_in(caller, view, views):
            return view
        return self.in_part(view)

    async def page_in_part(self, caller: Caller, query: PageQuery, views: Views) -> Page[V]:
        """A page for a caller who may see the kind in part."""
        page = await views.views(self).page(query)
        return Page([await self.part_for(caller, view, views) for view in page.items], page.next_cursor)

    def operation(self, verb: str) -> str:
        """What the access table calls doing that to one of them."""
        return f"{verb}_{self.name.replace(' ', '_')}"

    @property
    def list_operation(self) -> str:
        """What the access table calls reading the whole collection."""
        return f"list_{(self.plural or f'{self.name}s').replace(' ', '_')}"


class RecordKeeping(Generic[E, F, V]):
    """The use cases that keep one kind of record."""

    def __init__(
        self, kind: RecordKind[E, F, V], unit_of_work: UnitOfWork, reading: ReadUnitOfWork, ids: IdGenerator
    ) -> None:
        self.kind = kind
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._ids = ids

    async def create(self, caller: Caller, fields: F) -> V:
        """Create a record. Raises `AlreadyExists`, `UnknownReference`, `InvalidValue`, `AccessDenied`."""
        authorise(caller, self.kind.operation("create"))
        async with self._unit_of_work(caller.institution) as work:
            return await self._created(work, fields)

    async def create_once(self, caller: Caller, fields: F, key: str) -> Answer[V]:
        """Create a record, or give the answer that the same request with this idempotency `key` got before.

        Raises what `create` raises, and `KeyReused`.
        """
        authorise(caller, self.kind.operation("create"))
        asked = fields.model_dump_json()
        request = KeyedRequest.of(caller.subject, key, f"create {self.kind.name}", asked)
        async with self._unit_of_work(caller.institution) as work:
            return await answer_once(work.kept_answers, request, self.kind.view, lambda: self._created(work, fields))

    async def get(self, caller: Caller, reference: Reference) -> V:
        """Read a record. Raises `NotFound`, `AccessDenied`."""
        is_related = may_be_related(caller, self.kind.operation("get"))
        async with self._reading(caller.institution) as work:
            if is_related:
                return await self.kind.read_related(caller, reference, work)
            return await self._view(work, await self._identify(work, reference))

    async def get_to_change(self, caller: Caller, reference: Reference) -> V:
        """Read a record of which a part shall be changed, as whoever may replace it. Raises what `get` raises."""
        authorise(caller, self.kind.operation("replace"))
        async with self._reading(caller.institution) as work:
            return await self._view(work, await self._identify(work, reference))

    async def list(self, caller: Caller, query: PageQuery) -> Page[V]:
        """Read a page of the collection. Raises `InvalidRequest`, `AccessDenied`."""
        is_in_part = may_be_related(caller, self.kind.list_operation)
        async with self._reading(caller.institution) as work:
            if is_in_part:
                return await self.kind.page_in_part(caller, query, work)
            return await work.views(self.kind).page(query)

    async def replace(self, caller: Caller, reference: Reference, fields: F, expected_version: int | None) -> V:
        """Give a record new fields; raises what `create` raises, and `NotFound`, `StaleWrite`."""
        authorise(caller, self.kind.operation("replace"))
        async with self._unit_of_work(caller.institution) as work:
            records = work.records(self.kind.entity)
            stored = await records.get(await self._identify(work, reference))
            if stored is None:
                raise NotFound(self.kind.name, str(reference))
            identifier = stored.entity.id
            entity = await self.kind.assemble(identifier, fields, stored.entity, work)
            await self._permit(stored.entity, entity, work)
            await records.save(entity, expected_version)
            # Once more: others may have been faster until it was written, and wait from then on.
            await self._permit(stored.entity, entity, work)
            return await self._view(work, identifier)

    async def delete(self, caller: Caller, reference: Reference, expected_version: int | None) -> None:
        """Delete a record. Raises `NotFound`, `StaleWrite`, `StillReferenced`, `AccessDenied`."""
        authorise(caller, self.kind.operation("delete"))
        async with self._unit_of_work(caller.institution) as work:
            identifier = await self._identify(work, reference)
            await work.records(self.kind.entity).remove(identifier, expected_version)

    async def _permit(self, before: E, after: E, work: Work) -> None:
        if self.kind.permit_change is not None:
            await self.kind.permit_change(before, after, work)

    async def _created(self, work: Work, fields: F) -> V:
        entity = await self.kind.assemble(self._ids.new(), fields, None, work)
        await work.records(self.kind.entity).add([entity])
        return await self._view(work, entity.id)

    async def _identify(self, work: Views, reference: Reference) -> UUID:
        identifier = await work.identify(self.kind.entity, reference)
        if identifier is None:
            raise NotFound(self.kind.name, str(reference))
        return identifier

    async def _view(self, work: Views, identifier: UUID) -> V:
        view = await work.views(self.kind).one(identifier)
        if view is None:
            raise NotFound(self.kind.name, str(identifier))
        return view


async def resolve(work: Views, entity: type[Entity], field: str, text: str) -> UUID:
    """The id of the record that `text` names. Raises `UnknownReference` for the given field."""
    identifier = await work.identify(entity, Reference.parse(text))
    if identifier is None:
        raise UnknownReference(field, text)
    return identifier


async def resolve_optional(work: Views, entity: type[Entity], field: str, text: str | None) -> UUID | None:
    """Like `resolve`, but None stays None."""
    return None if text is None else await resolve(work, entity, field, text)
