"""Imports that go on after they were asked for: how far one is, and how it ended, for whoever asks any process."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import Clock, IdGenerator
from application.shared.dto import Dto, Moment
from application.shared.errors import KeyReused, NotFound, Unavailable
from application.shared.idempotency import Answer, KeyedRequest, answer_once
from application.shared.records import AnsweringWork
from domain.shared.identifiers import InstitutionId

SIGN_OF_LIFE = timedelta(seconds=2)
"""How often the process that runs an import says that it lives."""

SILENCE = timedelta(seconds=60)
"""After so long without a sign of life, an import is taken for abandoned, and can end well no more."""


class ImportKind(StrEnum):
    """What is imported."""

    COURSE_ATTEMPTS = "course-attempts"
    TIMETABLE = "timetable"


class ImportState(StrEnum):
    """How an import is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ImportProgress(Dto):
    """How many records of a kind, `what`, are ready to be stored, and how many there will be (null: not known)."""

    what: str = ""
    done: int = 0
    total: int | None = None


_NOTHING_YET = ImportProgress()


class ImportFault(Dto):
    """What is not valid in what was uploaded: at `place`, a column or JSON pointer, in a `line` if it has lines."""

    place: str
    message: str
    line: int | None = None


class ImportProblem(Dto):
    """Why an import failed: a code of the error catalogue, a sentence, and what is not valid."""

    code: str
    detail: str
    errors: tuple[ImportFault, ...] = ()


_ABANDONED = ImportProblem(
    code=Unavailable.code, detail="The process that ran the import has ended; nothing was imported: try again."
)


class ImportView(Dto):
    """An import; `problem` says why it failed, else null."""

    id: UUID
    kind: ImportKind
    state: ImportState
    progress: ImportProgress
    problem: ImportProblem | None
    submitted_by: str
    submitted_at: Moment
    finished_at: Moment | None


@dataclass(frozen=True, slots=True)
class ImportRun:
    """An import as it is stored: `alive_at` is the last sign of life, `report` is JSON."""

    id: UUID
    kind: ImportKind
    subject: str
    submitted_at: datetime
    alive_at: datetime
    state: ImportState = ImportState.QUEUED
    progress: ImportProgress = _NOTHING_YET
    report: str | None = None
    problem: ImportProblem | None = None
    finished_at: datetime | None = None

    def is_abandoned(self, now: datetime) -> bool:
        """Whether the process that ran it has died: nobody has heard of it for long, and it has not ended."""
        return self.finished_at is None and now - self.alive_at > SILENCE

    def view(self) -> ImportView:
        """The import, for callers."""
        return ImportView(
            id=self.id,
            kind=self.kind,
            state=self.state,
            progress=self.progress,
            problem=self.problem,
            submitted_by=self.subject,
            submitted_at=self.submitted_at,
            finished_at=self.finished_at,
        )


class ImportRuns(Protocol):
    """The imports of one institution, in a transaction."""

    async def add(self, run: ImportRun) -> None:
        """Store a new import."""
        ...

    async def get(self, identifier: UUID) -> ImportRun | None:
        """The import with that id, or None."""
        ...

    async def save(self, run: ImportRun, heard_since: datetime) -> bool:
        """Store an import that goes on; whether it still did: not ended, and heard of since `heard_since`."""
        ...


class ImportingWork(AnsweringWork, Protocol):
    """A transaction that knows of imports."""

    @property
    def import_runs(self) -> ImportRuns:
        """The imports of the institution."""
        ...


class ImportingUnitOfWork(Protocol):
    """Opens such a transaction: committed when its block ends, undone when an exception leaves it."""

    def __call__(self, institution: InstitutionId) -> AbstractAsyncContextManager[ImportingWork]:
        """A transaction on the records of `institution` and no other."""
        ...


Conclusion = Callable[[ImportRuns, Dto], Awaitable[None]]
"""Told the report of an import in the transaction that stores it: what it raises undoes the import."""


async def no_conclusion(_runs: ImportRuns, _report: Dto) -> None:
    """The conclusion of an import that nobody follows."""


class FollowImports:
    """The use cases around an import: submitting it, running it with signs of life, asking how it is."""

    def __init__(self, unit_of_work: ImportingUnitOfWork, clock: Clock, ids: IdGenerator) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids

    def admit(self, caller: Caller) -> None:
        """Raise `AccessDenied` unless the caller may import, before anything is uploaded."""
        authorise(caller, "create_import")

    async def is_answered(self, caller: Caller, key: str) -> bool:
        """Whether some request with this idempotency `key` was answered before.

        Raises `AccessDenied`, `InvalidField` for a key of another form.
        """
        self.admit(caller)
        unlike_any = KeyedRequest.of(caller.subject, key, "import", "")
        async with self._unit_of_work(caller.institution) as work:
            try:
                return await work.kept_answers.find(unlike_any) is not None
            except KeyReused:
                return True

    async def submit(self, caller: Caller, kind: ImportKind, digest: str, key: str | None) -> Answer[ImportView]:
        """A new import of what has `digest`; or, for an idempotency `key` that came before, what was answered then.

        Raises `AccessDenied`, `KeyReused`, `InvalidField` for a key of another form.
        """
        self.admit(caller)
        now = self._clock.now()
        run = ImportRun(self._ids.new(), kind, caller.subject, submitted_at=now, alive_at=now)
        async with self._unit_of_work(caller.institution) as work:

            async def submitted() -> ImportView:
                await work.import_runs.add(run)
                return run.view()

            if key is None:
                return Answer(await submitted())
            request = KeyedRequest.of(caller.subject, key, f"import {kind}", digest)
            return await answer_once(work.kept_answers, request, ImportView, submitted)

    async def get(self, caller: Caller, identifier: UUID) -> ImportView:
        """How an import is. Raises `NotFound`, `AccessDenied`."""
        return (await self._run(caller, identifier)).view()

    async def result(self, caller: Caller, identifier: UUID) -> str:
        """The report of an import that is done, as JSON. Raises `NotFound`, also while there is none."""
        report = (await self._run(caller, identifier)).report
        if report is None:
            raise NotFound("result of import", str(identifier))
        return report

    async def _run(self, caller: Caller, identifier: UUID) -> ImportRun:
        self.admit(caller)
        async with self._unit_of_work(caller.institution) as work:
            run = await work.import_runs.get(identifier)
        if run is None:
            raise NotFound("import", str(identifier))
        if run.is_abandoned(self._clock.now()):
            return replace(run, state=ImportState.FAILED, problem=_ABANDONED, finished_at=run.alive_at + SILENCE)
        return run

    async def advance(self, institution: InstitutionId, identifier: UUID, progress: ImportProgress | None) -> bool:
        """Say that an import lives, and how far it is (None: it waits for its turn); whether it still goes on."""
        running = {} if progress is None else {"state": ImportState.RUNNING, "progress": progress}
        async with self._unit_of_work(institution) as work:
            return await self._change(work.import_runs, identifier, **running)

    async def fail(self, institution: InstitutionId, identifier: UUID, problem: ImportProblem) -> None:
        """Say why an import has failed."""
        now = self._clock.now()
        async with self._unit_of_work(institution) as work:
            await self._change(work.import_runs, identifier, state=ImportState.FAILED, problem=problem, finished_at=now)

    def conclusion(self, identifier: UUID) -> Conclusion:
        """What marks an import as done in the very transaction that stores what is imported."""

        async def conclude(runs: ImportRuns, report: Dto) -> None:
            now = self._clock.now()
            written = report.model_dump_json()
            if not await self._change(runs, identifier, state=ImportState.DONE, report=written, finished_at=now):
                detail = "The import was taken for abandoned before it ended."
                raise Unavailable(detail)

        return conclude

    async def _change(self, runs: ImportRuns, identifier: UUID, **changes: Any) -> bool:  # noqa: ANN401 - of many types
        """Change an import that goes on; whether it does."""
        now = self._clock.now()
        run = await runs.get(identifier)
        return run is not None and await runs.save(replace(run, alive_at=now, **changes), now - SILENCE)
