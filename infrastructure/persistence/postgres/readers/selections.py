"""For each kind of record, the SELECT of its view and the columns by which its collection is filtered and sorted."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Text, and_, cast, select

from application.shared.records import RecordKind
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.requisite_grammar import print_requisite
from domain.people.student import Student
from infrastructure.persistence.postgres.mapping.requisites import requisite_of
from infrastructure.persistence.postgres.readers.audit_events import AUDIT_EVENT
from infrastructure.persistence.postgres.readers.enrollments import ENROLLMENT, PERMISSION, WAITLIST_ENTRY
from infrastructure.persistence.postgres.readers.scheduling import OFFERING, SECTION, STUDENT, TERM, TIME_TICKET
from infrastructure.persistence.postgres.readers.selection import Selection, flat
from infrastructure.persistence.postgres.rows.attempts import CourseAttemptRow
from infrastructure.persistence.postgres.rows.catalog import CourseRow, DepartmentRow, GradingSchemeRow, ProgramRow
from infrastructure.persistence.postgres.rows.people import HoldRow, InstructorRow, StudentRow
from infrastructure.persistence.postgres.rows.scheduling import RoomRow


def _printed(row: dict[str, Any]) -> dict[str, Any]:
    """A course with its requisites as texts."""
    stored = {name: row[name] for name in ("prerequisite", "corequisite", "exclusion")}
    printed = {name: print_requisite(requisite_of(document)) for name, document in stored.items() if document}
    return {**row, **printed}


_COURSE_ATTEMPT = Selection(
    query=select(
        CourseAttemptRow.id,
        cast(CourseAttemptRow.student_id, Text).label("student"),
        StudentRow.code.label("student_code"),
        cast(CourseAttemptRow.course_id, Text).label("course"),
        CourseRow.code.label("course_code"),
        CourseAttemptRow.term,
        CourseAttemptRow.credits,
        CourseAttemptRow.grade,
        cast(CourseAttemptRow.scheme_id, Text).label("scheme"),
        CourseAttemptRow.passed,
        CourseAttemptRow.in_progress,
        CourseAttemptRow.transfer,
        CourseAttemptRow.version,
    )
    .join(
        StudentRow,
        and_(
            StudentRow.institution_id == CourseAttemptRow.institution_id,
            StudentRow.id == CourseAttemptRow.student_id,
        ),
    )
    .join(
        CourseRow,
        and_(CourseRow.institution_id == CourseAttemptRow.institution_id, CourseRow.id == CourseAttemptRow.course_id),
    ),
    institution=CourseAttemptRow.institution_id,
    identifier=CourseAttemptRow.id,
    columns={
        "term": CourseAttemptRow.term,
        "student": CourseAttemptRow.student_id,
        "student_code": StudentRow.code,
        "course": CourseAttemptRow.course_id,
        "course_code": CourseRow.code,
        "grade": CourseAttemptRow.grade,
    },
    references={"student": Student, "course": Course},
)

_SELECTIONS: dict[str, Selection] = {
    "department": flat(DepartmentRow),
    "course": replace(flat(CourseRow, department=Department), finish=_printed),
    "program": flat(ProgramRow, department=Department),
    "grading scheme": flat(GradingSchemeRow),
    "student": STUDENT,
    "instructor": flat(InstructorRow, department=Department),
    "course attempt": _COURSE_ATTEMPT,
    "hold": flat(HoldRow, student=Student),
    "term": TERM,
    "time ticket": TIME_TICKET,
    "room": flat(RoomRow),
    "offering": OFFERING,
    "section": SECTION,
    "enrollment": ENROLLMENT,
    "permission": PERMISSION,
    "waitlist entry": WAITLIST_ENTRY,
    "audit event": AUDIT_EVENT,
}


def selection_for(kind: RecordKind[Any, Any, Any]) -> Selection:
    """The selection of a kind of record."""
    return _SELECTIONS[kind.name]
