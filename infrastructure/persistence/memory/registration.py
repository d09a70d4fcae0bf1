"""Who sits where, from the memory tables: the `RegistrationViews` port but for the records."""

from collections.abc import AsyncIterator
from decimal import Decimal

from application.registration.dto import (
    EnrollmentRow,
    RosterEntry,
    RosterView,
    ScheduledCourse,
    ScheduledSection,
    ScheduleView,
)
from application.registration.ports import Addressee
from application.shared.errors import NotFound
from domain.catalog.course import Course
from domain.people.student import Student
from domain.registration.enrollment import Enrollment, EnrollmentStatus, SeatTaken
from domain.registration.verification import SeatRows, Sitting, TermRoster
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import SectionId, StudentId, TermId
from domain.shared.reference import Reference
from infrastructure.persistence.memory.records import identify
from infrastructure.persistence.memory.rows import component_name, meeting_row
from infrastructure.persistence.memory.tables import Tables


class MemoryRegistrationReader:
    """Reads registration of one institution."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def addressee(self, term: Reference, student: Reference) -> Addressee:
        """See `RegistrationViews.addressee`."""
        term_id = identify(self._tables, Term, term)
        student_id = identify(self._tables, Student, student)
        return Addressee(
            term=None if term_id is None else TermId(term_id),
            student=None if student_id is None else StudentId(student_id),
        )

    async def schedule(self, term: TermId, student: StudentId) -> ScheduleView:
        """See `RegistrationViews.schedule`."""
        standing = (self._tables.enrollments[e] for e in self._tables.standing.get(student, ()))
        courses = [self._scheduled(enrollment) for enrollment in standing if enrollment.term_id == term]
        return ScheduleView(
            student=student,
            term=term,
            credits=sum((course.credits for course in courses), Decimal(0)),
            courses=tuple(sorted(courses, key=lambda course: (course.course_code, course.enrollment))),
        )

    def _scheduled(self, enrollment: Enrollment) -> ScheduledCourse:
        offering = self._tables.entity(CourseOffering, enrollment.offering_id)
        course = self._tables.entity(Course, enrollment.course_id)
        sections = {seat.component_id: self._scheduled_section(offering, seat) for seat in enrollment.seats}
        return ScheduledCourse(
            enrollment=enrollment.id,
            offering=offering.id,
            course_code=course.code,
            title=course.title,
            credits=enrollment.credits,
            sections=tuple(
                sections[component.id]
                for configuration in offering.configurations
                for component in configuration.components
                if component.id in sections
            ),
        )

    def _scheduled_section(self, offering: CourseOffering, seat: SeatTaken) -> ScheduledSection:
        section = self._tables.entity(Section, seat.section_id)
        return ScheduledSection.model_validate(
            {
                "section": section.id,
                "section_code": section.code,
                "component": component_name(offering, section),
                "seat_no": seat.seat_no,
                "meetings": [meeting_row(meeting) for meeting in section.meetings],
            }
        )

    async def roster(self, section: SectionId) -> RosterView:
        """See `RegistrationViews.roster`."""
        stored = self._tables.records(Section).get(section)
        if stored is None:
            kind = "section"
            raise NotFound(kind, str(section))
        entries = [
            self._entry(self._tables.enrollments[enrollment], seat_no)
            for enrollment, seat_no in self._tables.sits_in(section).items()
        ]
        return RosterView(
            section=section,
            section_code=stored.entity.code,
            capacity=stored.entity.capacity,
            entries=tuple(sorted(entries, key=lambda entry: entry.student_code)),
        )

    def _entry(self, enrollment: Enrollment, seat_no: int | None) -> RosterEntry:
        student = self._tables.entity(Student, enrollment.student_id)
        return RosterEntry(
            student=student.id,
            student_code=student.code,
            given_name=student.given_name,
            family_name=student.family_name,
            enrollment=enrollment.id,
            seat_no=seat_no,
            enrolled_at=enrollment.enrolled_at,
        )

    async def enrollment_rows(self, term: TermId) -> AsyncIterator[EnrollmentRow]:
        """See `RegistrationViews.enrollment_rows`."""
        rows = [
            (
                self._tables.entity(Student, enrollment.student_id).code,
                self._tables.entity(Course, enrollment.course_id).code,
                self._tables.entity(Section, seat.section_id).code,
                enrollment.number,
                enrollment.status,
            )
            for enrollment in self._tables.enrollments.values()
            if enrollment.term_id == term
            for seat in enrollment.seats
        ]
        for student_code, course_code, section_code, _, status in sorted(rows):
            yield EnrollmentRow(
                student_code=student_code, course_code=course_code, section_code=section_code, status=status
            )

    async def term_roster(self, term: TermId) -> TermRoster:
        """See `RegistrationViews.term_roster`."""
        stored = self._tables.records(Term).get(term)
        if stored is None:
            kind = "term"
            raise NotFound(kind, str(term))
        offerings = (kept.entity for kept in self._tables.records(CourseOffering).values())
        sections = (kept.entity for kept in self._tables.records(Section).values())
        standing = [
            enrollment
            for enrollment in self._tables.enrollments.values()
            if enrollment.term_id == term and enrollment.status is EnrollmentStatus.ENROLLED
        ]
        return TermRoster(
            term=stored.entity,
            offerings=tuple(offering for offering in offerings if offering.term_id == term),
            sections=tuple(section for section in sections if section.term_id == term),
            sittings=tuple(self._sitting(enrollment, seat) for enrollment in standing for seat in enrollment.seats),
            unseated=tuple(enrollment.id for enrollment in standing if not enrollment.seats),
            seats={
                section: SeatRows(numbers, self._tables.seating[section].seats)
                for section, numbers in self._tables.seats.items()
            },
        )

    def _sitting(self, enrollment: Enrollment, seat: SeatTaken) -> Sitting:
        return Sitting(
            enrollment_id=enrollment.id,
            student_id=enrollment.student_id,
            student_code=self._tables.entity(Student, enrollment.student_id).code,
            course_id=enrollment.course_id,
            offering_id=enrollment.offering_id,
            section_id=seat.section_id,
            seat_no=seat.seat_no,
        )
