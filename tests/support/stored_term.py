"""A term as a careful clerk would keep it: seats, enrollments and queues as plain sets, to which effects are applied.

It knows nothing of how `Seating` counts; what the effects claim is checked against the sets.
"""

from dataclasses import replace

from domain.registration.enrollment import Enrollment, EnrollmentStatus
from domain.registration.facts import Facts, OfferingFacts, StudentFacts
from domain.registration.outcomes import Effects
from domain.registration.permission import Permission
from domain.registration.seating import Seating
from domain.registration.verification import SeatRows, Sitting, TermRoster
from domain.registration.waitlist import EntryStatus, WaitlistEntry
from domain.scheduling.section import Section
from domain.shared.identifiers import EnrollmentId, HoldId, PermissionId, SectionId, StudentId, WaitlistEntryId
from domain.shared.reference import Reference
from tests.support.university import pools_of


class StoredTerm:
    """The stored state of a term.

    `seats` are the numbers of each section's rows, each with the permission that added it or None; `enrollments` those
    that stand, `entries` those that wait; `ended` and `gone` hold what no longer does.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.next_number = facts.next_number
        self.sections: dict[SectionId, Section] = dict(facts.sections)
        self.seating: dict[SectionId, Seating] = dict(facts.seating)
        self.enrollments: dict[EnrollmentId, Enrollment] = {
            enrollment.id: enrollment for known in facts.students.values() for enrollment in known.enrollments
        }
        self.ended: dict[EnrollmentId, Enrollment] = {}
        self.entries: dict[WaitlistEntryId, WaitlistEntry] = dict(facts.entries)
        self.gone: dict[WaitlistEntryId, WaitlistEntry] = {}
        self.permissions: dict[PermissionId, Permission] = {
            permission.id: permission for known in facts.students.values() for permission in known.permissions
        }
        self.released: set[HoldId] = set()
        self.seats: dict[SectionId, dict[int, PermissionId | None]] = {
            section: dict.fromkeys((*range(seating.next_seat, seating.last_seat + 1), *seating.freed))
            for section, seating in facts.seating.items()
        }
        for enrollment in self.enrollments.values():
            for seat in enrollment.seats:
                if seat.seat_no is not None:
                    self.seats[seat.section_id][seat.seat_no] = seat.permission_id

    def held(self, section: SectionId) -> list[int]:
        """The seat numbers that standing enrollments hold in a section."""
        return [
            seat.seat_no
            for enrollment in self.enrollments.values()
            for seat in enrollment.seats
            if seat.section_id == section and seat.seat_no is not None
        ]

    def apply(self, effects: Effects) -> None:
        """Store effects as sets; an enrollment made and ended in one list never holds a seat."""
        for identifier, change in effects.enrollments.items():
            assert change.after.id == identifier
            assert change.before == self.enrollments.pop(identifier, None), "an enrollment changed from what is stored"
            assert identifier not in self.ended, "an enrollment that has ended changes"
            stands = change.after.status is EnrollmentStatus.ENROLLED
            assert stands == (change.after.ended_at is None)
            (self.enrollments if stands else self.ended)[identifier] = change.after
        for entry_id, moved in effects.entries.items():
            assert moved.after.id == entry_id
            assert moved.before == self.entries.pop(entry_id, None), "an entry changed from what is stored"
            assert entry_id not in self.gone, "an entry that no longer waits changes"
            waits = moved.after.status is EntryStatus.WAITING
            assert waits == (moved.after.ended_at is None)
            (self.entries if waits else self.gone)[entry_id] = moved.after
        self.permissions.update({permission.id: permission for permission in effects.permissions})
        self.permissions.update({revoked.permission.id: revoked.permission for revoked in effects.revoked})
        self.released |= {released.hold_id for released in effects.released}
        self._change_seats(effects)
        for revised in effects.revised:
            self.sections[revised.section.id] = revised.section
        self.seating.update(effects.seating)
        assert effects.next_number >= self.next_number
        self.next_number = effects.next_number
        for section in self.sections.values():
            self._check(section)

    def _change_seats(self, effects: Effects) -> None:
        assert effects.seats_removed.isdisjoint(effects.seats_added), "a seat is both added and removed"
        assert effects.seats_replaced <= effects.seats_added.keys()
        for section, seat_no in effects.seats_replaced:
            del self.seats[section][seat_no]
        for (section, seat_no), added in effects.seats_added.items():
            assert (added.section_id, added.seat_no) == (section, seat_no)
            assert seat_no not in self.seats[section], "an added seat is there already"
            self.seats[section][seat_no] = added.permission_id
        for section, seat_no in effects.seats_removed:
            del self.seats[section][seat_no]

    def _check(self, section: Section) -> None:
        held = self.held(section.id)
        if section.capacity is None:
            assert not held
            return
        seats = self.seats[section.id]
        assert len(set(held)) == len(held), "a seat is held twice"
        assert set(held) <= seats.keys(), "a seat is held that is not there"
        above = {seat_no for seat_no, permission in seats.items() if permission is not None}
        assert above <= set(held), "a seat above capacity outlives who sat on it"
        seating = self.seating[section.id]
        free = {*range(seating.next_seat, seating.last_seat + 1), *seating.freed}
        assert free == seats.keys() - set(held)
        assert seating.capacity == section.capacity
        assert (seating.seats, seating.taken) == (len(seats) - len(above), len(held) - len(above))
        assert seating.seats == max(section.capacity, len(held) - len(above))

    def facts(self) -> Facts:
        """The facts as a registration book would load them now."""
        students = {
            *self._facts.students,
            *(e.student_id for e in self.enrollments.values()),
            *(permission.student_id for permission in self.permissions.values()),
        }
        ordered = sorted(self.sections.values(), key=lambda section: section.code)
        return replace(
            self._facts,
            next_number=self.next_number,
            students={student: self._student(student) for student in students},
            offerings={
                identifier: OfferingFacts(
                    known.offering, known.courses, tuple(s for s in ordered if s.offering_id == identifier)
                )
                for identifier, known in self._facts.offerings.items()
            },
            sections=dict(self.sections),
            seating=dict(self.seating),
            section_ids={
                reference: section.id
                for section in ordered
                for reference in (Reference(code=section.code), Reference.of(section.id))
            },
            pools=pools_of(self.enrollments.values()),
            entries=dict(self.entries),
        )

    def _student(self, student: StudentId) -> StudentFacts:
        before = self._facts.students.get(student, StudentFacts())
        standing = [e for e in self.enrollments.values() if e.student_id == student]
        return replace(
            before,
            holds=tuple(hold for hold in before.holds if hold.id not in self.released),
            permissions=tuple(p for p in self.permissions.values() if p.student_id == student and p.revoked_at is None),
            enrollments=tuple(sorted(standing, key=lambda e: e.number)),
        )

    def roster(self) -> TermRoster:
        """What proving the term's invariants looks at; a student's code is the beginning of their id."""
        return TermRoster(
            term=self._facts.term,
            offerings=tuple(known.offering for known in self._facts.offerings.values()),
            sections=tuple(self.sections.values()),
            sittings=tuple(
                Sitting(
                    enrollment_id=enrollment.id,
                    student_id=enrollment.student_id,
                    student_code=str(enrollment.student_id)[:8],
                    course_id=enrollment.course_id,
                    offering_id=enrollment.offering_id,
                    section_id=seat.section_id,
                    seat_no=seat.seat_no,
                )
                for enrollment in self.enrollments.values()
                for seat in enrollment.seats
            ),
            seats={
                section: SeatRows(
                    numbers=frozenset(seats),
                    counted=self.seating[section].seats,
                    above=frozenset(seat_no for seat_no, permission in seats.items() if permission is not None),
                )
                for section, seats in self.seats.items()
            },
            permissions=tuple(self.permissions.values()),
        )
