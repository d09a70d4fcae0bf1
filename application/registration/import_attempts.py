"""Importing course attempts from the rows of a file: all of them in one transaction, or none."""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field

from application.registration.course_attempts import (
    COURSE_ATTEMPTS,
    CourseAttemptView,
    PeriodCode,
    has_passed,
)
from application.scheduling.ports import ImportUnitOfWork, ImportWork
from application.shared.caller import KEEPERS, Caller
from application.shared.clock import IdGenerator
from application.shared.dto import Code, Credits, Dto, Label
from application.shared.errors import InvalidField
from application.shared.paging import MAXIMUM_LIMIT, PageQuery
from application.shared.records import Entity
from domain.catalog.course import Course
from domain.catalog.grading import GradingScheme
from domain.people.student import Student
from domain.registration.attempt import CourseAttempt
from domain.shared.identifiers import AttemptId, CourseId, StudentId
from domain.shared.invalid import InvalidValue

V = TypeVar("V")

_CHUNK = 1000

_Content = tuple[object, ...]
"""Everything that an attempt says, for finding repetitions."""


class AttemptRow(Dto):
    """A row of the file, which begins at `line`; the fields are those of a course attempt, with codes for records."""

    line: Annotated[int, Field(ge=1)]
    student_code: Code
    course_code: Code
    term: PeriodCode
    credits: Credits
    grade: Label | None = None
    scheme: Code | None = None
    passed: bool | None = None
    in_progress: bool = False
    transfer: bool = False


class AttemptsReport(Dto):
    """How many attempts an import stored."""

    created: int


class InvalidRow(InvalidField):
    """A row of a file is not valid; the parameters name its line and the column."""

    def __init__(self, line: int, column: str, reason: str) -> None:
        super().__init__(column, reason)
        self.detail = f"line {line}, column {column}: {reason}"
        self.parameters = {**self.parameters, "line": line}


class ImportAttempts:
    """The use case."""

    def __init__(self, unit_of_work: ImportUnitOfWork, ids: IdGenerator) -> None:
        self._unit_of_work = unit_of_work
        self._ids = ids

    async def execute(self, caller: Caller, rows: Sequence[AttemptRow]) -> AttemptsReport:
        """Store an attempt for each row.

        Raises `InvalidRow` for the first row that names an unknown record, does not hold together, or says what another
        row or a stored attempt says already, as when a file is imported twice; and `AccessDenied`. Whatever is raised,
        nothing is stored.
        """
        caller.require_role(KEEPERS)
        async with self._unit_of_work(caller.institution) as work:
            students = await _identified(work, Student, {row.student_code for row in rows})
            courses = await _identified(work, Course, {row.course_code for row in rows})
            schemes = await _schemes(work, {row.scheme for row in rows if row.scheme is not None})
            attempts = [
                _attempt(
                    AttemptId(self._ids.new()),
                    row,
                    StudentId(_found(row, "student_code", row.student_code, students)),
                    CourseId(_found(row, "course_code", row.course_code, courses)),
                    None if row.scheme is None else _found(row, "scheme", row.scheme, schemes),
                )
                for row in rows
            ]
            _refuse_repetitions(rows, attempts, await _stored_contents(work, {row.term for row in rows}))
            for start in range(0, len(attempts), _CHUNK):
                await work.records(CourseAttempt).add(attempts[start : start + _CHUNK])
            await work.refresh_statistics()
        return AttemptsReport(created=len(rows))


def _found(row: AttemptRow, column: str, code: str, known: Mapping[str, V]) -> V:
    if code not in known:
        raise InvalidRow(row.line, column, f"there is no record {code}")
    return known[code]


def _attempt(
    identifier: AttemptId, row: AttemptRow, student: StudentId, course: CourseId, scheme: GradingScheme | None
) -> CourseAttempt:
    try:
        return CourseAttempt(
            id=identifier,
            student_id=student,
            course_id=course,
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


def _refuse_repetitions(
    rows: Sequence[AttemptRow], attempts: Sequence[CourseAttempt], stored: frozenset[_Content]
) -> None:
    lines: dict[_Content, int] = {}
    for row, attempt in zip(rows, attempts, strict=True):
        content = _content(attempt)
        if content in stored:
            raise InvalidRow(row.line, "student_code", "the same attempt is stored already")
        if content in lines:
            raise InvalidRow(row.line, "student_code", f"the same attempt stands in line {lines[content]}")
        lines[content] = row.line


def _content(attempt: CourseAttempt) -> _Content:
    return (
        attempt.student_id,
        attempt.course_id,
        attempt.term,
        attempt.credits,
        attempt.grade,
        attempt.scheme_id,
        attempt.passed,
        attempt.in_progress,
        attempt.transfer,
    )


async def _stored_contents(work: ImportWork, terms: set[str]) -> frozenset[_Content]:
    contents: set[_Content] = set()
    for term in sorted(terms):
        cursor, more = None, True
        while more:
            query = PageQuery(limit=MAXIMUM_LIMIT, cursor=cursor, filters={"term": term})
            page = await work.views(COURSE_ATTEMPTS).page(query)
            contents.update(_content_seen(view) for view in page.items)
            cursor = page.next_cursor
            more = cursor is not None
    return frozenset(contents)


def _content_seen(view: CourseAttemptView) -> _Content:
    return (
        UUID(view.student),
        UUID(view.course),
        view.term,
        view.credits,
        view.grade,
        None if view.scheme is None else UUID(view.scheme),
        view.passed,
        view.in_progress,
        view.transfer,
    )


async def _identified(work: ImportWork, entity: type[Entity], codes: set[str]) -> Mapping[str, UUID]:
    ordered = sorted(codes)
    found: dict[str, UUID] = {}
    for start in range(0, len(ordered), _CHUNK):
        found.update(await work.records(entity).identify_all(ordered[start : start + _CHUNK]))
    return found


async def _schemes(work: ImportWork, codes: set[str]) -> Mapping[str, GradingScheme]:
    found = {}
    for code, identifier in (await _identified(work, GradingScheme, codes)).items():
        stored = await work.records(GradingScheme).get(identifier)
        if stored is not None:
            found[code] = stored.entity
    return found
