"""The desk's book and the views of who sits where, over the memory tables."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from application.registration.dto import (
    EnrollmentRow,
    RosterEntry,
    RosterView,
    ScheduledCourse,
    ScheduledSection,
    ScheduleView,
)
from application.registration.ports import Addressee, StaleSeating
from application.shared.errors import NotFound
from application.shared.records import Entity
from domain.catalog.course import Course
from domain.people.hold import Hold
from domain.people.student import Student
from domain.registration.commands import Add, Command, RegistrationRequest, ReviseSection
from domain.registration.enrollment import Enrollment, EnrollmentStatus
from domain.registration.facts import Facts, OfferingFacts, StudentFacts
from domain.registration.outcomes import Effects
from domain.registration.verification import Sitting, TermRoster
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import InstitutionId, OfferingId, SectionId, StudentId, TermId
from domain.shared.reference import Reference
from infrastructure.persistence.memory.records import MemoryRecords, identify
from infrastructure.persistence.memory.tables import Tables
from infrastructure.persistence.memory.views import component_name, meeting_fields

E = TypeVar("E", bound=Entity)
T = TypeVar("T", CourseOffering, Section)


class MemoryRegistrationBook:
    """The `RegistrationBook` port over the tables of one transaction, which holds the lock anyway."""

    def __init__(self, tables: Tables, institution: InstitutionId) -> None:
        self._tables = tables
        self._institution = institution

    async def load(self, term: TermId, commands: Sequence[Command]) -> Facts:
        """See `RegistrationBook.load`."""
        if term not in self._tables.next_numbers:
            kind = "term"
            raise NotFound(kind, str(term))
        stored = self._tables.entity(Term, term)
        requests = [command for command in commands if isinstance(command, RegistrationRequest)]
        adds = [action for request in requests for action in request.actions if isinstance(action, Add)]
        offering_ids: dict[Reference, OfferingId] = {}
        for add in adds:
            found = self._in_term(CourseOffering, add.offering, stored)
            if found is not None:
                offering_ids[add.offering] = OfferingId(found)
        section_ids: dict[Reference, SectionId] = {}
        for reference in (reference for add in adds for reference in add.sections):
            found = self._in_term(Section, reference, stored)
            if found is not None:
                section_ids[reference] = SectionId(found)
        revised = [command.section.offering_id for command in commands if isinstance(command, ReviseSection)]
        offerings = {
            identifier: self._offering(identifier) for identifier in dict.fromkeys((*offering_ids.values(), *revised))
        }
        students = {request.student_id: self._student(request.student_id, term) for request in requests}
        sections = {section.id: section for known in offerings.values() for section in known.sections}
        for facts in students.values():
            for seat in (seat for enrollment in facts.enrollments for seat in enrollment.seats):
                sections[seat.section_id] = self._tables.entity(Section, seat.section_id)
        return Facts(
            term=stored,
            next_number=self._tables.next_numbers[term],
            students=students,
            offerings=offerings,
            sections=sections,
            seating={
                identifier: replace(self._tables.seating[identifier], capacity=section.capacity)
                for identifier, section in sections.items()
                if section.capacity is not None
            },
            offering_ids=offering_ids,
            section_ids=section_ids,
        )

    async def apply(self, term: TermId, effects: Effects) -> None:
        """See `RegistrationBook.apply`."""
        sections = MemoryRecords(self._tables, Section, self._institution, founded=True)
        for revised in effects.revised:
            await sections.save(revised.section, revised.expected_version)
        for section, seat_no in effects.seats_added:
            if seat_no in self._tables.seats[section]:
                raise StaleSeating
            self._tables.seats[section] |= {seat_no}
        ended = {enrollment.id: enrollment for enrollment in effects.dropped}
        for enrollment in effects.dropped:
            self._leave(enrollment)
        for enrollment in effects.enrolled:
            self._enter(ended.get(enrollment.id, enrollment))
        for section, seat_no in effects.seats_removed:
            self._tables.seats[section] -= {seat_no}
        for section, seating in effects.seating.items():
            self._tables.seating[section] = seating
        self._tables.next_numbers[term] = effects.next_number

    async def recount(self, term: TermId) -> None:
        """See `RegistrationBook.recount`."""
        for stored in self._tables.records(Section).values():
            section = stored.entity
            if section.term_id == term and section.id in self._tables.seating:
                numbers = self._tables.seats[section.id]
                last = max(numbers, default=0)
                taken = set(self._tables.sits_in(section.id).values())
                self._tables.seating[section.id] = replace(
                    self._tables.seating[section.id],
                    next_seat=last + 1,
                    last_seat=last,
                    seats=len(numbers),
                    freed=tuple(sorted(numbers - taken)),
                )

    def _in_term(self, entity: type[CourseOffering | Section], reference: Reference, term: Term) -> UUID | None:
        scoped = replace(reference, scope=term.code) if reference.code and reference.scope is None else reference
        found = identify(self._tables, entity, scoped)
        return found if found is not None and self._tables.entity(entity, found).term_id == term.id else None

    def _offering(self, identifier: OfferingId) -> OfferingFacts:
        offering = self._tables.entity(CourseOffering, identifier)
        own = (stored.entity for stored in self._tables.records(Section).values())
        sections = sorted((section for section in own if section.offering_id == identifier), key=lambda s: s.code)
        return OfferingFacts(offering, self._tables.entity(Course, offering.course_id).credits, tuple(sections))

    def _student(self, student: StudentId, term: TermId) -> StudentFacts:
        holds = (stored.entity for stored in self._tables.records(Hold).values())
        return StudentFacts(
            holds=tuple(hold for hold in holds if hold.student_id == student and hold.blocks_registration()),
            enrollments=tuple(standing_of(self._tables, student, term)),
        )

    def _enter(self, enrollment: Enrollment) -> None:
        tables = self._tables
        tables.enrollments[enrollment.id] = enrollment
        if enrollment.status is not EnrollmentStatus.ENROLLED:
            return
        standing = standing_of(tables, enrollment.student_id, enrollment.term_id)
        if any(other.course_id == enrollment.course_id for other in standing):
            msg = "a student is enrolled in a course once a term"
            raise ValueError(msg)
        for seat in enrollment.seats:
            sitting = tables.sits_in(seat.section_id)
            limited = tables.entity(Section, seat.section_id).capacity is not None
            free = seat.seat_no in tables.seats.get(seat.section_id, frozenset()) - set(sitting.values())
            if limited and not free:
                raise StaleSeating
            tables.sitting[seat.section_id] = {**sitting, enrollment.id: seat.seat_no}
        tables.standing[enrollment.student_id] = (*tables.standing.get(enrollment.student_id, ()), enrollment.id)

    def _leave(self, enrollment: Enrollment) -> None:
        tables = self._tables
        if enrollment.id not in tables.enrollments:
            return
        tables.enrollments[enrollment.id] = enrollment
        for seat in enrollment.seats:
            sitting = tables.sits_in(seat.section_id)
            tables.sitting[seat.section_id] = {who: no for who, no in sitting.items() if who != enrollment.id}
        standing = tables.standing.get(enrollment.student_id, ())
        tables.standing[enrollment.student_id] = tuple(who for who in standing if who != enrollment.id)


def standing_of(tables: Tables, student: StudentId, term: TermId) -> Iterator[Enrollment]:
    """A student's standing enrollments in a term, in the order of their numbers."""
    standing = (tables.enrollments[identifier] for identifier in tables.standing.get(student, ()))
    return iter(sorted((e for e in standing if e.term_id == term), key=lambda enrollment: enrollment.number))


class MemoryRegistrationReader:
    """The `RegistrationViews` port but for the records."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def addressee(self, term: Reference, student: Reference) -> Addressee:
        """See `RegistrationViews.addressee`."""
        term_id, student_id = identify(self._tables, Term, term), identify(self._tables, Student, student)
        return Addressee(
            term=None if term_id is None else TermId(term_id),
            student=None if student_id is None else StudentId(student_id),
        )

    async def schedule(self, term: TermId, student: StudentId) -> ScheduleView:
        """See `RegistrationViews.schedule`."""
        courses = sorted(
            (self._scheduled(enrollment) for enrollment in standing_of(self._tables, student, term)),
            key=lambda course: (course.course_code, course.enrollment),
        )
        total = sum((course.credits for course in courses), Decimal(0))
        return ScheduleView(student=student, term=term, credits=total, courses=tuple(courses))

    async def roster(self, section: SectionId) -> RosterView:
        """See `RegistrationViews.roster`."""
        if section not in self._tables.records(Section):
            kind = "section"
            raise NotFound(kind, str(section))
        stored = self._tables.entity(Section, section)
        entries = []
        for identifier, seat_no in self._tables.sits_in(section).items():
            enrollment = self._tables.enrollments[identifier]
            student = self._tables.entity(Student, enrollment.student_id)
            entries.append(
                RosterEntry(
                    student=student.id,
                    student_code=student.code,
                    given_name=student.given_name,
                    family_name=student.family_name,
                    enrollment=identifier,
                    seat_no=seat_no,
                    enrolled_at=enrollment.enrolled_at,
                )
            )
        entries.sort(key=lambda entry: entry.student_code)
        return RosterView(section=section, section_code=stored.code, capacity=stored.capacity, entries=tuple(entries))

    async def enrollment_rows(self, term: TermId) -> AsyncIterator[EnrollmentRow]:
        """See `RegistrationViews.enrollment_rows`."""
        rows = []
        for enrollment in self._of_term(term):
            student = self._tables.entity(Student, enrollment.student_id).code
            course = self._tables.entity(Course, enrollment.course_id).code
            for seat in enrollment.seats:
                section = self._tables.entity(Section, seat.section_id).code
                rows.append((student, course, section, enrollment.number, enrollment.status))
        for student, course, section, _, status in sorted(rows):
            yield EnrollmentRow(student_code=student, course_code=course, section_code=section, status=status)

    async def term_roster(self, term: TermId) -> TermRoster:
        """See `RegistrationViews.term_roster`."""
        if term not in self._tables.next_numbers:
            kind = "term"
            raise NotFound(kind, str(term))
        standing = [e for e in self._of_term(term) if e.status is EnrollmentStatus.ENROLLED]
        return TermRoster(
            term=self._tables.entity(Term, term),
            offerings=tuple(_of_term(self._all(CourseOffering), term)),
            sections=tuple(_of_term(self._all(Section), term)),
            sittings=tuple(
                Sitting(
                    enrollment.id,
                    enrollment.student_id,
                    self._tables.entity(Student, enrollment.student_id).code,
                    enrollment.course_id,
                    enrollment.offering_id,
                    seat.section_id,
                    seat.seat_no,
                )
                for enrollment in sorted(standing, key=lambda enrollment: enrollment.id)
                for seat in sorted(enrollment.seats, key=lambda seat: seat.section_id)
            ),
            unseated=tuple(enrollment.id for enrollment in standing if not enrollment.seats),
        )

    def _all(self, entity: type[E]) -> Iterator[E]:
        return (stored.entity for stored in self._tables.records(entity).values())

    def _of_term(self, term: TermId) -> Iterator[Enrollment]:
        return (enrollment for enrollment in self._tables.enrollments.values() if enrollment.term_id == term)

    def _scheduled(self, enrollment: Enrollment) -> ScheduledCourse:
        course = self._tables.entity(Course, enrollment.course_id)
        offering = self._tables.entity(CourseOffering, enrollment.offering_id)
        order = {part.id: n for conf in offering.configurations for n, part in enumerate(conf.components)}
        sections = []
        for seat in sorted(enrollment.seats, key=lambda seat: order[seat.component_id]):
            section = self._tables.entity(Section, seat.section_id)
            sections.append(
                ScheduledSection(
                    section=section.id,
                    section_code=section.code,
                    component=component_name(offering, section.component_id),
                    seat_no=seat.seat_no,
                    meetings=tuple(meeting_fields(meeting) for meeting in section.meetings),
                )
            )
        return ScheduledCourse(
            enrollment=enrollment.id,
            offering=enrollment.offering_id,
            course_code=course.code,
            title=course.title,
            credits=enrollment.credits,
            sections=tuple(sections),
        )


def _of_term(entities: Iterable[T], term: TermId) -> Iterator[T]:
    return (entity for entity in entities if entity.term_id == term)
