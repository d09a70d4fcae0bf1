"""The facts as they change while a list of commands is decided, and the effects that gather on the way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from domain.registration.enrollment import Enrollment, EnrollmentStatus, SeatTaken
from domain.registration.facts import Facts, StudentFacts
from domain.registration.outcomes import (
    Effects,
    EnrollmentChange,
    EntryChange,
    RevisedSection,
    RevokedPermission,
    SeatAdded,
)
from domain.registration.permission import Permission
from domain.registration.seating import Seating
from domain.registration.waitlist import EntryStatus, WaitlistEntry
from domain.scheduling.section import Section
from domain.shared.identifiers import (
    EnrollmentId,
    HoldId,
    PermissionId,
    SectionId,
    StudentId,
    WaitlistEntryId,
)

_NOBODY = StudentFacts()


class Ledger:
    """A working copy of `facts`; every change to it stands in `effects` too."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.effects = Effects(next_number=facts.next_number)
        self._students: dict[StudentId, StudentFacts] = dict(facts.students)
        self._seating: dict[SectionId, Seating] = dict(facts.seating)
        self._pools: dict[SectionId, dict[str, int]] = {}
        self._waiting: dict[WaitlistEntryId, WaitlistEntry] = dict(facts.entries)
        self._queue: tuple[WaitlistEntry, ...] | None = None
        self._in_view: frozenset[WaitlistEntryId] | None = None

    def next_number(self) -> int:
        """The next number in the term's order of decisions."""
        number = self.effects.next_number
        self.effects.next_number = number + 1
        return number

    def student(self, identifier: StudentId) -> StudentFacts:
        """What is known of a student now."""
        return self._students.get(identifier, _NOBODY)

    def enrollments(self, student: StudentId) -> tuple[Enrollment, ...]:
        """The student's standing enrollments of the term."""
        return self.student(student).enrollments

    def enrollment(self, student: StudentId, identifier: EnrollmentId) -> Enrollment | None:
        """The student's standing enrollment with that id, if there is one."""
        for enrollment in self.enrollments(student):
            if enrollment.id == identifier:
                return enrollment
        return None

    def enrollments_in(self, section: SectionId) -> tuple[Enrollment, ...]:
        """The standing enrollments that go through a section, of those loaded, the oldest first."""
        found = [e for known in self._students.values() for e in known.enrollments if section in e.section_ids]
        return tuple(sorted(found, key=lambda enrollment: enrollment.number))

    def sections_of(self, enrollments: Iterable[Enrollment]) -> tuple[Section, ...]:
        """The sections that enrollments go through; those of one in an order that does not depend on storage."""
        sections = self.facts.sections
        taken = [sections[identifier] for e in enrollments for identifier in _in_order(e.section_ids)]
        return tuple(taken)

    def seating_of(self, section: Section) -> Seating | None:
        """Where the free seats of a section are; None for an unlimited one."""
        return self._seating.get(section.id)

    def pools_taken(self, section: SectionId) -> Mapping[str, int]:
        """How many seats of each reserved pool of a section are taken; a pool without any may be missing."""
        counts = self._pools.get(section)
        return self.facts.pools_taken(section) if counts is None else counts

    def view(self, entries: frozenset[WaitlistEntryId] | None) -> None:
        """Have `waiting` show those of `entries` that wait, and who joins from now on; None shows all."""
        self._in_view, self._queue = entries, None

    def waiting(self) -> tuple[WaitlistEntry, ...]:
        """The waiting entries in view, in the order of the queue."""
        if not self._waiting:
            return ()
        if self._queue is None:
            view = self._in_view
            shown = [entry for entry in self._waiting.values() if view is None or entry.id in view]
            self._queue = tuple(sorted(shown, key=lambda entry: entry.rank))
        return self._queue

    def entry(self, student: StudentId, identifier: WaitlistEntryId) -> WaitlistEntry | None:
        """The student's waiting entry with that id, if there is one."""
        found = self._waiting.get(identifier)
        return found if found is not None and found.student_id == student else None

    def entries_of(self, student: StudentId) -> tuple[WaitlistEntry, ...]:
        """The student's waiting entries, in the order in which they joined."""
        return tuple([entry for entry in self.waiting() if entry.student_id == student])

    def position(self, entry: WaitlistEntry) -> int:
        """The place of an entry among those who wait for a section that it waits for, from 1."""
        sections = set(entry.section_ids)
        return sum(
            1 for other in self._waiting.values() if other.rank <= entry.rank and sections & set(other.section_ids)
        )

    def waiting_for(self, section: SectionId) -> int:
        """How many wait for a section."""
        return sum(1 for entry in self._waiting.values() if section in entry.section_ids)

    def is_full(self, section: SectionId) -> bool:
        """Whether a section has seats, and none of them is free."""
        seating = self._seating.get(section)
        return seating is not None and seating.free <= 0

    def take_seat(self, section: Section, pool: str | None = None) -> SeatTaken:
        """Take a free seat, against a reserved pool if one is named; in an unlimited section a place without number."""
        if section.is_unlimited:
            return SeatTaken(section.id, section.component_id, None)
        seat_no, seating = self._seating[section.id].take()
        self._set_seating(section.id, seating)
        self._count_in_pool(section.id, pool, 1)
        return SeatTaken(section.id, section.component_id, seat_no, pool)

    def take_seat_above_capacity(self, section: Section, permission: PermissionId) -> SeatTaken:
        """Take a seat that a permission adds."""
        seat_no, seating = self._seating[section.id].take_above_capacity()
        self._set_seating(section.id, seating)
        if (section.id, seat_no) in self.effects.seats_removed:
            # A free seat of that number went before in the same list.
            self.effects.seats_removed.discard((section.id, seat_no))
            self.effects.seats_replaced.add((section.id, seat_no))
        self.effects.seats_added[section.id, seat_no] = SeatAdded(section.id, seat_no, permission)
        return SeatTaken(section.id, section.component_id, seat_no, permission_id=permission)

    def give_back(self, seat: SeatTaken) -> None:
        """Free a seat: it can be taken again, or goes if there are more seats than capacity."""
        if seat.seat_no is None:
            return
        self._count_in_pool(seat.section_id, seat.pool, -1)
        if seat.permission_id is not None:
            self._remove_seats(seat.section_id, (seat.seat_no,))
            return
        seating, goes = self._seating[seat.section_id].give_back(seat.seat_no)
        self._set_seating(seat.section_id, seating)
        if goes:
            self._remove_seats(seat.section_id, (seat.seat_no,))

    def write(self, enrollment: Enrollment) -> Enrollment:
        """Note an enrollment that came to be, changed or ended; its seats are taken and given back by the caller."""
        known = self.student(enrollment.student_id)
        identifier, stored = enrollment.id, None
        standing = []
        for other in known.enrollments:
            if other.id == identifier:
                stored = other
            else:
                standing.append(other)
        earlier = self.effects.enrollments.get(identifier)
        if earlier is not None:
            stored = earlier.before
        self.effects.enrollments[identifier] = EnrollmentChange(stored, enrollment)
        if enrollment.status is EnrollmentStatus.ENROLLED:
            standing.append(enrollment)
        self._students[enrollment.student_id] = known.with_enrollments(tuple(standing))
        return enrollment

    def write_entry(self, entry: WaitlistEntry) -> WaitlistEntry:
        """Note an entry that came to be, was skipped or ended."""
        earlier = self.effects.entries.get(entry.id)
        stored = self._waiting.get(entry.id) if earlier is None else earlier.before
        self.effects.entries[entry.id] = EntryChange(stored, entry)
        self._queue = None
        if entry.status is EntryStatus.WAITING:
            self._waiting[entry.id] = entry
            if self._in_view is not None:
                self._in_view |= {entry.id}
        else:
            self._waiting.pop(entry.id, None)
        return entry

    def give_permission(self, permission: Permission) -> None:
        """Note a permission; it counts for the commands that follow."""
        known = self.student(permission.student_id)
        self._students[permission.student_id] = replace(known, permissions=(*known.permissions, permission))
        self.effects.permissions.append(permission)

    def revoke_permission(self, permission: Permission, expected_version: int | None) -> None:
        """Note that a permission has ended; it counts no more for the commands that follow."""
        known = self.student(permission.student_id)
        left = tuple(p for p in known.permissions if p.id != permission.id)
        self._students[permission.student_id] = replace(known, permissions=left)
        self.effects.revoked.append(RevokedPermission(permission, expected_version))

    def release_hold(self, student: StudentId, hold: HoldId) -> None:
        """Take a hold from a student, for the commands that follow."""
        known = self.student(student)
        self._students[student] = replace(known, holds=tuple(h for h in known.holds if h.id != hold))

    def revise(self, section: Section, expected_version: int | None) -> None:
        """Give a section its new state; its seats come and go as its capacity says."""
        if section.capacity is not None:
            resized = self._seating[section.id].resize(section.capacity)
            self._set_seating(section.id, resized.seating)
            self._add_seats(section.id, resized.added)
            self._remove_seats(section.id, resized.removed)
        self.effects.revised.append(RevisedSection(section, expected_version))
        self.facts = _facts_with(self.facts, section)

    def _count_in_pool(self, section: SectionId, pool: str | None, change: int) -> None:
        if pool is not None:
            counts = self._pools.get(section)
            if counts is None:
                counts = self._pools[section] = dict(self.facts.pools_taken(section))
            counts[pool] = counts.get(pool, 0) + change
            self.effects.pools[section] = counts

    def _add_seats(self, section: SectionId, numbers: Sequence[int]) -> None:
        """Note new seats; those that were to go within the list stay instead."""
        for seat_no in numbers:
            if (section, seat_no) in self.effects.seats_removed:
                self.effects.seats_removed.discard((section, seat_no))
            else:
                self.effects.seats_added[section, seat_no] = SeatAdded(section, seat_no)

    def _remove_seats(self, section: SectionId, numbers: Sequence[int]) -> None:
        """Note seats that go; those that came within the list never come."""
        for seat_no in numbers:
            came = self.effects.seats_added.pop((section, seat_no), None) is not None
            if not came or (section, seat_no) in self.effects.seats_replaced:
                self.effects.seats_removed.add((section, seat_no))
            self.effects.seats_replaced.discard((section, seat_no))

    def _set_seating(self, section: SectionId, seating: Seating) -> None:
        self._seating[section] = seating
        self.effects.seating[section] = seating


def _in_order(sections: tuple[SectionId, ...]) -> Sequence[SectionId]:
    return sections if len(sections) == 1 else sorted(sections)


def _facts_with(facts: Facts, section: Section) -> Facts:
    """The facts after `section` was revised, for the commands that follow in the list."""
    offerings = {
        identifier: replace(known, sections=_ordered(section if s.id == section.id else s for s in known.sections))
        for identifier, known in facts.offerings.items()
    }
    return replace(facts, offerings=offerings, sections={**facts.sections, section.id: section})


def _ordered(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(sorted(sections, key=lambda section: section.code))
