"""For each kind of record, the SELECT of its view and the columns by which its collection is filtered and sorted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import QueryableAttribute

from application.shared.records import Entity, RecordKind
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.program import Program
from domain.people.student import Student
from domain.scheduling.offering import CourseOffering
from domain.scheduling.term import Term
from infrastructure.persistence.postgres.rows.base import Row
from infrastructure.persistence.postgres.rows.catalog import CourseRow, DepartmentRow, ProgramRow
from infrastructure.persistence.postgres.rows.people import HoldRow, InstructorRow, StudentRow
from infrastructure.persistence.postgres.rows.registration import EnrollmentRow, EnrollmentSectionRow
from infrastructure.persistence.postgres.rows.scheduling import (
    ComponentRow,
    ConfigurationRow,
    MeetingRow,
    OfferingRow,
    RoomRow,
    SectionInstructorRow,
    SectionRow,
    TermRow,
)

Column = ColumnElement[Any] | QueryableAttribute[Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """A view's SELECT, whose labels are the fields of the view.

    `columns` are what a collection can be filtered, sorted and searched by; for the filters in `references` the value
    names a record of that entity type.
    """

    query: Select[*tuple[Any, ...]]
    institution: Column
    identifier: Column
    columns: Mapping[str, Column]
    references: Mapping[str, type[Entity]] = field(default_factory=dict)


def _flat(row: type[Row], **references: type[Entity]) -> Selection:
    """The selection of a table whose columns are the fields of its view; references lose their `_id`."""
    columns: dict[str, Column] = {}
    selected: list[Column] = []
    for column in row.__table__.c:
        if column.name == "institution_id":
            continue
        name = column.name.removesuffix("_id")
        columns[name] = column
        selected.append(cast(column, Text).label(name) if name in references else column.label(name))
    table = row.__table__.c
    return Selection(select(*selected), table.institution_id, table.id, columns, references)


_CONFIGURATIONS = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_object(
                    "id",
                    ConfigurationRow.id,
                    "name",
                    ConfigurationRow.name,
                    "components",
                    select(
                        func.json_agg(
                            aggregate_order_by(
                                func.json_build_object(
                                    "id",
                                    ComponentRow.id,
                                    "name",
                                    ComponentRow.name,
                                    "kind",
                                    ComponentRow.kind,
                                ),
                                ComponentRow.position,
                            )
                        )
                    )
                    .where(
                        ComponentRow.institution_id == ConfigurationRow.institution_id,
                        ComponentRow.configuration_id == ConfigurationRow.id,
                    )
                    .correlate(ConfigurationRow)
                    .scalar_subquery(),
                ),
                ConfigurationRow.position,
            )
        )
    )
    .where(
        ConfigurationRow.institution_id == OfferingRow.institution_id,
        ConfigurationRow.offering_id == OfferingRow.id,
    )
    .correlate(OfferingRow)
    .scalar_subquery()
)

_OFFERING = Selection(
    query=select(
        OfferingRow.id,
        cast(OfferingRow.term_id, Text).label("term"),
        cast(OfferingRow.course_id, Text).label("course"),
        OfferingRow.code,
        _CONFIGURATIONS.label("configurations"),
        OfferingRow.version,
    ),
    institution=OfferingRow.institution_id,
    identifier=OfferingRow.id,
    columns={"code": OfferingRow.code, "term": OfferingRow.term_id, "course": OfferingRow.course_id},
    references={"term": Term, "course": Course},
)

MEETINGS = (
    select(
        func.coalesce(
            func.json_agg(
                aggregate_order_by(
                    func.json_build_object(
                        "weekdays",
                        MeetingRow.weekdays,
                        "starts_at",
                        MeetingRow.starts_at,
                        "ends_at",
                        MeetingRow.ends_at,
                        "weeks",
                        MeetingRow.weeks,
                        "first_date",
                        MeetingRow.first_date,
                        "last_date",
                        MeetingRow.last_date,
                        "room",
                        MeetingRow.room_id,
                    ),
                    MeetingRow.position,
                )
            ),
            literal_column("'[]'::json"),
        )
    )
    .where(MeetingRow.institution_id == SectionRow.institution_id, MeetingRow.section_id == SectionRow.id)
    .correlate(SectionRow)
    .scalar_subquery()
)
"""The meetings of the section in the enclosing SELECT, as JSON in the form of `MeetingFields`."""

_INSTRUCTORS = (
    select(
        func.coalesce(
            func.array_agg(
                aggregate_order_by(cast(SectionInstructorRow.instructor_id, Text), SectionInstructorRow.position)
            ),
            literal_column("'{}'::text[]"),
        )
    )
    .where(
        SectionInstructorRow.institution_id == SectionRow.institution_id,
        SectionInstructorRow.section_id == SectionRow.id,
    )
    .correlate(SectionRow)
    .scalar_subquery()
)

_SEATS_TAKEN = (
    select(func.count())
    .select_from(EnrollmentSectionRow)
    .where(
        EnrollmentSectionRow.institution_id == SectionRow.institution_id,
        EnrollmentSectionRow.section_id == SectionRow.id,
        EnrollmentSectionRow.status == "enrolled",
    )
    .correlate(SectionRow)
    .scalar_subquery()
)

_OF_SECTION = and_(OfferingRow.institution_id == SectionRow.institution_id, OfferingRow.id == SectionRow.offering_id)

_SECTION = Selection(
    query=select(
        SectionRow.id,
        cast(SectionRow.term_id, Text).label("term"),
        TermRow.code.label("term_code"),
        cast(SectionRow.offering_id, Text).label("offering"),
        CourseRow.code.label("course_code"),
        (ConfigurationRow.name + "/" + ComponentRow.name).label("component"),
        SectionRow.code,
        SectionRow.capacity,
        SectionRow.status,
        cast(SectionRow.parent_id, Text).label("parent"),
        MEETINGS.label("meetings"),
        _INSTRUCTORS.label("instructors"),
        _SEATS_TAKEN.label("seats_taken"),
        SectionRow.version,
    )
    .join(OfferingRow, _OF_SECTION)
    .join(TermRow, and_(TermRow.institution_id == SectionRow.institution_id, TermRow.id == SectionRow.term_id))
    .join(
        CourseRow,
        and_(CourseRow.institution_id == SectionRow.institution_id, CourseRow.id == OfferingRow.course_id),
    )
    .join(
        ComponentRow,
        and_(
            ComponentRow.institution_id == SectionRow.institution_id,
            ComponentRow.id == SectionRow.component_id,
        ),
    )
    .join(
        ConfigurationRow,
        and_(
            ConfigurationRow.institution_id == SectionRow.institution_id,
            ConfigurationRow.id == ComponentRow.configuration_id,
        ),
    ),
    institution=SectionRow.institution_id,
    identifier=SectionRow.id,
    columns={
        "code": SectionRow.code,
        "term": SectionRow.term_id,
        "offering": SectionRow.offering_id,
        "status": SectionRow.status,
        "course_code": CourseRow.code,
    },
    references={"term": Term, "offering": CourseOffering},
)

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
        EnrollmentRow.dropped_at,
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

_SELECTIONS: dict[str, Selection] = {
    "department": _flat(DepartmentRow),
    "course": _flat(CourseRow, department=Department),
    "program": _flat(ProgramRow, department=Department),
    "student": _flat(StudentRow, program=Program),
    "instructor": _flat(InstructorRow, department=Department),
    "hold": _flat(HoldRow, student=Student),
    "term": _flat(TermRow),
    "room": _flat(RoomRow),
    "offering": _OFFERING,
    "section": _SECTION,
    "enrollment": _ENROLLMENT,
}


def selection_for(kind: RecordKind[Any, Any, Any]) -> Selection:
    """The selection of a kind of record."""
    return _SELECTIONS[kind.name]
