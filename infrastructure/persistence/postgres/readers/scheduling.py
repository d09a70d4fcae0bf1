"""The selections of students, terms, time tickets, offerings and sections: views with parts, which come as JSON."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal_column, select

from domain.catalog.course import Course
from domain.catalog.program import Program
from domain.people.instructor import Instructor
from domain.scheduling.offering import CourseOffering
from domain.scheduling.term import Term
from infrastructure.persistence.postgres.readers.selection import Column, Selection, flat, ids, parts
from infrastructure.persistence.postgres.rows.catalog import CourseRow
from infrastructure.persistence.postgres.rows.people import StudentAdvisorRow, StudentRow, TestScoreRow
from infrastructure.persistence.postgres.rows.registration import EnrollmentSectionRow, SeatRow
from infrastructure.persistence.postgres.rows.scheduling import (
    ComponentRow,
    ConfigurationRow,
    MeetingRow,
    OfferingCourseRow,
    OfferingProgramRow,
    OfferingRow,
    ReservedSeatsProgramRow,
    ReservedSeatsRow,
    ReservedSeatsStudentRow,
    SectionInstructorRow,
    SectionRow,
)
from infrastructure.persistence.postgres.rows.terms import (
    SessionRow,
    TermCreditLimitRow,
    TermRow,
    TimeTicketProgramRow,
    TimeTicketRow,
    TimeTicketStudentRow,
)


def _with(selection: Selection, **columns: Column) -> Selection:
    """The selection, with more columns in its view."""
    return replace(selection, query=selection.query.add_columns(*(c.label(name) for name, c in columns.items())))


def _cohort(students: Column, programs: Column, class_levels: Column) -> Column:
    return func.json_build_object(
        literal_column("'students'"),
        students,
        literal_column("'programs'"),
        programs,
        literal_column("'class_levels'"),
        class_levels,
    )


def _is_advised_by(instructor: UUID) -> ColumnElement[bool]:
    advised = select(StudentAdvisorRow.student_id).where(
        StudentAdvisorRow.institution_id == StudentRow.institution_id, StudentAdvisorRow.instructor_id == instructor
    )
    return StudentRow.id.in_(advised.correlate(StudentRow))


_STUDENT = _with(
    flat(StudentRow, program=Program),
    test_scores=parts(
        StudentRow,
        TestScoreRow.position,
        TestScoreRow.institution_id == StudentRow.institution_id,
        TestScoreRow.student_id == StudentRow.id,
        test=TestScoreRow.test,
        score=cast(TestScoreRow.score, Text),
    ),
    advisors=ids(
        StudentRow,
        StudentAdvisorRow.instructor_id,
        StudentAdvisorRow.institution_id == StudentRow.institution_id,
        StudentAdvisorRow.student_id == StudentRow.id,
    ),
)

STUDENT = replace(
    _STUDENT,
    references={**_STUDENT.references, "advisor": Instructor},
    conditions={"advisor": _is_advised_by},
)

TERM = _with(
    flat(TermRow),
    sessions=parts(
        TermRow,
        SessionRow.position,
        SessionRow.institution_id == TermRow.institution_id,
        SessionRow.term_id == TermRow.id,
        code=SessionRow.code,
        name=SessionRow.name,
        starts_on=SessionRow.starts_on,
        ends_on=SessionRow.ends_on,
        add_deadline=SessionRow.add_deadline,
        drop_deadline=SessionRow.drop_deadline,
        withdrawal_deadline=SessionRow.withdrawal_deadline,
    ),
    credit_limits=parts(
        TermRow,
        TermCreditLimitRow.class_level,
        TermCreditLimitRow.institution_id == TermRow.institution_id,
        TermCreditLimitRow.term_id == TermRow.id,
        class_level=TermCreditLimitRow.class_level,
        credit_maximum=cast(TermCreditLimitRow.credit_maximum, Text),
        credit_minimum=cast(TermCreditLimitRow.credit_minimum, Text),
    ),
)

TIME_TICKET = Selection(
    query=select(
        TimeTicketRow.id,
        cast(TimeTicketRow.term_id, Text).label("term"),
        TimeTicketRow.name,
        _cohort(
            ids(
                TimeTicketRow,
                TimeTicketStudentRow.student_id,
                TimeTicketStudentRow.institution_id == TimeTicketRow.institution_id,
                TimeTicketStudentRow.time_ticket_id == TimeTicketRow.id,
            ),
            ids(
                TimeTicketRow,
                TimeTicketProgramRow.program_id,
                TimeTicketProgramRow.institution_id == TimeTicketRow.institution_id,
                TimeTicketProgramRow.time_ticket_id == TimeTicketRow.id,
            ),
            TimeTicketRow.class_levels,
        ).label("cohort"),
        TimeTicketRow.opens_at,
        TimeTicketRow.closes_at,
        TimeTicketRow.version,
    ),
    institution=TimeTicketRow.institution_id,
    identifier=TimeTicketRow.id,
    columns={"opens_at": TimeTicketRow.opens_at, "name": TimeTicketRow.name, "term": TimeTicketRow.term_id},
    references={"term": Term},
)

_COMPONENTS = parts(
    ConfigurationRow,
    ComponentRow.position,
    ComponentRow.institution_id == ConfigurationRow.institution_id,
    ComponentRow.configuration_id == ConfigurationRow.id,
    id=ComponentRow.id,
    name=ComponentRow.name,
    kind=ComponentRow.kind,
)

OFFERING = Selection(
    query=select(
        OfferingRow.id,
        cast(OfferingRow.term_id, Text).label("term"),
        cast(OfferingRow.course_id, Text).label("course"),
        OfferingRow.code,
        parts(
            OfferingRow,
            ConfigurationRow.position,
            ConfigurationRow.institution_id == OfferingRow.institution_id,
            ConfigurationRow.offering_id == OfferingRow.id,
            id=ConfigurationRow.id,
            name=ConfigurationRow.name,
            components=_COMPONENTS,
        ).label("configurations"),
        ids(
            OfferingRow,
            OfferingCourseRow.course_id,
            OfferingCourseRow.institution_id == OfferingRow.institution_id,
            OfferingCourseRow.offering_id == OfferingRow.id,
            OfferingCourseRow.course_id != OfferingRow.course_id,
            order=OfferingCourseRow.position,
        ).label("cross_listed"),
        OfferingRow.session,
        OfferingRow.class_levels,
        ids(
            OfferingRow,
            OfferingProgramRow.program_id,
            OfferingProgramRow.institution_id == OfferingRow.institution_id,
            OfferingProgramRow.offering_id == OfferingRow.id,
        ).label("programs"),
        OfferingRow.consent,
        OfferingRow.version,
    ),
    institution=OfferingRow.institution_id,
    identifier=OfferingRow.id,
    columns={"code": OfferingRow.code, "term": OfferingRow.term_id, "course": OfferingRow.course_id},
    references={"term": Term, "course": Course},
)

_MEETINGS = parts(
    SectionRow,
    MeetingRow.position,
    MeetingRow.institution_id == SectionRow.institution_id,
    MeetingRow.section_id == SectionRow.id,
    weekdays=MeetingRow.weekdays,
    starts_at=MeetingRow.starts_at,
    ends_at=MeetingRow.ends_at,
    weeks=MeetingRow.weeks,
    first_date=MeetingRow.first_date,
    last_date=MeetingRow.last_date,
    room=MeetingRow.room_id,
)

_RESERVED = parts(
    SectionRow,
    ReservedSeatsRow.position,
    ReservedSeatsRow.institution_id == SectionRow.institution_id,
    ReservedSeatsRow.section_id == SectionRow.id,
    name=ReservedSeatsRow.name,
    cohort=_cohort(
        ids(
            ReservedSeatsRow,
            ReservedSeatsStudentRow.student_id,
            ReservedSeatsStudentRow.institution_id == ReservedSeatsRow.institution_id,
            ReservedSeatsStudentRow.section_id == ReservedSeatsRow.section_id,
            ReservedSeatsStudentRow.name == ReservedSeatsRow.name,
        ),
        ids(
            ReservedSeatsRow,
            ReservedSeatsProgramRow.program_id,
            ReservedSeatsProgramRow.institution_id == ReservedSeatsRow.institution_id,
            ReservedSeatsProgramRow.section_id == ReservedSeatsRow.section_id,
            ReservedSeatsProgramRow.name == ReservedSeatsRow.name,
        ),
        ReservedSeatsRow.class_levels,
    ),
    seats=ReservedSeatsRow.seats,
    released_at=ReservedSeatsRow.released_at,
)

_SEATS_TAKEN = (
    select(func.count())
    .select_from(EnrollmentSectionRow)
    .where(
        EnrollmentSectionRow.institution_id == SectionRow.institution_id,
        EnrollmentSectionRow.section_id == SectionRow.id,
        EnrollmentSectionRow.until_at.is_(None),
    )
    .correlate(SectionRow)
    .scalar_subquery()
)

_SEATS_ABOVE = (
    select(func.count())
    .select_from(SeatRow)
    .where(
        SeatRow.institution_id == SectionRow.institution_id,
        SeatRow.section_id == SectionRow.id,
        SeatRow.permission_id.is_not(None),
    )
    .correlate(SectionRow)
    .scalar_subquery()
)


def _with_free_seats(row: dict[str, Any]) -> dict[str, Any]:
    """A section with its free seats; those that permissions added are none of its capacity."""
    capacity, above = row["capacity"], row["seats_above"]
    free = None if capacity is None else max(0, capacity - row["seats_taken"] + above)
    return {**{name: row[name] for name in row if name != "seats_above"}, "seats_free": free}


_OF_SECTION = and_(OfferingRow.institution_id == SectionRow.institution_id, OfferingRow.id == SectionRow.offering_id)

SECTION = Selection(
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
        _MEETINGS.label("meetings"),
        ids(
            SectionRow,
            SectionInstructorRow.instructor_id,
            SectionInstructorRow.institution_id == SectionRow.institution_id,
            SectionInstructorRow.section_id == SectionRow.id,
            order=SectionInstructorRow.position,
        ).label("instructors"),
        SectionRow.waitlist_capacity,
        _RESERVED.label("reserved"),
        _SEATS_TAKEN.label("seats_taken"),
        _SEATS_ABOVE.label("seats_above"),
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
        and_(ComponentRow.institution_id == SectionRow.institution_id, ComponentRow.id == SectionRow.component_id),
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
    finish=_with_free_seats,
)
