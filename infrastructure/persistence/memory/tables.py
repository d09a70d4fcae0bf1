"""The tables of one institution as dicts: a transaction works on a branch of them, and a commit is a swap."""

from collections.abc import ItemsView, Iterator, MutableMapping, ValuesView
from typing import Any, TypeVar
from uuid import UUID

from application.shared.records import Entity, Stored
from domain.registration.enrollment import Enrollment
from domain.registration.seating import Seating
from domain.shared.identifiers import EnrollmentId, SectionId, StudentId, TermId
from infrastructure.persistence.memory.kinds import KINDS

E = TypeVar("E", bound=Entity)
K = TypeVar("K")
V = TypeVar("V")


class Table(MutableMapping[K, V]):
    """A dict whose branches share its rows until they write. A table that was branched is not written any more."""

    def __init__(self, rows: dict[K, V] | None = None) -> None:
        self._shared = rows is not None
        self._rows: dict[K, V] = {} if rows is None else rows

    def branch(self) -> "Table[K, V]":
        """The same rows, to be changed on their own."""
        return Table(self._rows)

    def __getitem__(self, key: K) -> V:
        return self._rows[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __setitem__(self, key: K, value: V) -> None:
        self._own()[key] = value

    def __delitem__(self, key: K) -> None:
        del self._own()[key]

    def values(self) -> ValuesView[V]:
        """The rows, as fast as the dict gives them."""
        return self._rows.values()

    def items(self) -> ItemsView[K, V]:
        """The keys and rows, as fast as the dict gives them."""
        return self._rows.items()

    def _own(self) -> dict[K, V]:
        if self._shared:
            self._rows = dict(self._rows)
            self._shared = False
        return self._rows


class Tables:
    """All tables of one institution. Values are never changed in place, only replaced.

    `codes` finds records by entity type, term (None for records outside terms) and natural code. `seats` are the
    numbers of a section's seats, `sitting` the standing enrollments in a section with their seats, `standing` a
    student's standing enrollments in all terms.
    """

    def __init__(self) -> None:
        self._records: dict[type[Entity], Table[UUID, Any]] = {entity: Table() for entity in KINDS}
        self.codes: Table[tuple[type[Entity], UUID | None, str], UUID] = Table()
        self.next_numbers: Table[TermId, int] = Table()
        self.seats: Table[SectionId, frozenset[int]] = Table()
        self.seating: Table[SectionId, Seating] = Table()
        self.enrollments: Table[EnrollmentId, Enrollment] = Table()
        self.sitting: Table[SectionId, dict[EnrollmentId, int | None]] = Table()
        self.standing: Table[StudentId, tuple[EnrollmentId, ...]] = Table()

    def branch(self) -> "Tables":
        """The same rows, to be changed on their own."""
        branch = Tables()
        branch._records = {entity: table.branch() for entity, table in self._records.items()}
        branch.codes = self.codes.branch()
        branch.next_numbers = self.next_numbers.branch()
        branch.seats = self.seats.branch()
        branch.seating = self.seating.branch()
        branch.enrollments = self.enrollments.branch()
        branch.sitting = self.sitting.branch()
        branch.standing = self.standing.branch()
        return branch

    def records(self, entity: type[E]) -> Table[UUID, Stored[E]]:
        """The table of an entity type."""
        return self._records[entity]

    def entity(self, entity: type[E], identifier: UUID) -> E:
        """The stored entity with that id, which other rows have promised to exist."""
        return self.records(entity)[identifier].entity

    def sits_in(self, section: SectionId) -> dict[EnrollmentId, int | None]:
        """The standing enrollments in a section, with their seats."""
        return self.sitting.get(section, {})
