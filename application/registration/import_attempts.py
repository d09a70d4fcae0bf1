"""Importing a table of course attempts: all of it in one transaction, or nothing. Its size takes time, not memory."""

from collections.abc import Callable
from uuid import UUID

from application.registration.attempt_table import AttemptTable, CheckedRow, InvalidRow
from application.registration.course_attempts import has_passed
from application.registration.ports import (
    AttemptImportUnitOfWork,
    AttemptImportWork,
    AttemptStaging,
    RepeatedAttempt,
    StagedAttempt,
    UnknownCode,
)
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import IdGenerator
from application.shared.dto import Dto
from application.shared.errors import InvalidField
from application.shared.imports import Conclusion, no_conclusion
from domain.catalog.grading import GradingScheme
from domain.registration.attempt import CourseAttempt
from domain.shared.identifiers import AttemptId, CourseId, GradingSchemeId, StudentId
from domain.shared.invalid import InvalidValue
from domain.shared.reference import Reference

_CHUNK = 5000
_REMEMBERED = 10_000
_ANYBODY = UUID(int=0)


RowsChecked = Callable[[int], None]
"""Told how many rows are ready to be stored."""


def nobody_counts(_rows: int) -> None:
    """Rows that nobody counts."""


class AttemptsReport(Dto):
    """How many attempts an import stored."""

    created: int


class ImportAttempts:
    """The use case."""

    def __init__(self, unit_of_work: AttemptImportUnitOfWork, ids: IdGenerator) -> None:
        self._unit_of_work = unit_of_work
        self._ids = ids

    async def execute(
        self,
        caller: Caller,
        table: AttemptTable,
        progress: RowsChecked = nobody_counts,
        conclude: Conclusion = no_conclusion,
    ) -> AttemptsReport:
        """Store an attempt for each row.

        Raises `InvalidRow` for the first line that is not valid, names an unknown record, does not hold together, or
        says what an earlier line or a stored attempt says already, as when a file is imported twice; and
        `AccessDenied`. Whatever is raised, nothing is stored.
        """
        authorise(caller, "import_attempts")
        async with self._unit_of_work(caller.institution) as work:
            staging = await work.stage_attempts()
            created, fault = await self._stage(table, staging, _Grading(work), progress)
            found = await staging.first_fault()
            if found is not None:  # It stands among the rows that were staged, before a row that could not be.
                raise _named(found)
            if fault is not None:
                raise fault
            await staging.merge()
            await work.refresh_statistics()
            report = AttemptsReport(created=created)
            await conclude(work.import_runs, report)
            return report

    async def _stage(
        self, table: AttemptTable, staging: AttemptStaging, grading: "_Grading", progress: RowsChecked
    ) -> tuple[int, InvalidRow | None]:
        """Stage the rows before the first that is not valid by itself; how many, and what is wrong with that one."""
        staged, fault = 0, None
        chunk: list[StagedAttempt] = []
        try:
            for row in table.checked():
                scheme, passed = grading.known(row) or await grading.of(row)
                chunk.append(
                    StagedAttempt(
                        row.line,
                        self._ids.new(),
                        row.student_code,
                        row.course_code,
                        row.term,
                        row.credits,
                        row.grade,
                        scheme,
                        passed,
                        row.in_progress,
                        row.transfer,
                    )
                )
                if len(chunk) == _CHUNK:
                    await staging.stage(chunk)
                    staged += len(chunk)
                    progress(staged)
                    chunk = []
        except InvalidRow as error:
            fault = error
        await staging.stage(chunk)
        return staged + len(chunk), fault


_Verdict = tuple[GradingSchemeId | None, bool]
"""The grading scheme of an attempt, and whether it passed."""


class _Grading:
    """What the domain says of grades, asked once for all rows that say the same."""

    def __init__(self, work: AttemptImportWork) -> None:
        self._work = work
        self._schemes: dict[str, GradingScheme] = {}
        self._verdicts: dict[tuple[str | None, str | None, bool | None, bool], _Verdict] = {}

    def known(self, row: CheckedRow) -> _Verdict | None:
        """The verdict on a row, if one like it came before."""
        return self._verdicts.get((row.scheme, row.grade, row.passed, row.in_progress))

    async def of(self, row: CheckedRow) -> _Verdict:
        """The verdict on a row. Raises `InvalidRow`."""
        scheme = None if row.scheme is None else await self._scheme(row.line, row.scheme)
        try:
            # Whose attempt at which course it is plays no part, and is found out for all rows at once.
            attempt = CourseAttempt(
                id=AttemptId(_ANYBODY),
                student_id=StudentId(_ANYBODY),
                course_id=CourseId(_ANYBODY),
                term=row.term,
                credits=row.credits,
                grade=row.grade,
                scheme_id=None if scheme is None else scheme.id,
                passed=has_passed(row.grade, scheme, given=row.passed, in_progress=row.in_progress),
                in_progress=row.in_progress,
                transfer=row.transfer,
            )
        except InvalidField as error:
            raise InvalidRow(row.line, str(error.parameters["field"]), str(error.parameters["reason"])) from None
        except InvalidValue as error:
            raise InvalidRow(row.line, error.field, error.reason) from None
        if len(self._verdicts) >= _REMEMBERED:
            self._verdicts.clear()
        verdict = attempt.scheme_id, attempt.passed
        self._verdicts[row.scheme, row.grade, row.passed, row.in_progress] = verdict
        return verdict

    async def _scheme(self, line: int, code: str) -> GradingScheme:
        if code not in self._schemes:
            schemes = self._work.records(GradingScheme)
            identifier = await schemes.identify(Reference(code=code))
            stored = None if identifier is None else await schemes.get(identifier)
            if stored is None:
                raise InvalidRow(line, "scheme", f"there is no record {code}")
            self._schemes[code] = stored.entity
        return self._schemes[code]


def _named(fault: UnknownCode | RepeatedAttempt) -> InvalidRow:
    match fault:
        case UnknownCode(line, column, code):
            return InvalidRow(line, column, f"there is no record {code}")
        case RepeatedAttempt(line, None):
            return InvalidRow(line, "student_code", "the same attempt is stored already")
        case RepeatedAttempt(line, earlier):
            return InvalidRow(line, "student_code", f"the same attempt stands in line {earlier}")
