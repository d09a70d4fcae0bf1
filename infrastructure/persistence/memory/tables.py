"""The tables of one institution as dicts: a transaction works on a branch of them, and a commit is a swap."""

from collections.abc import ItemsView, Iterator, Mapping, MutableMapping, ValuesView
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from application.registration.ports import AnswerKey, AuditRecord, KeptAnswer, OutboxMessage
from application.shared.idempotency import Told
from application.shared.imports import ImportRun
from application.shared.records import Entity, Stored
from domain.registration.enrollment import Enrollment
from domain.registration.seating import Seating
from domain.registration.waitlist import WaitlistEntry
from domain.shared.identifiers import (
    ComponentId,
    EnrollmentId,
    PermissionId,
    SectionId,
    StudentId,
    TermId,
    WaitlistEntryId,
)
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


@dataclass(frozen=True, slots=True)
class Stay:
    """An enrollment's time in a section, from `since_at` to `until_at` (None: it lasts); one that ended has no seat."""

    section_id: SectionId
    component_id: ComponentId
    since_at: datetime
    until_at: datetime | None = None
    seat_no: int | None = None
    pool: str | None = None

    def lasts_at(self, moment: datetime | None) -> bool:
        """Whether it lasted at `moment`, or, for None, whether it lasts."""
        if moment is None:
            return self.until_at is None
        return self.since_at <= moment and (self.until_at is None or moment < self.until_at)


class Tables:
    """All tables of one institution. Values are never changed in place, only replaced.

    `codes` finds records by entity type, term (None for records outside terms) and natural code. `seats` are the
    numbers of a section's seats, each with the permission that added it or None; `sitting` the standing enrollments in
    a section with their seats, `standing` a student's standing enrollments in all terms, `stays` everything that an
    enrollment went through. `audit`, `documents`, `outbox` and `answers` are the journal. `told` are
    other answers by subject and key, and until when they are kept.
    """

    def __init__(self) -> None:
        self._records: dict[type[Entity], Table[UUID, Any]] = {entity: Table() for entity in KINDS}
        self.codes: Table[tuple[type[Entity], UUID | None, str], UUID] = Table()
        self.next_numbers: Table[TermId, int] = Table()
        self.seats: Table[SectionId, Mapping[int, PermissionId | None]] = Table()
        self.seating: Table[SectionId, Seating] = Table()
        self.enrollments: Table[EnrollmentId, Enrollment] = Table()
        self.stays: Table[EnrollmentId, tuple[Stay, ...]] = Table()
        self.sitting: Table[SectionId, dict[EnrollmentId, int | None]] = Table()
        self.standing: Table[StudentId, tuple[EnrollmentId, ...]] = Table()
        self.entries: Table[WaitlistEntryId, WaitlistEntry] = Table()
        self.audit: Table[UUID, AuditRecord] = Table()
        self.documents: Table[str, str] = Table()
        self.outbox: Table[UUID, OutboxMessage] = Table()
        self.answers: Table[tuple[TermId, AnswerKey], KeptAnswer] = Table()
        self.told: Table[tuple[str, str], tuple[Told, datetime]] = Table()
        self.imports: Table[UUID, ImportRun] = Table()

    def branch(self) -> "Tables":
        """The same rows, to be changed on their own."""
        branch = Tables()
        for name, table in vars(self).items():
            if isinstance(table, Table):
                setattr(branch, name, table.branch())
        branch._records = {entity: table.branch() for entity, table in self._records.items()}
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
