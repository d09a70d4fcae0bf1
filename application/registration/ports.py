"""The ports of registration: set-based loading and storing for the desk, and readers of who sits where."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeAlias
from uuid import UUID

from application.registration.dto import EnrollmentRow, RosterView, ScheduleView
from application.scheduling.ports import ImportWork
from application.shared.records import Views, Work
from domain.registration.commands import Command
from domain.registration.enrollment import Enrollment
from domain.registration.facts import Facts
from domain.registration.outcomes import Effects
from domain.registration.verification import TermRoster
from domain.registration.waitlist import WaitlistEntry
from domain.shared.identifiers import GradingSchemeId, InstitutionId, OfferingId, SectionId, StudentId, TermId
from domain.shared.reference import Reference
from domain.shared.value import value


class StaleSeating(Exception):  # noqa: N818 - an outcome of `apply`
    """A seat that the hints called free is taken; `recount` puts the hints right, then the commands are tried again."""


@value(frozen=True, slots=True)
class AnswerKey:
    """Under which name an answer is kept: the caller's `subject` and the idempotency `key` that the caller chose."""

    subject: str
    key: str


@value(frozen=True, slots=True)
class KeptAnswer:
    """An answer that was given before, as JSON, with the digest of the request to which it was given."""

    key: AnswerKey
    digest: str
    answer: str


@value(frozen=True, slots=True)
class AuditRecord:
    """A decided command as the audit log keeps it, for good.

    `number` is the command's place in the term's order; `command`, `answer` and `consequences` are JSON documents,
    `facts` names the documents of the static facts that were looked at by their digests, `about` are the ids of the
    students, sections, enrollments and entries concerned.
    """

    id: UUID
    term_id: TermId
    number: int
    kind: str
    subject: str
    roles: tuple[str, ...]
    occurred_at: datetime
    command: str
    answer: str
    consequences: str
    facts: str
    about: tuple[UUID, ...]


@value(frozen=True, slots=True)
class OutboxMessage:
    """An event to publish: its type and version, and its fields as JSON."""

    id: UUID
    type: str
    version: int
    occurred_at: datetime
    payload: str


@dataclass(frozen=True, slots=True)
class Journal:
    """What is written beside the effects, in the same transaction; `documents` are static facts by their digests."""

    records: tuple[AuditRecord, ...] = ()
    documents: Mapping[str, str] = field(default_factory=dict)
    messages: tuple[OutboxMessage, ...] = ()
    answers: tuple[KeptAnswer, ...] = ()


class Loaded(NamedTuple):
    """What a batch is decided on: the facts, and the answers that were kept under keys of its commands."""

    facts: Facts
    answers: Mapping[AnswerKey, KeptAnswer]


class RegistrationBook(Protocol):
    """What the desk reads and writes; the round trips do not depend on the number of commands."""

    async def load(self, term: TermId, commands: Sequence[Command], keys: Collection[AnswerKey] = ()) -> Loaded:
        """Lock the term's registration until the transaction ends, and load what deciding `commands` needs.

        That is more than the commands name: a freed seat goes to whoever waits, so the queues of all offerings come
        along in which the commands may free a seat or make somebody eligible, with the students who wait there, and,
        where such a student would drop another enrollment or waits for a course with a corequisite, that offering's
        queue too, and so on. Of the students' attempts, those come along that count. A code without a
        term's code means this term's; what belongs to another term is not found. With them come the answers that are
        kept under `keys`.
        Raises `NotFound` when the term is gone.
        """
        ...

    async def store(self, term: TermId, effects: Effects, journal: Callable[[], Journal]) -> None:
        """Store `effects` and their journal, which is rendered while the effects are stored if that takes long.

        Raises `StaleSeating` for a seat that is not free, `UnknownReference` for an enrollment whose student, offering
        or section has vanished meanwhile, `AlreadyExists` for a second standing enrollment of a student in a course,
        for revised sections what `Records.save` raises, and what `journal` raises.
        """
        ...

    async def recount(self, term: TermId) -> None:
        """Put the hints where free seats are right, from the seats that really are taken."""
        ...


class RegistrationWork(Work, Protocol):
    """A transaction of the desk."""

    @property
    def book(self) -> RegistrationBook:
        """The registration book of the institution."""
        ...


class RegistrationUnitOfWork(Protocol):
    """Opens a transaction of the desk: committed when its block ends, undone when an exception leaves it."""

    def __call__(self, institution: InstitutionId) -> AbstractAsyncContextManager[RegistrationWork]:
        """A transaction on the records of `institution` and no other."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a term's registration."""

    enrollments: tuple[Enrollment, ...]
    entries: tuple[WaitlistEntry, ...]


@dataclass(frozen=True, slots=True)
class Addressee:
    """The term and student of a request; None for what does not exist."""

    term: TermId | None
    student: StudentId | None


Asked: TypeAlias = tuple[Reference, Reference]
"""How a request names its term and its student."""


class RegistrationViews(Views, Protocol):
    """What can be read of registration in one transaction."""

    async def addressees(self, asked: Sequence[Asked]) -> Mapping[Asked, Addressee]:
        """The ids of many terms and students."""
        ...

    async def addressee(self, term: Reference, student: Reference) -> Addressee:
        """The ids of a term and a student."""
        ...

    async def facts(self, term: TermId, commands: Sequence[Command]) -> Facts:
        """What `RegistrationBook.load` answers, without its lock: for asking what would be decided now."""
        ...

    async def schedule(self, term: TermId, student: StudentId, as_of: datetime | None = None) -> ScheduleView:
        """What the student takes in the term, or took at the moment `as_of`."""
        ...

    async def roster(self, section: SectionId, as_of: datetime | None = None) -> RosterView:
        """Who sits in the section, or sat there at the moment `as_of`."""
        ...

    async def queues_of(self, student: StudentId) -> Sequence[TermId]:
        """The terms in which the student waits for something."""
        ...

    async def queues_that_may_move(self, moment: datetime) -> Mapping[TermId, tuple[OfferingId, ...]]:
        """The offerings, by term, in whose queues something may move without a command.

        That is where an entry has free seats in all its sections or a permission to sit above capacity, or would give
        up an enrollment, or where the term's waitlists have closed at `moment`.
        """
        ...

    async def audit_records(self, term: TermId, after: int, limit: int) -> Sequence[AuditRecord]:
        """The decided commands of a term whose number is greater than `after`, in their order, at most `limit`."""
        ...

    async def student_of(self, identifier: UUID) -> StudentId | None:
        """Whose enrollment or waitlist entry that is, or None when there is none with that id."""
        ...

    async def audit_records_about(self, identifier: UUID) -> Sequence[AuditRecord]:
        """The decided commands that concern a student, section, enrollment or entry, in their order."""
        ...

    async def audit_documents(self, digests: Sequence[str]) -> Mapping[str, str]:
        """The documents of static facts with these digests."""
        ...

    async def standing(self, term: TermId) -> Standing:
        """Every enrollment of the term that stands, and every entry that waits."""
        ...

    def enrollment_rows(self, term: TermId) -> AsyncIterator[EnrollmentRow]:
        """A row for each section of each enrollment of the term, ordered by student, course and section."""
        ...

    def enrollment_csv(self, term: TermId) -> AsyncGenerator[str, None]:
        """The same rows as lines of CSV without a header, one or many at once. Whoever stops early closes it."""
        ...

    async def term_roster(self, term: TermId) -> TermRoster:
        """Everything that proving the term's invariants needs, as it is stored."""
        ...


class RegistrationReading(Protocol):
    """Opens a transaction that reads registration."""

    def __call__(self, institution: InstitutionId) -> AbstractAsyncContextManager[RegistrationViews]:
        """A transaction that sees the records of `institution` and no other."""
        ...


class StagedAttempt(NamedTuple):
    """A course attempt on its way in: from the row that begins at `line`, with codes for student and course."""

    line: int
    id: UUID
    student_code: str
    course_code: str
    term: str
    credits: Decimal
    grade: str | None
    scheme_id: GradingSchemeId | None
    passed: bool
    in_progress: bool
    transfer: bool


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """The row at `line` names no record in `column`."""

    line: int
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class RepeatedAttempt:
    """The row at `line` says what the row at `earlier` says, or, for None, what a stored attempt says."""

    line: int
    earlier: int | None


class AttemptStaging(Protocol):
    """Where course attempts wait, of whatever number, until all of them are known to be good."""

    async def stage(self, attempts: Sequence[StagedAttempt]) -> None:
        """Take more attempts in, in the order of their lines."""
        ...

    async def first_fault(self) -> UnknownCode | RepeatedAttempt | None:
        """What is wrong at the first line where students or courses are unknown or attempts repeat others.

        An unknown student comes before an unknown course, a stored attempt before an earlier line.
        """
        ...

    async def merge(self) -> None:
        """Store the attempts, which have no fault."""
        ...


class AttemptImportWork(ImportWork, Protocol):
    """The transaction of an import of course attempts."""

    async def stage_attempts(self) -> AttemptStaging:
        """A staging of this transaction, empty; asked for once."""
        ...


class AttemptImportUnitOfWork(Protocol):
    """Opens the transaction of an import: committed when its block ends, undone when an exception leaves it."""

    def __call__(self, institution: InstitutionId) -> AbstractAsyncContextManager[AttemptImportWork]:
        """A transaction on the records of `institution` and no other."""
        ...
