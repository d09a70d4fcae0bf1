"""What a repository needs to know of an entity: its row, and how the two become each other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import InstrumentedAttribute

from application.shared.records import Entity
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.rows.base import Row

E = TypeVar("E", bound=Entity)
R = TypeVar("R", bound=Row)

Values = dict[str, Any]
"""The values of a row by column, and under the names of its relationships lists of the values of its parts."""


@dataclass(frozen=True, slots=True)
class Mapper(Generic[E, R]):
    """Maps `entity` to the values of `row`, which an import copies and the ORM makes objects of, and back.

    `code` is the column of the natural code, `scope` the column of the term's id for records of a term. `added` are
    statements that store what comes into being with rows that were just added, known to them as `new`, and is no part
    of them, such as the seats of sections.
    """

    kind: str
    entity: type[E]
    row: type[R]
    to_values: Callable[[InstitutionId, E], Values]
    to_entity: Callable[[R], E]
    code: InstrumentedAttribute[str] | None = None
    scope: InstrumentedAttribute[Any] | None = None
    added: tuple[str, ...] = ()

    def to_row(self, institution: InstitutionId, entity: E) -> R:
        """The row of an entity and those of its parts, as objects of the ORM."""
        return _object(self.row, self.to_values(institution, entity))

    @property
    def tables(self) -> frozenset[str]:
        """The tables of the rows and of their parts."""
        return _tables_of(self.row)

    def following(self, new: str) -> Iterator[str]:
        """The statements of `added` for the rows that the query `new` finds."""
        return (f"WITH new AS ({new}) {statement}" for statement in self.added)


def _object(row: type[R], values: Values) -> R:
    parts = {
        attribute: [_object(part, owned) for owned in values[attribute]] for attribute, part in parts_of(row).items()
    }
    return row(**values | parts)


@cache
def _tables_of(row: type[Row]) -> frozenset[str]:
    """The table of a row class, and those of the parts that it owns, and of their parts."""
    return frozenset({row.__tablename__}).union(*map(_tables_of, parts_of(row).values()))


@cache
def parts_of(row: type[Row]) -> Mapping[str, type[Row]]:
    """The row classes whose rows belong to rows of a class, by the attributes that hold them."""
    return {relation.key: relation.mapper.class_ for relation in row.__mapper__.relationships}
