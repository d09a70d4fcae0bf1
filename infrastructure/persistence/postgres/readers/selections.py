"""For each kind of record, the SELECT of its view and the columns by which its collection is filtered and sorted."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Text, and_, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from application.shared.records import RecordKind
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.requisite_grammar import print_requisite
from domain.people.student import Student
from domain.scheduling.offering import CourseOffering
from domain.scheduling.term import Term
from infrastructure.persistence.postgres.mapping.requisites import requisite_of
from infrastructure.persistence.postgres.readers.scheduling import OFFERING, SECTION, STUDENT, TERM, TIME_TICKET
from infrastructure.persistence.postgres.readers.selection import Selection, flat
from infrastructure.persistence.postgres.rows.attempts import CourseAttemptRow
from infrastructure.persistence.postgres.rows.catalog import CourseRow, DepartmentRow, GradingSchemeRow, ProgramRow
from infrastructure.persistence.postgres.rows.people import HoldRow, InstructorRow, StudentRow
from infrastructure.persistence.postgres.rows.registration import EnrollmentRow, EnrollmentSectionRow
from infrastructure.persistence.postgres.rows.scheduling import RoomRow, SectionRow
from infrastructure.persistence.postgres.rows.terms import TermRow


def _printed(row: dict[str, Any]) -> dict[str, Any]:
    """A course with its requisites as texts."""
    stored = {name: row[name] for name in ("prerequisite", "corequisite", "exclusion")}
    printed = {name: print_requisite(requisite_of(document)) for name, document in stored.items() if document}
    return {**row, **printed}


_SECTION_CODES = (
    select(func.array_agg(aggregate_order_by(SectionRow.code, SectionRow.code)))
    .select_from(EnrollmentSectionRow)
    .join(
        SectionRow,
        and_(
            SectionRow.institution_id == EnrollmentSectionRow.institution_id,
            SectionRow.id == EnrollmentSectionRow.section_id,
        ),
    )
    .where(
        EnrollmentSectionRow.institution_id == EnrollmentRow.institution_id,
        EnrollmentSectionRow.enrollment_id == EnrollmentRow.id,
    )
    .correlate(EnrollmentRow)
    .scalar_subquery()
)

_ENROLLMENT = Selection(
    query=select(
        EnrollmentRow.id,
        EnrollmentRow.student_id.label("student"),
        StudentRow.code.label("student_code"),
        EnrollmentRow.term_id.label("term"),
        TermRow.code.label("term_code"),
        EnrollmentRow.offering_id.label("offering"),
        EnrollmentRow.course_id.label("course"),
        CourseRow.code.label("course_code"),
        EnrollmentRow.status,
        EnrollmentRow.credits,
        func.coalesce(_SECTION_CODES, literal_column("'{}'::text[]")).label("sections"),
        EnrollmentRow.number,
        EnrollmentRow.enrolled_at,
        EnrollmentRow.ended_at,
    )
    .join(
        StudentRow,
        and_(
            StudentRow.institution_id == EnrollmentRow.institution_id,
            StudentRow.id == EnrollmentRow.student_id,
        ),
    )
    .join(
        TermRow,
        and_(TermRow.institution_id == EnrollmentRow.institution_id, TermRow.id == EnrollmentRow.term_id),
    )
    .join(
        CourseRow,
        and_(CourseRow.institution_id == EnrollmentRow.institution_id, CourseRow.id == EnrollmentRow.course_id),
    ),
    institution=EnrollmentRow.institution_id,
    identifier=EnrollmentRow.id,
    columns={
        "number": EnrollmentRow.number,
        "enrolled_at": EnrollmentRow.enrolled_at,
        "student": EnrollmentRow.student_id,
        "student_code": StudentRow.code,
        "term": EnrollmentRow.term_id,
        "term_code": TermRow.code,
        "offering": EnrollmentRow.offering_id,
        "course_code": CourseRow.code,
        "status": EnrollmentRow.status,
    },
    references={"student": Student, "term": Term, "offering": CourseOffering},
)

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
    "enrollment": _ENROLLMENT,
}


def selection_for(kind: RecordKind[Any, Any, Any]) -> Selection:
    """The selection of a kind of record."""
    return _SELECTIONS[kind.name]
