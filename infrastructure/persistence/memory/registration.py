"""Who sits where, from the memory tables: the `RegistrationViews` port but for the records."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from application.registration.dto import (
    EnrollmentRow,
    RosterEntry,
    RosterView,
    ScheduledCourse,
    ScheduledSection,
    ScheduleView,
)
from application.registration.ports import Addressee, Asked, AuditRecord, Standing
from application.shared.errors import NotFound
from domain.catalog.course import Course
from domain.people.student import Student
from domain.registration.codes import RejectionCode
from domain.registration.commands import Command
from domain.registration.enrollment import Enrollment, EnrollmentStatus, SeatTaken
from domain.registration.facts import Facts
from domain.registration.permission import Permission
from domain.registration.verification import SeatRows, Sitting, TermRoster
from domain.registration.waitlist import WaitlistEntry
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import EnrollmentId, OfferingId, SectionId, StudentId, TermId, WaitlistEntryId
from domain.shared.reference import Reference
from infrastructure.persistence.memory.facts import facts_for, waiting_of
from infrastructure.persistence.memory.records import identify
from infrastructure.persistence.memory.rows import component_name, last_stays, meeting_row
from infrastructure.persistence.memory.tables import Stay, Tables


class MemoryRegistrationReader:
    """Reads registration of one institution."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def addressees(self, asked: Sequence[Asked]) -> Mapping[Asked, Addressee]:
        """See `RegistrationViews.addressees`."""
        return {(term, student): await self.addressee(term, student) for term, student in asked}

    async def addressee(self, term: Reference, student: Reference) -> Addressee:
        """See `RegistrationViews.addressee`."""
        term_id = identify(self._tables, Term, term)
        student_id = identify(self._tables, Student, student)
        return Addressee(
            term=None if term_id is None else TermId(term_id),
            student=None if student_id is None else StudentId(student_id),
        )

    async def facts(self, term: TermId, commands: Sequence[Command]) -> Facts:
        """See `RegistrationViews.facts`."""
        return facts_for(self._tables, term, commands)

    async def queues_of(self, student: StudentId) -> Sequence[TermId]:
        """See `RegistrationViews.queues_of`."""
        entries = waiting_of(self._tables.entries.values())
        return sorted({entry.term_id for entry in entries if entry.student_id == student})

    async def queues_that_may_move(self, moment: datetime) -> Mapping[TermId, tuple[OfferingId, ...]]:
        """See `RegistrationViews.queues_that_may_move`."""
        found: dict[TermId, set[OfferingId]] = {}
        for entry in waiting_of(self._tables.entries.values()):
            if self._may_move(entry, moment):
                found.setdefault(entry.term_id, set()).add(entry.offering_id)
        return {term: tuple(sorted(found[term])) for term in sorted(found)}

    def _may_move(self, entry: WaitlistEntry, moment: datetime) -> bool:
        closes_at = self._tables.entity(Term, entry.term_id).waitlist_closes_at
        if (closes_at is not None and closes_at <= moment) or entry.drop_if_enrolled is not None:
            return True
        permissions = (stored.entity for stored in self._tables.records(Permission).values())
        if any(
            (permission.student_id, permission.offering_id) == (entry.student_id, entry.offering_id)
            and permission.revoked_at is None
            and RejectionCode.SEATS_FULL in permission.codes
            for permission in permissions
        ):
            return True
        seating = (self._tables.seating.get(section) for section in entry.section_ids)
        return all(known is None or known.free > 0 for known in seating)

    async def student_of(self, identifier: UUID) -> StudentId | None:
        """See `RegistrationViews.student_of`."""
        enrollment = self._tables.enrollments.get(EnrollmentId(identifier))
        known = self._tables.entries.get(WaitlistEntryId(identifier)) if enrollment is None else enrollment
        return None if known is None else known.student_id

    async def audit_records(self, term: TermId, after: int, limit: int) -> Sequence[AuditRecord]:
        """See `RegistrationViews.audit_records`."""
        found = (record for record in self._tables.audit.values() if record.term_id == term and record.number > after)
        return sorted(found, key=lambda record: record.number)[:limit]

    async def audit_records_about(self, identifier: UUID) -> Sequence[AuditRecord]:
        """See `RegistrationViews.audit_records_about`."""
        found = (record for record in self._tables.audit.values() if identifier in record.about)
        return sorted(found, key=lambda record: (record.occurred_at, record.term_id, record.number))

    async def audit_documents(self, digests: Sequence[str]) -> Mapping[str, str]:
        """See `RegistrationViews.audit_documents`."""
        documents = self._tables.documents
        return {digest: documents[digest] for digest in digests if digest in documents}

    async def standing(self, term: TermId) -> Standing:
        """See `RegistrationViews.standing`."""
        enrollments = (e for e in self._tables.enrollments.values() if e.term_id == term and e.ended_at is None)
        entries = (entry for entry in self._tables.entries.values() if entry.term_id == term)
        return Standing(tuple(sorted(enrollments, key=lambda e: e.number)), tuple(waiting_of(entries)))

    async def schedule(self, term: TermId, student: StudentId, as_of: datetime | None = None) -> ScheduleView:
        """See `RegistrationViews.schedule`."""
        own = self._tables.enrollments.values() if as_of is not None else self._standing_of(student)
        taken = (
            (enrollment, self._stays_at(enrollment, as_of))
            for enrollment in own
            if enrollment.term_id == term and enrollment.student_id == student
        )
        courses = [self._scheduled(enrollment, stays) for enrollment, stays in taken if stays]
        return ScheduleView(
            student=student,
            term=term,
            credits=sum((course.credits for course in courses), Decimal(0)),
            courses=tuple(sorted(courses, key=lambda course: (course.course_code, course.enrollment))),
        )

    def _standing_of(self, student: StudentId) -> Iterable[Enrollment]:
        return (self._tables.enrollments[identifier] for identifier in self._tables.standing.get(student, ()))

    def _stays_at(self, enrollment: Enrollment, as_of: datetime | None) -> tuple[Stay, ...]:
        return tuple(stay for stay in self._tables.stays[enrollment.id] if stay.lasts_at(as_of))

    def _scheduled(self, enrollment: Enrollment, stays: Iterable[Stay]) -> ScheduledCourse:
        offering = self._tables.entity(CourseOffering, enrollment.offering_id)
        course = self._tables.entity(Course, enrollment.course_id)
        sections = {stay.component_id: self._scheduled_section(offering, stay) for stay in stays}
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

    def _scheduled_section(self, offering: CourseOffering, stay: Stay) -> ScheduledSection:
        section = self._tables.entity(Section, stay.section_id)
        return ScheduledSection.model_validate(
            {
                "section": section.id,
                "section_code": section.code,
                "component": component_name(offering, section),
                "seat_no": stay.seat_no,
                "meetings": [meeting_row(meeting) for meeting in section.meetings],
            }
        )

    async def roster(self, section: SectionId, as_of: datetime | None = None) -> RosterView:
        """See `RegistrationViews.roster`."""
        stored = self._tables.records(Section).get(section)
        if stored is None:
            kind = "section"
            raise NotFound(kind, str(section))
        entries = [
            self._entry(enrollment, stay.seat_no)
            for enrollment in (self._sitting_in(section) if as_of is None else self._tables.enrollments.values())
            for stay in self._stays_at(enrollment, as_of)
            if stay.section_id == section
        ]
        return RosterView(
            section=section,
            section_code=stored.entity.code,
            capacity=stored.entity.capacity,
            entries=tuple(sorted(entries, key=lambda entry: entry.student_code)),
        )

    def _sitting_in(self, section: SectionId) -> Iterable[Enrollment]:
        return (self._tables.enrollments[identifier] for identifier in self._tables.sits_in(section))

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
                self._tables.entity(Section, stay.section_id).code,
                enrollment.number,
                enrollment.status,
            )
            for enrollment in self._tables.enrollments.values()
            if enrollment.term_id == term
            for stay in last_stays(self._tables, enrollment)
        ]
        for student_code, course_code, section_code, _, status in sorted(rows):
            yield EnrollmentRow(
                student_code=student_code, course_code=course_code, section_code=section_code, status=status
            )

    async def enrollment_csv(self, term: TermId) -> AsyncGenerator[str, None]:
        """See `RegistrationViews.enrollment_csv`."""
        async for row in self.enrollment_rows(term):
            # What codes are made of is never quoted.
            yield f"{row.student_code},{row.course_code},{row.section_code},{row.status.value}\n"

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
                section: SeatRows(
                    frozenset(seats),
                    self._tables.seating[section].seats,
                    frozenset(seat_no for seat_no, permission in seats.items() if permission is not None),
                )
                for section, seats in self._tables.seats.items()
                if seats
            },
            permissions=tuple(self._conflicts_waived(term)),
        )

    def _conflicts_waived(self, term: TermId) -> Iterator[Permission]:
        for stored in self._tables.records(Permission).values():
            if stored.entity.term_id == term and RejectionCode.TIME_CONFLICT in stored.entity.codes:
                yield stored.entity

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
