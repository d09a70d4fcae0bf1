"""Proving a term's invariants from what is stored, without trusting the rules that stored it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from domain.registration.codes import RejectionCode
from domain.registration.fitting import meeting_in_words
from domain.registration.permission import Permission
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import CourseId, EnrollmentId, OfferingId, SectionId, StudentId


@dataclass(frozen=True, slots=True)
class Sitting:
    """One stored row that says that a student sits in a section.

    `course_id` and `offering_id` are those of its enrollment, None where the student has no such standing enrollment in
    the term.
    """

    enrollment_id: EnrollmentId
    student_id: StudentId
    student_code: str
    course_id: CourseId | None
    offering_id: OfferingId | None
    section_id: SectionId
    seat_no: int | None


@dataclass(frozen=True, slots=True)
class SeatRows:
    """The seats that a section has, by their numbers; those `above` capacity were added by permissions.

    `counted` is how many of the others the desk counted.
    """

    numbers: frozenset[int] = frozenset()
    counted: int = 0
    above: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class TermRoster:
    """A term as stored: its offerings, sections and sittings, the enrollments that sit nowhere, the sections' seats.

    `permissions` are those that ever let a student take sections that clash.
    """

    term: Term
    offerings: tuple[CourseOffering, ...]
    sections: tuple[Section, ...]
    sittings: tuple[Sitting, ...]
    unseated: tuple[EnrollmentId, ...] = ()
    seats: Mapping[SectionId, SeatRows] = field(default_factory=dict)
    permissions: tuple[Permission, ...] = ()


@dataclass(frozen=True, slots=True)
class Offence:
    """A broken invariant and who breaks it."""

    invariant: str
    detail: str


def verify(roster: TermRoster) -> tuple[Offence, ...]:
    """Every offence against the invariants of registration in `roster`."""
    sections = {section.id: section for section in roster.sections}
    offerings: dict[OfferingId | None, CourseOffering] = {offering.id: offering for offering in roster.offerings}
    by_section: dict[SectionId, list[Sitting]] = defaultdict(list)
    by_enrollment: dict[EnrollmentId, list[Sitting]] = defaultdict(list)
    by_student: dict[StudentId, list[Sitting]] = defaultdict(list)
    for sitting in roster.sittings:
        by_section[sitting.section_id].append(sitting)
        if sitting.offering_id is not None:
            by_enrollment[sitting.enrollment_id].append(sitting)
            by_student[sitting.student_id].append(sitting)
    return (
        *_wrongly_filled(by_section, roster),
        *_seats_shared(by_section, sections),
        *_without_seat(roster, sections),
        *_without_enrollment(roster.sittings, sections),
        *_incomplete(by_enrollment, offerings, sections),
        *_without_parent(by_enrollment, sections),
        *_duplicate_courses(by_student, offerings),
        *_clashing(by_student, sections, roster),
    )


def _wrongly_filled(by_section: Mapping[SectionId, list[Sitting]], roster: TermRoster) -> Iterator[Offence]:
    """Sections with more students than seats, students on seats that are not there, and seats that nobody may have.

    A cut below the roster leaves taken seats until they are given back: a section may seat more than its capacity on
    seats that the desk made, but not have a free one then. A seat that a permission added is there while it is taken.
    """
    for section in roster.sections:
        seats = roster.seats.get(section.id, SeatRows())
        sittings = by_section.get(section.id, [])
        held = {sitting.seat_no for sitting in sittings if sitting.seat_no is not None}
        nowhere = ", ".join(
            sorted(s.student_code for s in sittings if s.seat_no is not None and s.seat_no not in seats.numbers)
        )
        ordinary = seats.numbers - seats.above
        made = min(len(ordinary), seats.counted)
        if section.capacity is not None and len(sittings) > max(section.capacity, made) + len(seats.above):
            lacking = f", with no seat for {nowhere}" if nowhere else ""
            yield Offence("capacity", f"section {section.code} seats {len(sittings)} of {section.capacity}{lacking}")
        elif nowhere:
            yield Offence("seated", f"section {section.code} does not have the seat that it gave to {nowhere}")
        taken = len(held & ordinary)
        wanted = 0 if section.capacity is None else max(section.capacity, taken)
        if len(ordinary) != wanted:
            found = f"{len(ordinary)} seats, {taken} of them taken, instead of {wanted}"
            yield Offence("seats", f"section {section.code} has {found}")
        for seat_no in sorted(seats.above - held):
            yield Offence("seats", f"section {section.code} keeps seat {seat_no} above capacity, which nobody holds")


def _seats_shared(
    by_section: Mapping[SectionId, list[Sitting]], sections: Mapping[SectionId, Section]
) -> Iterator[Offence]:
    for section_id, sittings in by_section.items():
        holders: dict[int, list[str]] = defaultdict(list)
        for sitting in sittings:
            if sitting.seat_no is not None:
                holders[sitting.seat_no].append(sitting.student_code)
        for seat_no, students in holders.items():
            if len(students) > 1:
                where = _code(section_id, sections)
                yield Offence("seat_shared", f"seat {seat_no} of section {where} is held by {_listed(students)}")


def _without_seat(roster: TermRoster, sections: Mapping[SectionId, Section]) -> Iterator[Offence]:
    for sitting in roster.sittings:
        section = sections.get(sitting.section_id)
        if sitting.seat_no is None and section is not None and not section.is_unlimited:
            yield Offence("seated", f"student {sitting.student_code} has no seat in section {section.code}")
    for enrollment in roster.unseated:
        yield Offence("seated", f"enrollment {enrollment} holds no seat")


def _without_enrollment(sittings: Iterable[Sitting], sections: Mapping[SectionId, Section]) -> Iterator[Offence]:
    for sitting in sittings:
        if sitting.offering_id is None:
            yield Offence(
                "enrolled",
                f"student {sitting.student_code} sits in section {_code(sitting.section_id, sections)} "
                f"by {sitting.enrollment_id}, which is no standing enrollment of theirs in this term",
            )


def _incomplete(
    by_enrollment: Mapping[EnrollmentId, list[Sitting]],
    offerings: Mapping[OfferingId | None, CourseOffering],
    sections: Mapping[SectionId, Section],
) -> Iterator[Offence]:
    for enrollment, sittings in by_enrollment.items():
        student = f"student {sittings[0].student_code}"
        offering = offerings.get(sittings[0].offering_id)
        if offering is None:
            yield Offence("offering", f"{student} has enrollment {enrollment} in no offering of this term")
            continue
        if sittings[0].course_id not in offering.course_ids:
            yield Offence("course", f"{student} has enrollment {enrollment} in {offering.code} for another course")
        taken = Counter(sections[s.section_id].component_id if s.section_id in sections else None for s in sittings)
        wanted = [Counter(part.id for part in configuration.components) for configuration in offering.configurations]
        if taken not in wanted:
            codes = _listed(_code(sitting.section_id, sections) for sitting in sittings)
            yield Offence(
                "components", f"{student} sits in {codes} for {offering.code}, not in one section for each component"
            )


def _without_parent(
    by_enrollment: Mapping[EnrollmentId, list[Sitting]], sections: Mapping[SectionId, Section]
) -> Iterator[Offence]:
    for sittings in by_enrollment.values():
        taken = {sitting.section_id for sitting in sittings}
        for sitting in sittings:
            section = sections.get(sitting.section_id)
            if section is not None and section.parent_id is not None and section.parent_id not in taken:
                yield Offence("parent", f"student {sitting.student_code} sits in {section.code} without its parent")


def _duplicate_courses(
    by_student: Mapping[StudentId, list[Sitting]], offerings: Mapping[OfferingId | None, CourseOffering]
) -> Iterator[Offence]:
    """Students who are enrolled twice in a course, or in the courses of one cross-listed offering."""
    for sittings in by_student.values():
        enrollments = {s.enrollment_id: (s.course_id, s.offering_id) for s in sittings}
        for (one, (course, offering)), (other, (same, elsewhere)) in combinations(enrollments.items(), 2):
            if course in _courses_of(same, elsewhere, offerings) or same in _courses_of(course, offering, offerings):
                through = _listed(
                    f"{offerings[where].code if where in offerings else where} ({enrollment})"
                    for enrollment, where in ((one, offering), (other, elsewhere))
                )
                yield Offence("duplicate", f"student {sittings[0].student_code} is enrolled in one course by {through}")


def _courses_of(
    course: CourseId | None, offering: OfferingId | None, offerings: Mapping[OfferingId | None, CourseOffering]
) -> tuple[CourseId | None, ...]:
    """The course that is taken, and those with which its offering is cross-listed."""
    return (course, *(offerings[offering].course_ids if offering in offerings else ()))


def _clashing(
    by_student: Mapping[StudentId, list[Sitting]], sections: Mapping[SectionId, Section], roster: TermRoster
) -> Iterator[Offence]:
    """Sections of one student that clash, unless a permission has waived that, whether it still stands or not."""
    waivers: dict[StudentId, list[Permission]] = defaultdict(list)
    for permission in roster.permissions:
        if RejectionCode.TIME_CONFLICT in permission.codes:
            waivers[permission.student_id].append(permission)
    for student, sittings in by_student.items():
        # Who sits in a section twice is enrolled twice, which is an offence by itself.
        taken = {s.section_id: sections[s.section_id] for s in sittings if s.section_id in sections}
        for other, section in combinations(taken.values(), 2):
            meeting = section.clash_with(other, roster.term.calendar)
            waived = any(_is_about(permission, (section, other)) for permission in waivers.get(student, ()))
            if meeting is not None and not waived:
                yield Offence(
                    "time_conflict",
                    f"student {sittings[0].student_code} sits in {section.code} and {other.code}, "
                    f"which clash at {meeting_in_words(meeting)}",
                )


def _is_about(permission: Permission, sections: Iterable[Section]) -> bool:
    """Whether the permission is for one of the sections, or for the offering of one."""
    return any(
        section.offering_id == permission.offering_id and permission.section_id in (None, section.id)
        for section in sections
    )


def _code(section: SectionId, sections: Mapping[SectionId, Section]) -> str:
    """The section's code, or its id where it is none of the term's."""
    return sections[section].code if section in sections else str(section)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
