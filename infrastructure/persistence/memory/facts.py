"""Facts from the memory tables: what a list of commands asks about, with every queue that may move."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from application.shared.errors import NotFound
from application.shared.records import Entity
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.grading import GradingScheme
from domain.catalog.program import Program
from domain.people.hold import Hold
from domain.people.student import Student
from domain.registration.attempt import CourseAttempt
from domain.registration.commands import Command
from domain.registration.enrollment import Enrollment
from domain.registration.facts import Facts, OfferingFacts, Profile, StudentFacts
from domain.registration.permission import Permission
from domain.registration.references import references_to_courses, references_to_offerings, references_to_sections
from domain.registration.requisites import AttemptAtCourse, courses_that_count, courses_that_count_beside
from domain.registration.seating import Seating
from domain.registration.waitlist import EntryStatus, WaitlistEntry
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import CourseId, OfferingId, SectionId, StudentId, TermId
from domain.shared.reference import Reference
from infrastructure.persistence.memory.records import identify
from infrastructure.persistence.memory.tables import Tables
from infrastructure.persistence.questions import (
    enrollments_changed_by,
    offerings_touched_by,
    review_every_queue,
    sections_revised_by,
    students_of,
)


def facts_for(tables: Tables, term: TermId, commands: Sequence[Command]) -> Facts:
    """What deciding `commands` needs. Raises `NotFound` when the term is gone."""
    stored = tables.records(Term).get(term)
    if stored is None:
        kind = "term"
        raise NotFound(kind, str(term))
    return _Loading(tables, stored.entity, commands).facts()


class _Loading:
    """One look at the tables; `wanted` are the offerings whose queues may move, `people` those whose facts count."""

    def __init__(self, tables: Tables, term: Term, commands: Sequence[Command]) -> None:
        self._tables = tables
        self._term = term
        self._commands = commands
        self._waiting = [
            entry
            for entry in tables.entries.values()
            if entry.term_id == term.id and entry.status is EntryStatus.WAITING
        ]
        self._named = self._identified(CourseOffering, references_to_offerings(commands))
        self._people = set(students_of(commands))
        self._wanted = self._first_wanted()
        self._follow_promotions()
        queue = [entry for entry in self._waiting if entry.offering_id in self._wanted]
        self._queue = {entry.id: entry for entry in sorted(queue, key=lambda entry: entry.rank)}
        self._people.update(entry.student_id for entry in queue)

    def facts(self) -> Facts:
        """What was found."""
        standing = {student: self._standing(student) for student in self._people}
        taken = {enrollment.offering_id for enrollments in standing.values() for enrollment in enrollments}
        known = {*self._wanted, *taken}
        sections = self._sections(known)
        offerings = self._offerings(known, sections)
        counting = set().union(
            *(courses_that_count(course) for o in self._wanted & offerings.keys() for course in offerings[o].courses),
            *(courses_that_count_beside(offerings[o].courses) for o in taken),
        )
        students = {student: self._student(student, standing[student], counting) for student in self._people}
        courses = {course.id for known in offerings.values() for course in known.courses}
        section_ids = self._identified(Section, references_to_sections(self._commands))
        course_ids = self._identified_courses(references_to_courses(self._commands))
        return Facts(
            term=self._term,
            next_number=self._tables.next_numbers[self._term.id],
            students=students,
            offerings=offerings,
            sections=sections,
            seating=self._seating(sections),
            offering_ids={ref: OfferingId(found) for ref, found in self._named.items() if found in offerings},
            section_ids={ref: SectionId(found) for ref, found in section_ids.items() if found in sections},
            course_ids={ref: CourseId(found) for ref, found in course_ids.items() if found in courses},
            pools=self._pools(sections),
            entries=self._queue,
            tickets=tuple(self._tickets()),
        )

    def _identified(self, entity: type[Entity], references: Iterable[Reference]) -> dict[Reference, UUID]:
        """The ids of what the references name; a code without a term's code means this term's."""
        found = {}
        for reference in references:
            within = reference if reference.id else replace(reference, scope=reference.scope or self._term.code)
            identifier = identify(self._tables, entity, within)
            if identifier is not None:
                found[reference] = identifier
        return found

    def _identified_courses(self, references: Iterable[Reference]) -> dict[Reference, UUID]:
        found = ((reference, identify(self._tables, Course, reference)) for reference in references)
        return {reference: identifier for reference, identifier in found if identifier is not None}

    def _first_wanted(self) -> set[OfferingId]:
        """The offerings that the commands name, directly or by an enrollment, a section or an entry."""
        commands, tables = self._commands, self._tables
        wanted = {*self._named.values(), *offerings_touched_by(commands)}
        for identifier in enrollments_changed_by(commands):
            enrollment = tables.enrollments.get(identifier)
            if enrollment is not None and enrollment.student_id in self._people and enrollment.ended_at is None:
                wanted.add(enrollment.offering_id)
        for section in sections_revised_by(commands):
            stored = tables.records(Section).get(section)
            if stored is not None and stored.entity.term_id == self._term.id:
                wanted.add(stored.entity.offering_id)
                self._people.update(tables.enrollments[e].student_id for e in tables.sits_in(section))
        everything = review_every_queue(commands)
        wanted.update(e.offering_id for e in self._waiting if everything or e.student_id in self._people)
        offerings = tables.records(CourseOffering)
        return {
            OfferingId(identifier)
            for identifier in wanted
            if identifier in offerings and offerings[identifier].entity.term_id == self._term.id
        }

    def _follow_promotions(self) -> None:
        """Whoever is promoted may drop something else, whose queue moves then; and may come to fit another queue, by
        what is dropped or because the course there asks for others beside it.
        """
        grown = True
        while grown:
            queue = [entry for entry in self._waiting if entry.offering_id in self._wanted]
            swapping = [entry for entry in queue if entry.drop_if_enrolled is not None]
            waiting, students = ({entry.student_id for entry in some} for some in (queue, swapping))
            given_up = (self._tables.enrollments[e.drop_if_enrolled] for e in swapping if e.drop_if_enrolled)
            reached = {enrollment.offering_id for enrollment in given_up if enrollment.ended_at is None}
            reached |= {entry.offering_id for entry in self._waiting if entry.student_id in students}
            reached |= {e.offering_id for e in self._waiting if e.student_id in waiting and self._asks_for_others(e)}
            grown = not reached <= self._wanted
            self._wanted |= reached

    def _asks_for_others(self, entry: WaitlistEntry) -> bool:
        return self._tables.entity(Course, entry.course_id).corequisite is not None

    def _student(self, student: StudentId, standing: tuple[Enrollment, ...], counting: Container[str]) -> StudentFacts:
        tables = self._tables
        record = tables.records(Student).get(student)
        program = None
        if record is not None and record.entity.program_id is not None:
            program = tables.entity(Program, record.entity.program_id)
        leading = None if program is None or program.department_id is None else program.department_id
        holds = (stored.entity for stored in tables.records(Hold).values())
        permissions = (stored.entity for stored in tables.records(Permission).values())
        return StudentFacts(
            profile=None if record is None else Profile.of(record.entity),
            program=None if program is None else program.code,
            department=None if leading is None else tables.entity(Department, leading).code,
            tickets=frozenset(ticket.id for ticket in self._own_tickets() if student in ticket.cohort.students),
            holds=tuple(
                sorted(
                    (hold for hold in holds if hold.student_id == student and hold.blocks_registration()),
                    key=lambda hold: (hold.placed_at, hold.id),
                )
            ),
            permissions=tuple(
                sorted(
                    (
                        permission
                        for permission in permissions
                        if permission.student_id == student
                        and permission.term_id == self._term.id
                        and permission.revoked_at is None
                    ),
                    key=lambda permission: (permission.given_at, permission.id),
                )
            ),
            attempts=tuple(attempt for attempt in self._attempts(student) if attempt.course in counting),
            enrollments=standing,
        )

    def _standing(self, student: StudentId) -> tuple[Enrollment, ...]:
        enrollments = (self._tables.enrollments[e] for e in self._tables.standing.get(student, ()))
        of_term = (enrollment for enrollment in enrollments if enrollment.term_id == self._term.id)
        return tuple(sorted(of_term, key=lambda enrollment: enrollment.number))

    def _attempts(self, student: StudentId) -> Iterator[AttemptAtCourse]:
        attempts = (stored.entity for stored in self._tables.records(CourseAttempt).values())
        own = (attempt for attempt in attempts if attempt.student_id == student)
        for attempt in sorted(own, key=lambda attempt: (attempt.term, attempt.id)):
            scheme = attempt.scheme_id
            yield AttemptAtCourse(
                course=self._tables.entity(Course, attempt.course_id).code,
                term=attempt.term,
                grade=attempt.grade,
                scheme=None if scheme is None else self._tables.entity(GradingScheme, scheme),
                passed=attempt.passed,
                in_progress=attempt.in_progress,
                transfer=attempt.transfer,
            )

    def _sections(self, offerings: Container[OfferingId]) -> dict[SectionId, Section]:
        stored = (stored.entity for stored in self._tables.records(Section).values())
        return {section.id: section for section in stored if section.offering_id in offerings}

    def _offerings(
        self, identifiers: Iterable[OfferingId], sections: Mapping[SectionId, Section]
    ) -> dict[OfferingId, OfferingFacts]:
        ordered = sorted(sections.values(), key=lambda section: section.code)
        facts = {}
        for identifier in identifiers:
            offering = self._tables.entity(CourseOffering, identifier)
            facts[identifier] = OfferingFacts(
                offering,
                tuple(self._tables.entity(Course, course) for course in offering.course_ids),
                tuple(section for section in ordered if section.offering_id == identifier),
            )
        return facts

    def _seating(self, sections: Mapping[SectionId, Section]) -> dict[SectionId, Seating]:
        return {
            identifier: replace(self._tables.seating[identifier], capacity=section.capacity)
            for identifier, section in sections.items()
            if section.capacity is not None
        }

    def _pools(self, sections: Iterable[SectionId]) -> dict[SectionId, dict[str, int]]:
        pools: dict[SectionId, dict[str, int]] = {}
        for section in sections:
            for identifier in self._tables.sits_in(section):
                seat = self._tables.enrollments[identifier].seat_in(section)
                if seat is not None and seat.pool is not None:
                    taken = pools.setdefault(section, {})
                    taken[seat.pool] = taken.get(seat.pool, 0) + 1
        return pools

    def _tickets(self) -> Iterator[TimeTicket]:
        """The term's tickets, where of all students whom one names the first stands for all."""
        for ticket in sorted(self._own_tickets(), key=lambda ticket: (ticket.opens_at, ticket.id)):
            first = frozenset(sorted(ticket.cohort.students)[:1])
            yield replace(ticket, cohort=replace(ticket.cohort, students=first))

    def _own_tickets(self) -> Iterator[TimeTicket]:
        stored = (stored.entity for stored in self._tables.records(TimeTicket).values())
        return (ticket for ticket in stored if ticket.term_id == self._term.id)


def waiting_of(entries: Iterable[WaitlistEntry]) -> list[WaitlistEntry]:
    """Those of the entries that wait, in the order of the queue."""
    return sorted((e for e in entries if e.status is EntryStatus.WAITING), key=lambda entry: entry.rank)
