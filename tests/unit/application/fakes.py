"""Fakes of the application's ports: a clock that stands still, counted ids, and a registration book in memory."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from application.registration.dto import EnrollmentRow, RosterView, ScheduleView
from application.registration.ports import Addressee, AnswerKey, Asked, Journal, Loaded, StaleSeating
from application.shared.caller import Caller, Role
from application.shared.errors import NotFound
from domain.registration.commands import Command
from domain.registration.facts import Facts
from domain.registration.outcomes import Effects
from domain.registration.verification import TermRoster
from domain.shared.identifiers import InstitutionId, SectionId, StudentId, TermId
from domain.shared.reference import Reference
from tests.support.domain_builders import NOON, identifier
from tests.support.stored_term import StoredTerm

INSTITUTION = InstitutionId(identifier("institution", "main"))


def a_caller(*roles: Role, student: StudentId | None = None) -> Caller:
    """A caller of the institution in these roles."""
    return Caller(INSTITUTION, "somebody", frozenset(roles), student)


class StillClock:
    """A clock that shows one moment."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


class CountedIds:
    """Identifiers that count up from 1."""

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> UUID:
        self._last += 1
        return UUID(int=self._last)


def not_asked_for(*_: object) -> NoReturn:
    """What a test does not expect to be called."""
    raise AssertionError("the fake is not made for this")


class ReachedStorage(Exception):  # noqa: N818 - a signal, not an error
    """A transaction was about to be opened: access had been granted."""


def closed_storage(institution: InstitutionId) -> NoReturn:
    """A unit of work that tells that it was reached."""
    raise ReachedStorage(str(institution))


class Poisoned(Exception):  # noqa: N818 - what a poisoned command does
    """Nobody has foreseen this."""


class BookInMemory:
    """The books of several terms; a `gate` holds up loading, `stale` counts how often applying still fails.

    A request with the id `poison` breaks whatever it is stored with, one with `always_stale` finds its seat taken.
    """

    def __init__(self, *facts: Facts) -> None:
        self.terms = {known.term.id: StoredTerm(known) for known in facts}
        self.gates: dict[TermId, asyncio.Event] = {}
        self.stale = 0
        self.poison: UUID | None = None
        self.always_stale: UUID | None = None
        self.loaded: list[Command] = []
        self.journals: list[Journal] = []
        self.recounts = 0
        self.open = 0
        self.most_open = 0
        self.undone = 0

    async def load(self, term: TermId, commands: Sequence[Command], keys: Collection[AnswerKey] = ()) -> Loaded:
        if term not in self.terms:
            raise NotFound("term", str(term))
        if term in self.gates:
            await self.gates[term].wait()
        await asyncio.sleep(0)
        self.loaded.extend(commands)
        kept = {answer.key: answer for journal in self.journals for answer in journal.answers}
        return Loaded(self.terms[term].facts(), {key: kept[key] for key in keys if key in kept})

    async def store(self, term: TermId, effects: Effects, journal: Callable[[], Journal]) -> None:
        await asyncio.sleep(0)
        if self.stale:
            self.stale -= 1
            raise StaleSeating
        asked = [getattr(recorded.command, "id", None) for recorded in effects.recorded]
        if self.poison is not None and self.poison in asked:
            raise Poisoned
        if self.always_stale is not None and self.always_stale in asked:
            raise StaleSeating
        self.terms[term].apply(effects)
        self.journals.append(journal())

    async def recount(self, term: TermId) -> None:
        self.recounts += 1


class WorkInMemory:
    """A transaction of the desk on a book in memory."""

    records: Callable[..., Any] = staticmethod(not_asked_for)
    views: Callable[..., Any] = staticmethod(not_asked_for)
    identify: Callable[..., Any] = staticmethod(not_asked_for)

    def __init__(self, book: BookInMemory) -> None:
        self.book = book


class UnitOfWorkInMemory:
    """Opens transactions of the desk."""

    def __init__(self, book: BookInMemory) -> None:
        self.book = book

    @asynccontextmanager
    async def __call__(self, institution: InstitutionId) -> AsyncIterator[WorkInMemory]:
        self.book.open += 1
        self.book.most_open = max(self.book.most_open, self.book.open)
        try:
            yield WorkInMemory(self.book)
        except BaseException:
            self.book.undone += 1
            raise
        finally:
            self.book.open -= 1


class ReadingInMemory:
    """Opens transactions that read: `students` and `terms` by the text of their reference."""

    views: Callable[..., Any] = staticmethod(not_asked_for)
    facts: Callable[..., Any] = staticmethod(not_asked_for)
    queues_of: Callable[..., Any] = staticmethod(not_asked_for)
    queues_that_may_move: Callable[..., Any] = staticmethod(not_asked_for)
    audit_records: Callable[..., Any] = staticmethod(not_asked_for)
    audit_records_about: Callable[..., Any] = staticmethod(not_asked_for)
    audit_documents: Callable[..., Any] = staticmethod(not_asked_for)
    student_of: Callable[..., Any] = staticmethod(not_asked_for)
    standing: Callable[..., Any] = staticmethod(not_asked_for)

    def __init__(self, students: dict[str, StudentId], terms: dict[str, TermId]) -> None:
        self._students = students
        self._terms = terms
        self.rosters: dict[TermId, TermRoster] = {}

    @asynccontextmanager
    async def __call__(self, institution: InstitutionId) -> AsyncIterator["ReadingInMemory"]:
        yield self

    async def addressees(self, asked: Sequence[Asked]) -> Mapping[Asked, Addressee]:
        return {(term, student): await self.addressee(term, student) for term, student in asked}

    async def addressee(self, term: Reference, student: Reference) -> Addressee:
        return Addressee(self._terms.get(str(term)), self._students.get(str(student)))

    async def identify(self, entity: type[object], reference: Reference) -> UUID | None:
        return self._terms.get(str(reference))

    async def schedule(self, term: TermId, student: StudentId, as_of: datetime | None = None) -> ScheduleView:
        return ScheduleView(student=student, term=term, credits=0, courses=())  # type: ignore[arg-type]  # coerced

    async def roster(self, section: SectionId, as_of: datetime | None = None) -> RosterView:
        return not_asked_for(section, as_of)

    async def enrollment_rows(self, term: TermId) -> AsyncIterator[EnrollmentRow]:
        rows: tuple[EnrollmentRow, ...] = ()
        for row in rows:
            yield row

    async def enrollment_csv(self, term: TermId) -> AsyncGenerator[str, None]:
        lines: tuple[str, ...] = ()
        for line in lines:
            yield line

    async def term_roster(self, term: TermId) -> TermRoster:
        return self.rosters[term]
