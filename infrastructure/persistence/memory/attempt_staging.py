"""The staging of course attempts in memory: a list."""

from collections.abc import Sequence

from application.registration.ports import RepeatedAttempt, StagedAttempt, UnknownCode
from domain.catalog.course import Course
from domain.people.student import Student
from domain.registration.attempt import CourseAttempt
from domain.shared.identifiers import AttemptId, CourseId, StudentId
from infrastructure.persistence.memory.records import MemoryRecords
from infrastructure.persistence.memory.tables import Tables

_Content = tuple[object, ...]
"""Everything that an attempt says, for finding repetitions."""


class MemoryAttemptStaging:
    """The `AttemptStaging` port on a branch of the tables."""

    def __init__(self, tables: Tables, records: MemoryRecords[CourseAttempt]) -> None:
        self._tables = tables
        self._records = records
        self._staged: list[StagedAttempt] = []

    async def stage(self, attempts: Sequence[StagedAttempt]) -> None:
        """See `AttemptStaging.stage`."""
        self._staged.extend(attempts)

    async def first_fault(self) -> UnknownCode | RepeatedAttempt | None:
        """See `AttemptStaging.first_fault`."""
        stored = {_content(kept.entity) for kept in self._tables.records(CourseAttempt).values()}
        lines: dict[_Content, int] = {}
        for staged in self._staged:
            for column, entity, code in (
                ("student_code", Student, staged.student_code),
                ("course_code", Course, staged.course_code),
            ):
                if (entity, None, code) not in self._tables.codes:
                    return UnknownCode(staged.line, column, code)
            content = _content(self._attempt(staged))
            if content in stored:
                return RepeatedAttempt(staged.line, None)
            if content in lines:
                return RepeatedAttempt(staged.line, lines[content])
            lines[content] = staged.line
        return None

    async def merge(self) -> None:
        """See `AttemptStaging.merge`."""
        await self._records.add([self._attempt(staged) for staged in self._staged])

    def _attempt(self, staged: StagedAttempt) -> CourseAttempt:
        return CourseAttempt(
            id=AttemptId(staged.id),
            student_id=StudentId(self._tables.codes[Student, None, staged.student_code]),
            course_id=CourseId(self._tables.codes[Course, None, staged.course_code]),
            term=staged.term,
            credits=staged.credits,
            grade=staged.grade,
            scheme_id=staged.scheme_id,
            passed=staged.passed,
            in_progress=staged.in_progress,
            transfer=staged.transfer,
        )


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
