"""The mapper of course attempts."""

from domain.registration.attempt import CourseAttempt
from domain.shared.identifiers import AttemptId, CourseId, GradingSchemeId, InstitutionId, StudentId
from infrastructure.persistence.postgres.mapping.mapper import Mapper, Values
from infrastructure.persistence.postgres.rows.attempts import CourseAttemptRow


def _attempt_values(institution: InstitutionId, attempt: CourseAttempt) -> Values:
    return {
        "institution_id": institution,
        "id": attempt.id,
        "student_id": attempt.student_id,
        "course_id": attempt.course_id,
        "term": attempt.term,
        "credits": attempt.credits,
        "grade": attempt.grade,
        "scheme_id": attempt.scheme_id,
        "passed": attempt.passed,
        "in_progress": attempt.in_progress,
        "transfer": attempt.transfer,
        "version": 1,
    }


def _attempt(row: CourseAttemptRow) -> CourseAttempt:
    return CourseAttempt(
        id=AttemptId(row.id),
        student_id=StudentId(row.student_id),
        course_id=CourseId(row.course_id),
        term=row.term,
        credits=row.credits,
        grade=row.grade,
        scheme_id=None if row.scheme_id is None else GradingSchemeId(row.scheme_id),
        passed=row.passed,
        in_progress=row.in_progress,
        transfer=row.transfer,
    )


COURSE_ATTEMPT = Mapper("course attempt", CourseAttempt, CourseAttemptRow, _attempt_values, _attempt)
