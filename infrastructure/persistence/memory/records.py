"""The repository of any entity type over the memory tables."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Generic, TypeVar
from uuid import UUID

from application.shared.errors import AlreadyExists, StaleWrite, UnknownReference
from application.shared.records import Entity, Stored
from domain.catalog.course import Course
from domain.catalog.program import Program
from domain.people.student import Student
from domain.registration.attempt import CourseAttempt
from domain.registration.seating import Seating
from domain.scheduling.section import Section
from domain.scheduling.term import CreditLimits, Term
from domain.shared.identifiers import InstitutionId, SectionId, TermId
from domain.shared.reference import Reference
from infrastructure.persistence.memory.constraints import (
    require_dependents_fit,
    require_references,
    require_unreferenced,
)
from infrastructure.persistence.memory.kinds import kind_of
from infrastructure.persistence.memory.tables import Tables

E = TypeVar("E", bound=Entity)

_CENTS = Decimal("0.01")


class MemoryRecords(Generic[E]):
    """The `Records` port over one table; `founded` tells whether the institution exists."""

    def __init__(self, tables: Tables, entity: type[E], institution: InstitutionId, *, founded: bool) -> None:
        self._tables = tables
        self._kind = kind_of(entity)
        self._table = tables.records(entity)
        self._institution = institution
        self._founded = founded

    async def identify(self, reference: Reference) -> UUID | None:
        """See `Records.identify`."""
        return identify(self._tables, self._kind.entity, reference)

    async def identify_all(self, codes: Sequence[str]) -> Mapping[str, UUID]:
        """See `Records.identify_all`."""
        wanted = set(codes)
        return {
            code: identifier
            for (entity, _, code), identifier in self._tables.codes.items()
            if entity is self._kind.entity and code in wanted
        }

    async def get(self, identifier: UUID) -> Stored[E] | None:
        """See `Records.get`."""
        return self._table.get(identifier)

    async def add(self, entities: Sequence[E]) -> None:
        """See `Records.add`."""
        if entities and not self._founded:
            field = "institution"
            raise UnknownReference(field, str(self._institution))
        for entity in entities:
            if entity.id in self._table:
                raise AlreadyExists(self._kind.name, "id")
            self._put(entity, 1)
            _open(self._tables, entity)
        for entity in entities:
            require_references(self._tables, entity)

    async def save(self, entity: E, expected_version: int | None) -> None:
        """See `Records.save`."""
        stored = self._stored(entity.id, expected_version)
        self._forget_code(stored.entity)
        self._put(entity, stored.version + 1)
        require_references(self._tables, entity)
        require_dependents_fit(self._tables, entity)

    async def remove(self, identifier: UUID, expected_version: int | None) -> None:
        """See `Records.remove`."""
        stored = self._stored(identifier, expected_version)
        require_unreferenced(self._tables, self._kind.entity, identifier)
        self._forget_code(stored.entity)
        del self._table[identifier]
        self._tables.next_numbers.pop(TermId(identifier), None)
        for kept in [key for key in self._tables.answers if key[0] == identifier]:
            del self._tables.answers[kept]
        self._tables.seats.pop(SectionId(identifier), None)
        self._tables.seating.pop(SectionId(identifier), None)

    def _stored(self, identifier: UUID, expected_version: int | None) -> Stored[E]:
        stored = self._table.get(identifier)
        if stored is None or expected_version not in (None, stored.version):
            raise StaleWrite(self._kind.name)
        return stored

    def _put(self, entity: E, version: int) -> None:
        key = self._code_key(entity)
        if key is not None:
            if key in self._tables.codes:
                raise AlreadyExists(self._kind.name, self._kind.unique_key)
            self._tables.codes[key] = entity.id
        self._table[entity.id] = Stored(_with_cents(entity), version)

    def _forget_code(self, entity: E) -> None:
        key = self._code_key(entity)
        if key is not None:
            del self._tables.codes[key]

    def _code_key(self, entity: E) -> tuple[type[Entity], UUID | None, str] | None:
        if self._kind.code is None:
            return None
        term = None if self._kind.term is None else self._kind.term(entity)
        return self._kind.entity, term, self._kind.code(entity)


def identify(tables: Tables, entity: type[Entity], reference: Reference) -> UUID | None:
    """The id of the record of that entity type which `reference` names, or None."""
    if reference.id is not None:
        return reference.id if reference.id in tables.records(entity) else None
    if reference.code is None or (kind_of(entity).term is None) != (reference.scope is None):
        return None
    term = None
    if reference.scope is not None:
        term = tables.codes.get((Term, None, reference.scope))
        if term is None:
            return None
    return tables.codes.get((entity, term, reference.code))


def _open(tables: Tables, entity: Entity) -> None:
    """Make what comes into being with a new entity: the numbering of a term, the seats of a section."""
    if isinstance(entity, Term):
        tables.next_numbers[entity.id] = 1
    elif isinstance(entity, Section) and entity.capacity is not None:
        tables.seats[entity.id] = dict.fromkeys(range(1, entity.capacity + 1))
        tables.seating[entity.id] = Seating.new(entity.capacity)


def _with_cents(entity: E) -> E:
    """The entity with its credits and scores in hundredths, as columns of two decimals keep them."""
    match entity:
        case Course() | CourseAttempt():
            return replace(entity, credits=entity.credits.quantize(_CENTS))
        case Program(required_credits=Decimal() as credits_):
            return replace(entity, required_credits=credits_.quantize(_CENTS))
        case Term():
            return replace(
                entity,
                credit_maximum=_cents(entity.credit_maximum),
                credit_minimum=_cents(entity.credit_minimum),
                credit_limits={
                    level: CreditLimits(_cents(limits.maximum), _cents(limits.minimum))
                    for level, limits in entity.credit_limits.items()
                },
            )
        case Student():
            return replace(
                entity,
                credit_maximum=_cents(entity.credit_maximum),
                credit_minimum=_cents(entity.credit_minimum),
                test_scores=tuple(replace(score, score=score.score.quantize(_CENTS)) for score in entity.test_scores),
            )
        case _:
            return entity


def _cents(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.quantize(_CENTS)
