"""A term as a careful clerk would keep it: seat rows and enrollments as plain sets, to which effects are applied.

It knows nothing of how `Seating` counts; what the effects claim is checked against the sets.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.registration.enrollment import Enrollment
from domain.registration.facts import Facts, OfferingFacts, StudentFacts
from domain.registration.outcomes import Effects
from domain.registration.seating import Seating
from domain.registration.verification import SeatRows, Sitting, TermRoster
from domain.scheduling.section import Section
from domain.shared.identifiers import EnrollmentId, SectionId, StudentId
from domain.shared.reference import Reference


class StoredTerm:
    """The stored state of a term: `sections`, `seats` (the numbers of each section's rows), standing `enrollments`."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.next_number = facts.next_number
        self.sections: dict[SectionId, Section] = dict(facts.sections)
        self.seating: dict[SectionId, Seating] = dict(facts.seating)
        self.enrollments: dict[EnrollmentId, Enrollment] = {
            enrollment.id: enrollment for known in facts.students.values() for enrollment in known.enrollments
        }
        self.seats: dict[SectionId, set[int]] = {
            section: {*range(seating.next_seat, seating.last_seat + 1), *seating.freed, *self.held(section)}
            for section, seating in facts.seating.items()
        }

    def held(self, section: SectionId) -> list[int]:
        """The seat numbers that standing enrollments hold in a section."""
        return [
            seat.seat_no
            for enrollment in self.enrollments.values()
            for seat in enrollment.seats
            if seat.section_id == section and seat.seat_no is not None
        ]

    def apply(self, effects: Effects) -> None:
        """Store effects as sets; an enrollment made and dropped in one list never holds a seat."""
        made = {enrollment.id: enrollment for enrollment in effects.enrolled}
        assert len(made) == len(effects.enrolled)
        assert made.keys().isdisjoint(self.enrollments)
        self.enrollments.update(made)
        for enrollment in effects.dropped:
            del self.enrollments[enrollment.id]
        self._change_seats(effects.seats_added, effects.seats_removed)
        for revised in effects.revised:
            self.sections[revised.section.id] = revised.section
        self.seating.update(effects.seating)
        assert effects.next_number >= self.next_number
        self.next_number = effects.next_number
        for section in self.sections.values():
            self._check(section)

    def _change_seats(self, added: Sequence[tuple[SectionId, int]], removed: Sequence[tuple[SectionId, int]]) -> None:
        assert len(set(added)) == len(added), "a seat is added twice"
        assert len(set(removed)) == len(removed), "a seat is removed twice"
        assert set(added).isdisjoint(removed), "a seat is both added and removed"
        for section, seat_no in added:
            assert seat_no not in self.seats[section], "an added seat is there already"
            self.seats[section].add(seat_no)
        for section, seat_no in removed:
            self.seats[section].remove(seat_no)

    def _check(self, section: Section) -> None:
        held = self.held(section.id)
        if section.capacity is None:
            assert not held
            return
        assert len(set(held)) == len(held), "a seat is held twice"
        assert self.seats[section.id].issuperset(held), "a seat is held that is not there"
        seating = self.seating[section.id]
        free = {*range(seating.next_seat, seating.last_seat + 1), *seating.freed}
        assert free == self.seats[section.id] - set(held)
        assert seating.capacity == section.capacity
        assert (seating.seats, seating.taken) == (len(self.seats[section.id]), len(held))
        assert seating.seats == max(section.capacity, len(held))

    def facts(self) -> Facts:
        """The facts as a registration book would load them now."""
        students = {*self._facts.students, *(e.student_id for e in self.enrollments.values())}
        ordered = sorted(self.sections.values(), key=lambda section: section.code)
        return replace(
            self._facts,
            next_number=self.next_number,
            students={student: self._student(student) for student in students},
            offerings={
                identifier: OfferingFacts(
                    known.offering, known.credits, tuple(s for s in ordered if s.offering_id == identifier)
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
        )

    def _student(self, student: StudentId) -> StudentFacts:
        before = self._facts.students.get(student, StudentFacts())
        standing = [e for e in self.enrollments.values() if e.student_id == student]
        return StudentFacts(before.holds, tuple(sorted(standing, key=lambda e: e.number)))

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
                section: SeatRows(frozenset(numbers), self.seating[section].seats)
                for section, numbers in self.seats.items()
            },
        )
