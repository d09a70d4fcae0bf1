"""What a repository needs to know of an entity: its row, and how the two become each other."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from application.shared.records import Entity
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.rows.base import Row

E = TypeVar("E", bound=Entity)
R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Mapper(Generic[E, R]):
    """Maps `entity` to `row` and back.

    `code` is the column of the natural code, `scope` the column of the term's id for records of a term. `added`
    stores what comes into being with new entities and is no part of them, such as the seats of sections.
    """

    kind: str
    entity: type[E]
    row: type[R]
    to_row: Callable[[InstitutionId, E], R]
    to_entity: Callable[[R], E]
    code: InstrumentedAttribute[str] | None = None
    scope: InstrumentedAttribute[Any] | None = None
    added: Callable[[AsyncSession, InstitutionId, Sequence[E]], Awaitable[None]] | None = None
