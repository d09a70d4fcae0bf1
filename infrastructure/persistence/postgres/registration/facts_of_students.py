"""Students, and what they hold, have done, take and wait for, from the row of `registration_load`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar

import orjson

from domain.catalog.grading import GradingBasis
from domain.people.hold import Hold, HoldBlock
from domain.people.student import TestScore
from domain.registration.codes import RejectionCode
from domain.registration.enrollment import Enrollment, SeatTaken
from domain.registration.facts import Profile, StudentFacts
from domain.registration.permission import Permission
from domain.registration.requisites import AttemptAtCourse
from domain.registration.waitlist import WaitlistEntry
from domain.shared.identifiers import (
    ComponentId,
    CourseId,
    EnrollmentId,
    HoldId,
    OfferingId,
    PermissionId,
    SectionId,
    StudentId,
    TermId,
    TimeTicketId,
    WaitlistEntryId,
)
from infrastructure.persistence.postgres.registration.ids import id_of
from infrastructure.persistence.postgres.registration.rejections import rejections_of
from infrastructure.persistence.postgres.registration.snapshots import Snapshot

Json = Any
"""A value of a document; its shape is what the SQL function builds."""

T = TypeVar("T")


def students_facts(
    row: Mapping[str, Any], tried: Mapping[str, Any], snapshot: Snapshot
) -> dict[StudentId, StudentFacts]:
    """What is known of everybody whose facts count; of somebody unknown, nothing. The attempts are in `tried`."""
    term = snapshot.term.id
    profiles = _profiles(row)
    tickets = _tickets(row)
    holds = _by_student(row["holds"], 1, _hold)
    permissions = _by_student(row["permissions"], 1, lambda document: _permission(document, term))
    attempts = _attempts(tried, snapshot)
    enrollments = _enrollments(row, term)
    found = {}
    for person in row["people"]:
        profile, program, department = profiles.get(person, _UNKNOWN)
        found[person] = StudentFacts(
            profile,
            program,
            department,
            tickets.get(person, _NONE),
            tuple([hold for hold in holds.get(person, ()) if hold.blocks_registration()]),
            tuple(permissions.get(person, ())),
            tuple(attempts.get(person, ())),
            tuple(enrollments.get(person, ())),
        )
    return found


_UNKNOWN: tuple[Profile | None, str | None, str | None] = (None, None, None)
_NONE: frozenset[TimeTicketId] = frozenset()


def _columns(row: Mapping[str, Any], prefix: str, names: str) -> Iterable[tuple[Any, ...]]:
    """The rows whose columns are the arrays of these names."""
    if row[f"{prefix}_{names.split(maxsplit=1)[0]}"] is None:
        return ()
    return zip(*(row[f"{prefix}_{name}"] for name in names.split()), strict=True)


def _profiles(row: Mapping[str, Any]) -> dict[StudentId, tuple[Profile | None, str | None, str | None]]:
    scores: dict[StudentId, list[TestScore]] = {}
    for student, test, score in _columns(row, "score", "students tests scores"):
        scores.setdefault(student, []).append(TestScore(test, score))
    columns = _columns(row, "student", "ids programs levels maxima minima program_codes department_codes")
    return {
        student: (Profile(program, level, tuple(scores.get(student, ())), maximum, minimum), code, department)
        for student, program, level, maximum, minimum, code, department in columns
    }


def _tickets(row: Mapping[str, Any]) -> dict[StudentId, frozenset[TimeTicketId]]:
    found: dict[StudentId, frozenset[TimeTicketId]] = {}
    for student, ticket in _columns(row, "ticket", "students ids"):
        found[student] = found.get(student, _NONE) | {ticket}
    return found


def _by_student(document: str | None, position: int, made: Callable[[Json], T]) -> dict[StudentId, list[T]]:
    """What is made of each row of a JSON document, by the student who stands at `position` in it."""
    found: dict[StudentId, list[T]] = {}
    for row in () if document is None else orjson.loads(document):
        found.setdefault(StudentId(id_of(row[position])), []).append(made(row))
    return found


def _hold(row: Json) -> Hold:
    identifier, student, blocks, office, reason, placed_at = row
    return Hold(
        id=HoldId(id_of(identifier)),
        student_id=StudentId(id_of(student)),
        blocks=frozenset(HoldBlock(block) for block in blocks),
        office=office,
        reason=reason,
        placed_at=datetime.fromisoformat(placed_at),
    )


def _permission(row: Json, term: TermId) -> Permission:
    identifier, student, offering, section, codes, issuer, reason, given_at, expires_at = row
    return Permission(
        id=PermissionId(id_of(identifier)),
        student_id=StudentId(id_of(student)),
        term_id=term,
        offering_id=OfferingId(id_of(offering)),
        codes=frozenset(RejectionCode(code) for code in codes),
        issuer=issuer,
        reason=reason,
        given_at=datetime.fromisoformat(given_at),
        section_id=None if section is None else SectionId(id_of(section)),
        expires_at=None if expires_at is None else datetime.fromisoformat(expires_at),
    )


def _attempts(row: Mapping[str, Any], snapshot: Snapshot) -> Mapping[StudentId, list[AttemptAtCourse]]:
    """The attempts of each student; equal ones are one object as far as they are remembered, for many did the same."""
    found: dict[StudentId, list[AttemptAtCourse]] = defaultdict(list)
    known = snapshot.attempts
    made = _columns(row, "attempt", "courses terms grades schemes passed in_progress transfer")
    for student, fields in zip(row["attempt_students"] or (), made, strict=True):
        found[student].append(known.get(fields) or _attempt(fields, snapshot))
    return found


def _attempt(fields: tuple[Any, ...], snapshot: Snapshot) -> AttemptAtCourse:
    course, term, grade, scheme, passed, in_progress, transfer = fields
    graded_by = None if scheme is None else snapshot.schemes[scheme]
    if len(snapshot.attempts) >= _REMEMBERED:
        snapshot.attempts.clear()
    attempt = snapshot.attempts[fields] = AttemptAtCourse(course, term, grade, graded_by, passed, in_progress, transfer)
    return attempt


_REMEMBERED = 16_384
"""How many attempts are remembered."""


def _enrollments(row: Mapping[str, Any], term: TermId) -> Mapping[StudentId, list[Enrollment]]:
    """The standing enrollments of each student, the oldest first."""
    seats: dict[EnrollmentId, tuple[SeatTaken, ...]] = {}
    permitted = {(section, seat): by for section, seat, by in _columns(row, "permitted", "sections seats by")}
    stays = _columns(row, "stay", "enrollments sections components seats pools")
    for enrollment, section, component, seat_no, pool in stays:
        permission = permitted.get((section, seat_no)) if permitted else None
        seat = SeatTaken(section, component, seat_no, pool, permission)
        seats[enrollment] = (*seats[enrollment], seat) if enrollment in seats else (seat,)
    columns = _columns(row, "enrollment", "numbers ids students offerings courses credits bases moments")
    found: dict[StudentId, list[Enrollment]] = defaultdict(list)
    for number, identifier, student, offering, course, credit, basis, at in sorted(columns):
        taken = seats.get(identifier, ())
        placed = tuple(sorted(taken, key=_by_section)) if len(taken) > 1 else taken
        found[student].append(
            Enrollment(identifier, student, term, offering, course, credit, placed, number, at, _BASES[basis])
        )
    return found


_by_section = attrgetter("section_id")

_BASES = {basis.value: basis for basis in GradingBasis}
"""Looked up, for there are several in every command: calling the enumeration costs ten times as much."""


def enrollment_of(row: Json, term: TermId) -> Enrollment:
    """The standing enrollment in a row of a JSON document."""
    identifier, student, offering, course, credit, basis, number, enrolled_at, seats = row
    return Enrollment(
        id=EnrollmentId(id_of(identifier)),
        student_id=StudentId(id_of(student)),
        term_id=term,
        offering_id=OfferingId(id_of(offering)),
        course_id=CourseId(id_of(course)),
        credits=Decimal(credit),
        seats=tuple(_seat(seat) for seat in seats or ()),
        number=number,
        enrolled_at=datetime.fromisoformat(enrolled_at),
        grading_basis=GradingBasis(basis),
    )


def _seat(row: Json) -> SeatTaken:
    section, component, seat_no, pool, permission = row
    return SeatTaken(
        SectionId(id_of(section)),
        ComponentId(id_of(component)),
        seat_no,
        pool,
        None if permission is None else PermissionId(id_of(permission)),
    )


def entries_of(document: str | None, term: TermId) -> dict[WaitlistEntryId, WaitlistEntry]:
    """The waiting entries, by id."""
    rows = () if document is None else orjson.loads(document)
    return {entry.id: entry for entry in (entry_of(row, term) for row in rows)}


def entry_of(row: Json, term: TermId) -> WaitlistEntry:
    """The waiting entry in a row."""
    (
        identifier,
        enrollment,
        student,
        offering,
        course,
        basis,
        number,
        joined_at,
        priority,
        drop_if_enrolled,
        skipped,
        sections,
    ) = row
    return WaitlistEntry(
        id=WaitlistEntryId(id_of(identifier)),
        enrollment_id=EnrollmentId(id_of(enrollment)),
        student_id=StudentId(id_of(student)),
        term_id=term,
        offering_id=OfferingId(id_of(offering)),
        course_id=CourseId(id_of(course)),
        section_ids=tuple(SectionId(id_of(section)) for section in sections),
        grading_basis=GradingBasis(basis),
        number=number,
        joined_at=datetime.fromisoformat(joined_at),
        priority=priority,
        drop_if_enrolled=None if drop_if_enrolled is None else EnrollmentId(id_of(drop_if_enrolled)),
        skipped=rejections_of(skipped),
    )
