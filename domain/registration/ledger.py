"""The facts as they change while a list of commands is decided, and the effects that gather on the way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from domain.people.hold import Hold
from domain.registration.enrollment import Enrollment
from domain.registration.facts import Facts, StudentFacts
from domain.registration.outcomes import Effects, RevisedSection
from domain.registration.seating import Seating
from domain.scheduling.section import Section
from domain.shared.identifiers import EnrollmentId, SectionId, StudentId

_NOBODY = StudentFacts()


class Ledger:
    """A working copy of `facts`; every change to it stands in `effects` too."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.effects = Effects(next_number=facts.next_number)
        self._seating: dict[SectionId, Seating] = dict(facts.seating)
        self._enrollments: dict[StudentId, tuple[Enrollment, ...]] = {}

    def next_number(self) -> int:
        """The next number in the term's order of decisions."""
        number = self.effects.next_number
        self.effects.next_number = number + 1
        return number

    def holds(self, student: StudentId) -> Sequence[Hold]:
        """The student's active registration holds."""
        return self.facts.students.get(student, _NOBODY).holds

    def enrollments(self, student: StudentId) -> tuple[Enrollment, ...]:
        """The student's standing enrollments of the term."""
        if student not in self._enrollments:
            self._enrollments[student] = self.facts.students.get(student, _NOBODY).enrollments
        return self._enrollments[student]

    def enrollment(self, student: StudentId, identifier: EnrollmentId) -> Enrollment | None:
        """The student's standing enrollment with that id, if there is one."""
        return next((e for e in self.enrollments(student) if e.id == identifier), None)

    def schedule(self, student: StudentId) -> tuple[Section, ...]:
        """The sections in which the student sits."""
        return tuple(self.facts.sections[seat.section_id] for e in self.enrollments(student) for seat in e.seats)

    def seating_of(self, section: Section) -> Seating | None:
        """Where the free seats of a section are; None for an unlimited one."""
        return self._seating.get(section.id)

    def take_seat(self, section: Section) -> int | None:
        """Take a free seat and answer its number; None in an unlimited section."""
        if section.is_unlimited:
            return None
        seat_no, seating = self._seating[section.id].take()
        self._set_seating(section.id, seating)
        return seat_no

    def enroll(self, enrollment: Enrollment) -> None:
        """Note an enrollment whose seats were taken."""
        self._enrollments[enrollment.student_id] = (*self.enrollments(enrollment.student_id), enrollment)
        self.effects.enrolled.append(enrollment)

    def drop(self, enrollment: Enrollment, at: datetime) -> Enrollment:
        """End an enrollment and give its seats back."""
        dropped = enrollment.drop(at)
        standing = self.enrollments(enrollment.student_id)
        self._enrollments[enrollment.student_id] = tuple(e for e in standing if e.id != enrollment.id)
        self.effects.dropped.append(dropped)
        for seat in enrollment.seats:
            if seat.seat_no is None:
                continue
            seating, goes = self._seating[seat.section_id].give_back(seat.seat_no)
            self._set_seating(seat.section_id, seating)
            if goes:
                self.effects.seats_removed.append((seat.section_id, seat.seat_no))
        return dropped

    def revise(self, section: Section, expected_version: int | None) -> str | None:
        """Give a section its new state; answers why not, or None when it was done."""
        current = self.facts.sections[section.id]
        if current.is_unlimited != section.is_unlimited:
            return "A section with a capacity cannot become unlimited, nor an unlimited one limited."
        if section.capacity is not None:
            resized = self._seating[section.id].resize(section.capacity)
            self._set_seating(section.id, resized.seating)
            self.effects.seats_added.extend((section.id, seat_no) for seat_no in resized.added)
            self.effects.seats_removed.extend((section.id, seat_no) for seat_no in resized.removed)
        self.effects.revised.append(RevisedSection(section, expected_version))
        self.facts = _facts_with(self.facts, section)
        return None

    def _set_seating(self, section: SectionId, seating: Seating) -> None:
        self._seating[section] = seating
        self.effects.seating[section] = seating


def _facts_with(facts: Facts, section: Section) -> Facts:
    """The facts after `section` was revised, for the commands that follow in the list."""
    offerings = {
        identifier: replace(known, sections=tuple(section if s.id == section.id else s for s in known.sections))
        for identifier, known in facts.offerings.items()
    }
    return replace(facts, offerings=offerings, sections={**facts.sections, section.id: section})
