"""The registration book over the memory tables: facts for deciding, effects stored under the promises of seats."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from application.registration.ports import StaleSeating
from application.shared.errors import AlreadyExists, NotFound, UnknownReference
from application.shared.records import Entity
from domain.catalog.course import Course
from domain.people.hold import Hold
from domain.people.student import Student
from domain.registration.commands import Add, Command, RegistrationRequest, ReviseSection
from domain.registration.enrollment import Enrollment, EnrollmentStatus, SeatTaken
from domain.registration.facts import Facts, OfferingFacts, StudentFacts
from domain.registration.outcomes import Effects
from domain.registration.seating import Seating
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import OfferingId, SectionId, StudentId, TermId
from domain.shared.reference import Reference
from infrastructure.persistence.memory.records import MemoryRecords, identify
from infrastructure.persistence.memory.tables import Tables

_ENROLLMENT = "enrollment"
_STANDING = "student and term and course"


class MemoryRegistrationBook:
    """The `RegistrationBook` port; `sections` stores the sections that are revised."""

    def __init__(self, tables: Tables, sections: MemoryRecords[Section]) -> None:
        self._tables = tables
        self._sections = sections

    async def load(self, term: TermId, commands: Sequence[Command]) -> Facts:
        """See `RegistrationBook.load`."""
        stored = self._tables.records(Term).get(term)
        if stored is None:
            kind = "term"
            raise NotFound(kind, str(term))
        requests = [command for command in commands if isinstance(command, RegistrationRequest)]
        adds = [action for request in requests for action in request.actions if isinstance(action, Add)]
        named = self._named(stored.entity, CourseOffering, [add.offering for add in adds])
        revised = [c.section.offering_id for c in commands if isinstance(c, ReviseSection)]
        known = self._offerings(stored.entity, [*(OfferingId(identifier) for identifier in named.values()), *revised])
        offering_ids = {ref: OfferingId(found) for ref, found in named.items() if found in known}
        students = {request.student_id: self._student(request.student_id, term) for request in requests}
        sections = {section.id: section for facts in known.values() for section in facts.sections}
        for student in students.values():
            seats = [seat for enrollment in student.enrollments for seat in enrollment.seats]
            sections |= {seat.section_id: self._tables.entity(Section, seat.section_id) for seat in seats}
        named = self._named(stored.entity, Section, [section for add in adds for section in add.sections])
        return Facts(
            term=stored.entity,
            next_number=self._tables.next_numbers[term],
            students=students,
            offerings=known,
            sections=sections,
            seating=self._seating(sections),
            offering_ids=offering_ids,
            section_ids={ref: SectionId(found) for ref, found in named.items() if found in sections},
        )

    def _named(self, term: Term, entity: type[Entity], references: Iterable[Reference]) -> dict[Reference, UUID]:
        """The ids of what the references name; a code without a term's code means this term's."""
        found = {}
        for reference in references:
            within = reference if reference.id else replace(reference, scope=reference.scope or term.code)
            identifier = identify(self._tables, entity, within)
            if identifier is not None:
                found[reference] = identifier
        return found

    def _offerings(self, term: Term, identifiers: Iterable[OfferingId]) -> dict[OfferingId, OfferingFacts]:
        facts = {}
        for identifier in identifiers:
            stored = self._tables.records(CourseOffering).get(identifier)
            if stored is not None and stored.entity.term_id == term.id:
                facts[identifier] = OfferingFacts(
                    stored.entity,
                    self._tables.entity(Course, stored.entity.course_id).credits,
                    self._sections_of(identifier),
                )
        return facts

    def _sections_of(self, offering: OfferingId) -> tuple[Section, ...]:
        sections = (stored.entity for stored in self._tables.records(Section).values())
        return tuple(sorted((s for s in sections if s.offering_id == offering), key=lambda s: s.code))

    def _seating(self, sections: Mapping[SectionId, Section]) -> dict[SectionId, Seating]:
        return {
            identifier: replace(self._tables.seating[identifier], capacity=section.capacity)
            for identifier, section in sections.items()
            if section.capacity is not None
        }

    def _student(self, student: StudentId, term: TermId) -> StudentFacts:
        holds = (stored.entity for stored in self._tables.records(Hold).values())
        standing = (self._tables.enrollments[e] for e in self._tables.standing.get(student, ()))
        return StudentFacts(
            holds=tuple(hold for hold in holds if hold.student_id == student and hold.blocks_registration()),
            enrollments=tuple(enrollment for enrollment in standing if enrollment.term_id == term),
        )

    async def apply(self, term: TermId, effects: Effects) -> None:
        """See `RegistrationBook.apply`.

        New seats come first, then seats are given back, then taken (so a freed one can be taken), then removed.
        """
        for revised in effects.revised:
            await self._sections.save(revised.section, revised.expected_version)
        for section, seat_no in effects.seats_added:
            if seat_no in self._tables.seats[section]:
                raise StaleSeating
            self._tables.seats[section] |= {seat_no}
        made = {enrollment.id for enrollment in effects.enrolled}
        ended = {enrollment.id: enrollment for enrollment in effects.dropped}
        for enrollment in effects.dropped:
            if enrollment.id not in made:
                self._end(enrollment)
        for enrollment in effects.enrolled:
            self._enroll(ended.get(enrollment.id, enrollment))
        for section, seat_no in effects.seats_removed:
            if seat_no in self._tables.sits_in(section).values():
                raise StaleSeating
            self._tables.seats[section] -= {seat_no}
        self._tables.seating.update(effects.seating)
        self._tables.next_numbers[term] = effects.next_number

    def _end(self, enrollment: Enrollment) -> None:
        for seat in enrollment.seats:
            sitting = self._tables.sits_in(seat.section_id)
            self._tables.sitting[seat.section_id] = {e: n for e, n in sitting.items() if e != enrollment.id}
        standing = self._tables.standing[enrollment.student_id]
        self._tables.standing[enrollment.student_id] = tuple(e for e in standing if e != enrollment.id)
        self._tables.enrollments[enrollment.id] = _without_seats(enrollment)

    def _enroll(self, enrollment: Enrollment) -> None:
        """Store a new enrollment; one that was dropped in the same list never held a seat."""
        if enrollment.id in self._tables.enrollments:
            raise AlreadyExists(_ENROLLMENT, "id")
        self._require_references(enrollment)
        if enrollment.status is EnrollmentStatus.DROPPED:
            self._tables.enrollments[enrollment.id] = _without_seats(enrollment)
            return
        standing = self._tables.standing.get(enrollment.student_id, ())
        for other in (self._tables.enrollments[identifier] for identifier in standing):
            if (other.term_id, other.course_id) == (enrollment.term_id, enrollment.course_id):
                raise AlreadyExists(_ENROLLMENT, _STANDING)
        for seat in enrollment.seats:
            self._sit(enrollment, seat)
        self._tables.enrollments[enrollment.id] = enrollment
        self._tables.standing[enrollment.student_id] = (*standing, enrollment.id)

    def _require_references(self, enrollment: Enrollment) -> None:
        named: tuple[tuple[str, type[Entity], UUID], ...] = (
            ("student", Student, enrollment.student_id),
            ("offering", CourseOffering, enrollment.offering_id),
            *(("section", Section, seat.section_id) for seat in enrollment.seats),
        )
        for field, entity, identifier in named:
            if identifier not in self._tables.records(entity):
                raise UnknownReference(field, str(identifier))

    def _sit(self, enrollment: Enrollment, seat: SeatTaken) -> None:
        """Put the enrollment on its seat, which must exist and be free; an unlimited section has none."""
        sitting = self._tables.sits_in(seat.section_id)
        if seat.seat_no is None:
            if not self._tables.entity(Section, seat.section_id).is_unlimited:
                raise StaleSeating
        elif seat.seat_no not in self._tables.seats.get(seat.section_id, ()) or seat.seat_no in sitting.values():
            raise StaleSeating
        self._tables.sitting[seat.section_id] = {**sitting, enrollment.id: seat.seat_no}

    async def recount(self, term: TermId) -> None:
        """See `RegistrationBook.recount`."""
        for stored in self._tables.records(Section).values():
            section = stored.entity
            if section.term_id != term or section.capacity is None:
                continue
            numbers = self._tables.seats[section.id]
            last = max(numbers, default=0)
            free = numbers - {seat_no for seat_no in self._tables.sits_in(section.id).values() if seat_no}
            self._tables.seating[section.id] = Seating(
                section.capacity, last + 1, last, len(numbers), tuple(sorted(free))
            )


def _without_seats(enrollment: Enrollment) -> Enrollment:
    return replace(enrollment, seats=tuple(replace(seat, seat_no=None) for seat in enrollment.seats))
