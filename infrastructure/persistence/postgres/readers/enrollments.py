"""The selections of enrollments, waitlist entries and permissions."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, null, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute, aliased

from application.registration.decisions import rejection_view
from domain.people.student import Student
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from infrastructure.persistence.postgres.readers.selection import Column, Selection, flat
from infrastructure.persistence.postgres.registration.rejections import rejections_of
from infrastructure.persistence.postgres.rows.base import Row
from infrastructure.persistence.postgres.rows.catalog import CourseRow
from infrastructure.persistence.postgres.rows.people import StudentRow
from infrastructure.persistence.postgres.rows.registration import EnrollmentRow, EnrollmentSectionRow
from infrastructure.persistence.postgres.rows.scheduling import SectionRow
from infrastructure.persistence.postgres.rows.terms import TermRow
from infrastructure.persistence.postgres.rows.waitlists import PermissionRow, WaitlistEntryRow, WaitlistEntrySectionRow

_CODES = func.coalesce(
    func.array_agg(aggregate_order_by(SectionRow.code, SectionRow.code)), literal_column("'{}'::text[]")
)

_SECTIONS_TAKEN = (
    select(_CODES)
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
        EnrollmentSectionRow.until_at.is_not_distinct_from(EnrollmentRow.ended_at),
    )
    .correlate(EnrollmentRow)
    .scalar_subquery()
)
"""The codes of the sections of an enrollment: those of its stays that last, or lasted until its end."""

_SECTIONS_WANTED = (
    select(_CODES)
    .select_from(WaitlistEntrySectionRow)
    .join(
        SectionRow,
        and_(
            SectionRow.institution_id == WaitlistEntrySectionRow.institution_id,
            SectionRow.id == WaitlistEntrySectionRow.section_id,
        ),
    )
    .where(
        WaitlistEntrySectionRow.institution_id == WaitlistEntryRow.institution_id,
        WaitlistEntrySectionRow.entry_id == WaitlistEntryRow.id,
    )
    .correlate(WaitlistEntryRow)
    .scalar_subquery()
)


def _position() -> ColumnElement[Any]:
    """The place of a waiting entry among those who wait for one of its sections, from 1."""
    mine, theirs, other = aliased(WaitlistEntrySectionRow), aliased(WaitlistEntrySectionRow), aliased(WaitlistEntryRow)
    ahead = (
        select(func.count(other.id.distinct()))
        .select_from(mine)
        .join(theirs, and_(theirs.institution_id == mine.institution_id, theirs.section_id == mine.section_id))
        .join(other, and_(other.institution_id == theirs.institution_id, other.id == theirs.entry_id))
        .where(
            mine.institution_id == WaitlistEntryRow.institution_id,
            mine.entry_id == WaitlistEntryRow.id,
            other.status == "waiting",
            tuple_(other.priority, other.number) <= tuple_(WaitlistEntryRow.priority, WaitlistEntryRow.number),
        )
        .correlate(WaitlistEntryRow)
        .scalar_subquery()
    )
    return case((WaitlistEntryRow.status == "waiting", ahead), else_=null())


def _named(
    query: Select[*tuple[Any, ...]],
    row: type[Row],
    student: InstrumentedAttribute[Any],
    term: InstrumentedAttribute[Any],
    course: InstrumentedAttribute[Any],
) -> Select[*tuple[Any, ...]]:
    """The query joined with what names the student, the term and the course."""
    institution: Column = row.__table__.c.institution_id
    return (
        query.join(StudentRow, and_(StudentRow.institution_id == institution, StudentRow.id == student))
        .join(TermRow, and_(TermRow.institution_id == institution, TermRow.id == term))
        .join(CourseRow, and_(CourseRow.institution_id == institution, CourseRow.id == course))
    )


ENROLLMENT = Selection(
    query=_named(
        select(
            EnrollmentRow.id,
            EnrollmentRow.student_id.label("student"),
            StudentRow.code.label("student_code"),
            EnrollmentRow.term_id.label("term"),
            TermRow.code.label("term_code"),
            EnrollmentRow.offering_id.label("offering"),
            EnrollmentRow.course_id.label("course"),
            CourseRow.code.label("course_code"),
            EnrollmentRow.status,
            case((EnrollmentRow.status == "withdrawn", "W"), else_=null()).label("mark"),
            EnrollmentRow.grading_basis,
            EnrollmentRow.credits,
            _SECTIONS_TAKEN.label("sections"),
            EnrollmentRow.number,
            EnrollmentRow.enrolled_at,
            EnrollmentRow.ended_at,
        ),
        EnrollmentRow,
        EnrollmentRow.student_id,
        EnrollmentRow.term_id,
        EnrollmentRow.course_id,
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


def _explained(row: dict[str, Any]) -> dict[str, Any]:
    """An entry with the rejections for which it was passed over in the words of the contract."""
    return {**row, "skipped": [rejection_view(rejection) for rejection in rejections_of(row["skipped"])]}


WAITLIST_ENTRY = Selection(
    query=_named(
        select(
            WaitlistEntryRow.id,
            WaitlistEntryRow.student_id.label("student"),
            StudentRow.code.label("student_code"),
            WaitlistEntryRow.term_id.label("term"),
            TermRow.code.label("term_code"),
            WaitlistEntryRow.offering_id.label("offering"),
            WaitlistEntryRow.course_id.label("course"),
            CourseRow.code.label("course_code"),
            _SECTIONS_WANTED.label("sections"),
            WaitlistEntryRow.status,
            _position().label("position"),
            WaitlistEntryRow.priority,
            WaitlistEntryRow.number,
            WaitlistEntryRow.grading_basis,
            WaitlistEntryRow.drop_if_enrolled,
            case((WaitlistEntryRow.status == "promoted", WaitlistEntryRow.enrollment_id), else_=null()).label(
                "enrollment"
            ),
            WaitlistEntryRow.skipped,
            WaitlistEntryRow.joined_at,
            WaitlistEntryRow.ended_at,
        ),
        WaitlistEntryRow,
        WaitlistEntryRow.student_id,
        WaitlistEntryRow.term_id,
        WaitlistEntryRow.course_id,
    ),
    institution=WaitlistEntryRow.institution_id,
    identifier=WaitlistEntryRow.id,
    columns={
        "number": WaitlistEntryRow.number,
        "student": WaitlistEntryRow.student_id,
        "student_code": StudentRow.code,
        "term": WaitlistEntryRow.term_id,
        "term_code": TermRow.code,
        "offering": WaitlistEntryRow.offering_id,
        "course_code": CourseRow.code,
        "status": WaitlistEntryRow.status,
    },
    references={"student": Student, "term": Term, "offering": CourseOffering},
    finish=_explained,
)

PERMISSION = flat(PermissionRow, student=Student, term=Term, offering=CourseOffering, section=Section)
