"""The facts as they change while a list of commands is decided, and the effects that gather on the way."""

from collections.abc import Iterable, Sequence
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
                self._move_seats(seat.section_id, removed=(seat.seat_no,))
        return dropped

    def revise(self, section: Section, expected_version: int | None) -> str | None:
        """Give a section its new state; answers why not, or None when it was done."""
        current = self.facts.sections.get(section.id)
        if current is None:
            return "The section does not exist any more."
        if current.is_unlimited != section.is_unlimited:
            return "A section with a capacity cannot become unlimited, nor an unlimited one limited."
        if self._would_split_families(current, section):
            return "A section in which students sit keeps its component, and gets no other parent."
        if section.capacity is not None:
            resized = self._seating[section.id].resize(section.capacity)
            self._set_seating(section.id, resized.seating)
            self._move_seats(section.id, added=resized.added, removed=resized.removed)
        self.effects.revised.append(RevisedSection(section, expected_version))
        self.facts = _facts_with(self.facts, section)
        return None

    def _would_split_families(self, current: Section, revised: Section) -> bool:
        """Whether those who sit in the section would no longer sit in one section per component, with its parents."""
        moved = revised.component_id != current.component_id
        adopted = revised.parent_id is not None and revised.parent_id != current.parent_id
        seating = self._seating.get(current.id)
        return (moved or adopted) and (seating is None or seating.taken > 0)

    def _move_seats(self, section: SectionId, added: Sequence[int] = (), removed: Sequence[int] = ()) -> None:
        """Note seats that come and go; one that does both within the list does neither."""
        coming = [(section, seat_no) for seat_no in added]
        going = [(section, seat_no) for seat_no in removed]
        before_added, before_removed = self.effects.seats_added, self.effects.seats_removed
        self.effects.seats_added = [*_without(before_added, going), *_without(coming, before_removed)]
        self.effects.seats_removed = [*_without(before_removed, coming), *_without(going, before_added)]

    def _set_seating(self, section: SectionId, seating: Seating) -> None:
        self._seating[section] = seating
        self.effects.seating[section] = seating


def _without(
    seats: Sequence[tuple[SectionId, int]], others: Sequence[tuple[SectionId, int]]
) -> list[tuple[SectionId, int]]:
    cancelled = set(others)
    return [seat for seat in seats if seat not in cancelled]


def _facts_with(facts: Facts, section: Section) -> Facts:
    """The facts after `section` was revised, for the commands that follow in the list."""
    offerings = {
        identifier: replace(known, sections=_ordered(section if s.id == section.id else s for s in known.sections))
        for identifier, known in facts.offerings.items()
    }
    return replace(facts, offerings=offerings, sections={**facts.sections, section.id: section})


def _ordered(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(sorted(sections, key=lambda section: section.code))
