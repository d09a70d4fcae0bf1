"""Proving a term's invariants from what is stored, without trusting the rules that stored it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from domain.registration.eligibility import meeting_in_words
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import CourseId, EnrollmentId, OfferingId, SectionId, StudentId


@dataclass(frozen=True, slots=True)
class Sitting:
    """One stored row of a standing enrollment in a section."""

    enrollment_id: EnrollmentId
    student_id: StudentId
    student_code: str
    course_id: CourseId
    offering_id: OfferingId
    section_id: SectionId
    seat_no: int | None


@dataclass(frozen=True, slots=True)
class TermRoster:
    """A term as stored: its offerings, sections and sittings, and the enrollments that sit nowhere.

    `seats` is how many seats a section has, where it is not its capacity: after a cut below the roster, seats that are
    taken stay until they are given back.
    """

    term: Term
    offerings: tuple[CourseOffering, ...]
    sections: tuple[Section, ...]
    sittings: tuple[Sitting, ...]
    unseated: tuple[EnrollmentId, ...] = ()
    seats: Mapping[SectionId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offence:
    """A broken invariant and who breaks it."""

    invariant: str
    detail: str


def verify(roster: TermRoster) -> tuple[Offence, ...]:
    """Every offence against the invariants of registration in `roster`."""
    sections = {section.id: section for section in roster.sections}
    by_enrollment: dict[EnrollmentId, list[Sitting]] = defaultdict(list)
    by_student: dict[StudentId, list[Sitting]] = defaultdict(list)
    for sitting in roster.sittings:
        by_enrollment[sitting.enrollment_id].append(sitting)
        by_student[sitting.student_id].append(sitting)
    return (
        *_oversold(roster, sections),
        *_seats_shared(roster.sittings, sections),
        *(Offence("seated", f"enrollment {enrollment} holds no seat") for enrollment in roster.unseated),
        *_incomplete(by_enrollment, roster.offerings, sections),
        *_without_parent(by_enrollment, sections),
        *_duplicate_courses(by_student),
        *_clashing(by_student, sections, roster.term),
    )


def _oversold(roster: TermRoster, sections: dict[SectionId, Section]) -> Iterator[Offence]:
    sitting = Counter(sitting.section_id for sitting in roster.sittings)
    for section_id, taken in sitting.items():
        section = sections.get(section_id)
        if section is None or section.capacity is None:
            continue
        if taken > max(section.capacity, roster.seats.get(section_id, 0)):
            yield Offence("capacity", f"section {section.code} seats {taken} of {section.capacity}")


def _seats_shared(sittings: Iterable[Sitting], sections: dict[SectionId, Section]) -> Iterator[Offence]:
    holders: dict[tuple[SectionId, int], list[Sitting]] = defaultdict(list)
    for sitting in sittings:
        section = sections.get(sitting.section_id)
        if sitting.seat_no is not None:
            holders[sitting.section_id, sitting.seat_no].append(sitting)
        elif section is not None and not section.is_unlimited:
            yield Offence("seated", f"student {sitting.student_code} has no seat in section {section.code}")
    for (section_id, seat_no), sharing in holders.items():
        if len(sharing) > 1:
            students = ", ".join(sorted(sitting.student_code for sitting in sharing))
            section_code = sections[section_id].code if section_id in sections else str(section_id)
            yield Offence("seat_shared", f"seat {seat_no} of section {section_code} is held by {students}")


def _incomplete(
    by_enrollment: dict[EnrollmentId, list[Sitting]],
    offerings: Iterable[CourseOffering],
    sections: dict[SectionId, Section],
) -> Iterator[Offence]:
    known = {offering.id: offering for offering in offerings}
    for sittings in by_enrollment.values():
        offering = known.get(sittings[0].offering_id)
        taken = Counter(sections[s.section_id].component_id for s in sittings if s.section_id in sections)
        strangers = any(s.section_id not in sections for s in sittings)
        wanted = (
            []
            if offering is None
            else [Counter(part.id for part in configuration.components) for configuration in offering.configurations]
        )
        if strangers or taken not in wanted:
            codes = ", ".join(sorted(sections[s.section_id].code for s in sittings if s.section_id in sections))
            yield Offence(
                "components",
                f"student {sittings[0].student_code} sits in {codes}, not in one section for each component",
            )


def _without_parent(
    by_enrollment: dict[EnrollmentId, list[Sitting]], sections: dict[SectionId, Section]
) -> Iterator[Offence]:
    for sittings in by_enrollment.values():
        taken = {sitting.section_id for sitting in sittings}
        for sitting in sittings:
            section = sections.get(sitting.section_id)
            if section is not None and section.parent_id is not None and section.parent_id not in taken:
                yield Offence("parent", f"student {sitting.student_code} sits in {section.code} without its parent")


def _duplicate_courses(by_student: dict[StudentId, list[Sitting]]) -> Iterator[Offence]:
    for sittings in by_student.values():
        enrollments: dict[CourseId, set[EnrollmentId]] = defaultdict(set)
        for sitting in sittings:
            enrollments[sitting.course_id].add(sitting.enrollment_id)
        for course, several in enrollments.items():
            if len(several) > 1:
                yield Offence("duplicate", f"student {sittings[0].student_code} is enrolled twice in course {course}")


def _clashing(
    by_student: dict[StudentId, list[Sitting]], sections: dict[SectionId, Section], term: Term
) -> Iterator[Offence]:
    for sittings in by_student.values():
        taken = [sections[sitting.section_id] for sitting in sittings if sitting.section_id in sections]
        for position, section in enumerate(taken):
            for other in taken[:position]:
                meeting = section.clash_with(other, term.calendar)
                if meeting is not None:
                    yield Offence(
                        "time_conflict",
                        f"student {sittings[0].student_code} sits in {section.code} and {other.code}, "
                        f"which clash at {meeting_in_words(meeting)}",
                    )
