"""Imports under way: what was uploaded is imported in this process, while any process tells how far it is."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

import structlog

from application.registration.import_attempts import ImportAttempts
from application.scheduling.import_timetable import ImportTimetable
from application.scheduling.timetable import Timetable
from application.shared.caller import Caller
from application.shared.errors import ApplicationError, Unavailable
from application.shared.imports import (
    SIGN_OF_LIFE,
    FollowImports,
    ImportFault,
    ImportKind,
    ImportProblem,
    ImportProgress,
)
from domain.shared.invalid import InvalidValue
from interfaces.attempt_rows import attempts_in
from interfaces.rest.bodies import read_fields
from interfaces.rest.problems import PROBLEMS, RestError
from interfaces.rest.provided import provider
from interfaces.rest.uploads import Upload

MOST_WAITING = 16
"""How many imports of a process are uploaded, wait or run; whoever has one more tries again later."""

_GRACE_SECONDS = 20.0

_imports: Callable[[], FollowImports] = provider("imports")
_import_attempts: Callable[[], ImportAttempts] = provider("import_attempts")
_import_timetable: Callable[[], ImportTimetable] = provider("import_timetable")

_log = structlog.get_logger("matricula.imports")


class ImportJobs:
    """The imports of this process, one after the other: each is a long transaction."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._uploading = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Keep a place for an import while its upload comes. Raises `Unavailable` when too many wait."""
        if len(self._tasks) + self._uploading >= MOST_WAITING:
            detail = "Too many imports are waiting."
            raise Unavailable(detail)
        self._uploading += 1
        try:
            yield
        finally:
            self._uploading -= 1

    def start(self, job: "ImportJob") -> None:
        """Let a job go on by itself."""
        task = asyncio.create_task(job.run(self._turn))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, seconds: float = _GRACE_SECONDS) -> None:
        """Give what is under way `seconds` to end; what has not is undone, and said to have failed."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


class ImportJob:
    """One import: of `upload`, for `caller`, known as `identifier`."""

    def __init__(self, caller: Caller, identifier: UUID, kind: ImportKind, upload: Upload) -> None:
        self._caller = caller
        self._id = identifier
        self._kind = kind
        self._upload = upload
        self._progress: ImportProgress | None = None

    async def run(self, turn: asyncio.Lock) -> None:
        """Import when the turn comes, with signs of life until then and from then on; tell how it ended."""
        signs = asyncio.create_task(self._give_signs_of_life())
        problem: ImportProblem | None = None
        try:
            async with turn:
                await self._import()
        except asyncio.CancelledError:
            problem = ImportProblem(code=Unavailable.code, detail="The server has stopped; nothing was imported.")
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever asks is told
            problem = problem_of(error)
            if problem.code == "internal_error":
                _log.exception("import_failed", import_id=str(self._id))
        finally:
            signs.cancel()
            self._upload.file.close()
            with suppress(asyncio.CancelledError):
                await signs
        if problem is not None:
            with suppress(Unavailable):  # Then it is found as abandoned.
                await _imports().fail(self._caller.institution, self._id, problem)

    async def _import(self) -> None:
        conclude = _imports().conclusion(self._id)
        if self._kind is ImportKind.COURSE_ATTEMPTS:
            self._tell("course attempts", 0, self._upload.lines)
            table = attempts_in(self._upload.file)  # type: ignore[arg-type]  # binary in all but name
            await _import_attempts().execute(self._caller, table, self._tell_rows, conclude)
        else:
            self._tell("document", 0, 1)
            timetable = await asyncio.to_thread(lambda: read_fields(Timetable, self._upload.file.read()))
            await _import_timetable().execute(self._caller, timetable, self._tell, conclude)

    def _tell(self, what: str, done: int, total: int) -> None:
        self._progress = ImportProgress(what=what, done=done, total=total)

    def _tell_rows(self, checked: int) -> None:
        self._tell("course attempts", checked, self._upload.lines)

    async def _give_signs_of_life(self) -> None:
        while True:
            with suppress(Unavailable):  # The next sign may get through.
                await _imports().advance(self._caller.institution, self._id, self._progress)
            await asyncio.sleep(SIGN_OF_LIFE.total_seconds())


def problem_of(error: Exception) -> ImportProblem:
    """Why an import failed; for what no caller may see, only that it did."""
    match error:
        case RestError():
            faults = [ImportFault(place=part.pointer or "", message=part.message) for part in error.errors]
            return ImportProblem(code=error.code, detail=error.detail, errors=tuple(faults))
        case ApplicationError() if error.code in PROBLEMS:
            return ImportProblem(code=error.code, detail=error.detail, errors=_faults(error))
        case InvalidValue():
            fault = ImportFault(place=error.field, message=error.reason)
            return ImportProblem(code="invalid_field", detail=str(error), errors=(fault,))
        case _:
            return ImportProblem(code="internal_error", detail=PROBLEMS["internal_error"].meaning)


def _faults(error: ApplicationError) -> tuple[ImportFault, ...]:
    given = error.parameters
    if "field" not in given:
        return ()
    line = given.get("line")
    message = str(given.get("reason") or error.detail)
    return (ImportFault(place=str(given["field"]), message=message, line=None if line is None else int(line)),)
