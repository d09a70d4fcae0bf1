"""The registration book over the memory tables: facts for deciding, effects stored under the promises of seats."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from application.registration.ports import AnswerKey, Journal, Loaded, StaleSeating
from application.shared.errors import AlreadyExists, UnknownReference
from application.shared.records import Entity
from domain.catalog.course import Course
from domain.people.hold import Hold
from domain.people.student import Student
from domain.registration.commands import Command
from domain.registration.enrollment import Enrollment, SeatTaken
from domain.registration.events import EnrollmentChanged
from domain.registration.outcomes import Effects, EnrollmentChange, EntryChange
from domain.registration.permission import Permission
from domain.registration.seating import Seating
from domain.registration.waitlist import EntryStatus, WaitlistEntry
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.shared.identifiers import EnrollmentId, SectionId, TermId
from infrastructure.persistence.memory.facts import facts_for
from infrastructure.persistence.memory.records import MemoryRecords
from infrastructure.persistence.memory.tables import Stay, Tables

_ENROLLMENT = "enrollment"
_ENTRY = "waitlist entry"


class MemoryRegistrationBook:
    """The `RegistrationBook` port; the repositories store what is no part of registration itself."""

    def __init__(
        self,
        tables: Tables,
        sections: MemoryRecords[Section],
        permissions: MemoryRecords[Permission],
        holds: MemoryRecords[Hold],
    ) -> None:
        self._tables = tables
        self._sections = sections
        self._permissions = permissions
        self._holds = holds

    async def load(self, term: TermId, commands: Sequence[Command], keys: Collection[AnswerKey] = ()) -> Loaded:
        """See `RegistrationBook.load`."""
        kept = {key: answer for key in keys if (answer := self._tables.answers.get((term, key))) is not None}
        return Loaded(facts_for(self._tables, term, commands), kept)

    async def store(self, term: TermId, effects: Effects, journal: Callable[[], Journal]) -> None:
        """See `RegistrationBook.store`.

        New seats come first (those that they replace make way), then seats are given back, then taken (so a freed one
        can be taken, and one can pass from an enrollment to another), then removed.
        """
        for revised in effects.revised:
            await self._sections.save(revised.section, revised.expected_version)
        await self._permissions.add(effects.permissions)
        for revoked in effects.revoked:
            await self._permissions.save(revoked.permission, revoked.expected_version)
        self._remove_seats(effects.seats_replaced)
        self._add_seats(effects)
        moves = {event.enrollment_id: event for event in effects.events if isinstance(event, EnrollmentChanged)}
        for change in effects.enrollments.values():
            self._leave(change, moves)
        for change in effects.enrollments.values():
            self._enter(change, moves)
        for entry in effects.entries.values():
            self._wait(entry)
        self._remove_seats(effects.seats_removed)
        self._tables.seating.update(effects.seating)
        for released in effects.released:
            stored = await self._holds.get(released.hold_id)
            if stored is not None and stored.entity.is_active():
                await self._holds.save(stored.entity.release(released.at), None)
        self._tables.next_numbers[term] = effects.next_number
        self._write_down(term, journal())

    def _add_seats(self, effects: Effects) -> None:
        for (section, seat_no), added in effects.seats_added.items():
            if seat_no in self._tables.seats[section]:
                raise StaleSeating
            self._tables.seats[section] = {**self._tables.seats[section], seat_no: added.permission_id}

    def _remove_seats(self, removed: Iterable[tuple[SectionId, int]]) -> None:
        for section, seat_no in removed:
            if seat_no in self._tables.sits_in(section).values():
                raise StaleSeating
            seats = self._tables.seats[section]
            self._tables.seats[section] = {number: seats[number] for number in seats if number != seat_no}

    def _leave(self, change: EnrollmentChange, moves: Mapping[EnrollmentId, EnrollmentChanged]) -> None:
        """End the stays that do not last, and free their seats."""
        before, after = change.before, change.after
        if before is None:
            return
        left = {seat.section_id for seat in before.seats if seat not in after.seats}
        stays = []
        for stay in self._tables.stays[after.id]:
            until = moves[after.id].occurred_at if stay.section_id in left else after.ended_at
            if stay.until_at is None and until is not None:
                sitting = self._tables.sits_in(stay.section_id)
                self._tables.sitting[stay.section_id] = {e: n for e, n in sitting.items() if e != after.id}
                stays.append(replace(stay, until_at=until, seat_no=None))
            else:
                stays.append(stay)
        self._tables.stays[after.id] = tuple(stays)
        if after.ended_at is not None:
            standing = self._tables.standing[after.student_id]
            self._tables.standing[after.student_id] = tuple(e for e in standing if e != after.id)

    def _enter(self, change: EnrollmentChange, moves: Mapping[EnrollmentId, EnrollmentChanged]) -> None:
        """Store the enrollment as it is now, with the stays that begin; one that has ended holds no seat."""
        before, after = change.before, change.after
        if before is None:
            self._admit(after)
        kept = () if before is None else before.seats
        entered = [seat for seat in after.seats if seat not in kept]
        since = after.enrolled_at if before is None or not entered else moves[after.id].occurred_at
        for seat in entered:
            if after.ended_at is None:
                self._sit(after, seat)
        begun = tuple(
            Stay(
                seat.section_id,
                seat.component_id,
                since,
                after.ended_at,
                seat.seat_no if after.ended_at is None else None,
                seat.pool,
            )
            for seat in entered
        )
        self._tables.stays[after.id] = (*self._tables.stays.get(after.id, ()), *begun)
        self._tables.enrollments[after.id] = after if after.ended_at is None else _without_seats(after)

    def _admit(self, enrollment: Enrollment) -> None:
        """Make sure that there can be a new enrollment like this."""
        if enrollment.id in self._tables.enrollments:
            raise AlreadyExists(_ENROLLMENT, "id")
        self._require_references(enrollment.student_id, enrollment.offering_id, enrollment.section_ids)
        if enrollment.ended_at is not None:
            return
        standing = self._tables.standing.get(enrollment.student_id, ())
        others = [self._tables.enrollments[e] for e in standing]
        if any((e.term_id, e.course_id) == (enrollment.term_id, enrollment.course_id) for e in others):
            raise AlreadyExists(_ENROLLMENT, "student and term and course")
        if any(e.offering_id == enrollment.offering_id for e in others):
            raise AlreadyExists(_ENROLLMENT, "student and term and offering")
        self._tables.standing[enrollment.student_id] = (*standing, enrollment.id)

    def _require_references(self, student: UUID, offering: UUID, sections: Sequence[UUID]) -> None:
        named: tuple[tuple[str, type[Entity], UUID], ...] = (
            ("student", Student, student),
            ("offering", CourseOffering, offering),
            *(("section", Section, section) for section in sections),
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

    def _wait(self, change: EntryChange) -> None:
        """Store a waitlist entry as it is now."""
        if change.before is None:
            self._queue(change.after)
        self._tables.entries[change.after.id] = change.after

    def _queue(self, entry: WaitlistEntry) -> None:
        """Make sure that there can be a new entry like this."""
        if entry.id in self._tables.entries:
            raise AlreadyExists(_ENTRY, "id")
        self._require_references(entry.student_id, entry.offering_id, entry.section_ids)
        if entry.course_id not in self._tables.records(Course):
            field = "course"
            raise UnknownReference(field, str(entry.course_id))
        if entry.status is EntryStatus.WAITING and any(
            other.status is EntryStatus.WAITING
            and (other.student_id, other.offering_id) == (entry.student_id, entry.offering_id)
            for other in self._tables.entries.values()
        ):
            raise AlreadyExists(_ENTRY, "student and offering")

    def _write_down(self, term: TermId, journal: Journal) -> None:
        for record in journal.records:
            self._tables.audit[record.id] = record
        for digest, body in journal.documents.items():
            self._tables.documents.setdefault(digest, body)
        for message in journal.messages:
            self._tables.outbox[message.id] = message
        for kept in journal.answers:
            self._tables.answers[term, kept.key] = kept

    async def recount(self, term: TermId) -> None:
        """See `RegistrationBook.recount`."""
        for stored in self._tables.records(Section).values():
            section = stored.entity
            if section.term_id == term and section.capacity is not None:
                self._tables.seating[section.id] = self._counted(section.id, section.capacity)

    def _counted(self, section: SectionId, capacity: int) -> Seating:
        """The hints that the seats speak for; those that permissions added use up their numbers, nothing else."""
        seats = self._tables.seats[section]
        last = max(seats, default=0)
        ordinary = {seat_no for seat_no, permission in seats.items() if permission is None}
        free = ordinary - {seat_no for seat_no in self._tables.sits_in(section).values() if seat_no}
        return Seating(capacity, last + 1, last, len(ordinary), tuple(sorted(free)))


def _without_seats(enrollment: Enrollment) -> Enrollment:
    return replace(enrollment, seats=tuple(replace(seat, seat_no=None) for seat in enrollment.seats))
