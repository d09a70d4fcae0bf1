"""Students, and what they hold, have done, take and wait for, from the document of `registration_load`."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from domain.catalog.grading import GradingBasis, GradingScheme
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
    ProgramId,
    SectionId,
    StudentId,
    TermId,
    WaitlistEntryId,
)
from infrastructure.persistence.postgres.mapping.catalog import grading_scheme_of
from infrastructure.persistence.postgres.registration.rejections import rejections_of
from infrastructure.persistence.postgres.rows.catalog import GradingSchemeRow

Json = Any
"""A value of the document; its shape is what the SQL function builds."""

T = TypeVar("T")


def students_facts(document: Json, term: TermId) -> dict[StudentId, StudentFacts]:
    """What is known of everybody whose facts count; of somebody unknown, nothing."""
    schemes = {row[0]: _scheme(row) for row in document["schemes"] or ()}
    records = {row[0]: row for row in document["students"] or ()}
    holds = _by_student(document["holds"], 1, _hold)
    permissions = _by_student(document["permissions"], 1, lambda row: _permission(row, term))
    attempts = _by_student(document["attempts"], 0, lambda row: _attempt(row, schemes))
    enrollments = _by_student(document["enrollments"], 1, lambda row: enrollment_of(row, term))
    found = {}
    for person in document["people"]:
        record = records.get(person)
        found[StudentId(UUID(person))] = StudentFacts(
            profile=None if record is None else _profile(record),
            program=None if record is None else record[-2],
            department=None if record is None else record[-1],
            holds=tuple(hold for hold in holds.get(person, ()) if hold.blocks_registration()),
            permissions=tuple(permissions.get(person, ())),
            attempts=tuple(attempts.get(person, ())),
            enrollments=tuple(enrollments.get(person, ())),
        )
    return found


def _by_student(rows: Json, position: int, made: Callable[[Json], T]) -> dict[str, list[T]]:
    """What is made of each row, by the student who stands at `position` in it."""
    found: dict[str, list[T]] = {}
    for row in rows or ():
        found.setdefault(row[position], []).append(made(row))
    return found


def _profile(row: Json) -> Profile:
    _, program, class_level, maximum, minimum, scores, _, _ = row
    return Profile(
        program_id=None if program is None else ProgramId(UUID(program)),
        class_level=class_level,
        test_scores=tuple(TestScore(test, Decimal(score)) for test, score in scores or ()),
        credit_maximum=None if maximum is None else Decimal(maximum),
        credit_minimum=None if minimum is None else Decimal(minimum),
    )


def _hold(row: Json) -> Hold:
    identifier, student, blocks, office, reason, placed_at = row
    return Hold(
        id=HoldId(UUID(identifier)),
        student_id=StudentId(UUID(student)),
        blocks=frozenset(HoldBlock(block) for block in blocks),
        office=office,
        reason=reason,
        placed_at=datetime.fromisoformat(placed_at),
    )


def _permission(row: Json, term: TermId) -> Permission:
    identifier, student, offering, section, codes, issuer, reason, given_at, expires_at = row
    return Permission(
        id=PermissionId(UUID(identifier)),
        student_id=StudentId(UUID(student)),
        term_id=term,
        offering_id=OfferingId(UUID(offering)),
        codes=frozenset(RejectionCode(code) for code in codes),
        issuer=issuer,
        reason=reason,
        given_at=datetime.fromisoformat(given_at),
        section_id=None if section is None else SectionId(UUID(section)),
        expires_at=None if expires_at is None else datetime.fromisoformat(expires_at),
    )


def _attempt(row: Json, schemes: dict[str, GradingScheme]) -> AttemptAtCourse:
    _, course, term, grade, scheme, passed, in_progress, transfer = row
    return AttemptAtCourse(
        course=course,
        term=term,
        grade=grade,
        scheme=None if scheme is None else schemes[scheme],
        passed=passed,
        in_progress=in_progress,
        transfer=transfer,
    )


def _scheme(row: Json) -> GradingScheme:
    identifier, code, name, grades, scale = row
    return grading_scheme_of(GradingSchemeRow(id=UUID(identifier), code=code, name=name, grades=grades, scale=scale))


def enrollment_of(row: Json, term: TermId) -> Enrollment:
    """The standing enrollment in a row."""
    identifier, student, offering, course, credit, basis, number, enrolled_at, seats = row
    return Enrollment(
        id=EnrollmentId(UUID(identifier)),
        student_id=StudentId(UUID(student)),
        term_id=term,
        offering_id=OfferingId(UUID(offering)),
        course_id=CourseId(UUID(course)),
        credits=Decimal(credit),
        seats=tuple(_seat(seat) for seat in seats or ()),
        number=number,
        enrolled_at=datetime.fromisoformat(enrolled_at),
        grading_basis=GradingBasis(basis),
    )


def _seat(row: Json) -> SeatTaken:
    section, component, seat_no, pool, permission = row
    return SeatTaken(
        SectionId(UUID(section)),
        ComponentId(UUID(component)),
        seat_no,
        pool,
        None if permission is None else PermissionId(UUID(permission)),
    )


def entries_of(rows: Json, term: TermId) -> dict[WaitlistEntryId, WaitlistEntry]:
    """The waiting entries, by id."""
    return {entry.id: entry for entry in (entry_of(row, term) for row in rows or ())}


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
        id=WaitlistEntryId(UUID(identifier)),
        enrollment_id=EnrollmentId(UUID(enrollment)),
        student_id=StudentId(UUID(student)),
        term_id=term,
        offering_id=OfferingId(UUID(offering)),
        course_id=CourseId(UUID(course)),
        section_ids=tuple(SectionId(UUID(section)) for section in sections),
        grading_basis=GradingBasis(basis),
        number=number,
        joined_at=datetime.fromisoformat(joined_at),
        priority=priority,
        drop_if_enrolled=None if drop_if_enrolled is None else EnrollmentId(UUID(drop_if_enrolled)),
        skipped=rejections_of(skipped),
    )
