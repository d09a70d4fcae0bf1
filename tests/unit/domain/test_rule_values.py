"""What rules work with refuses what cannot exist, by field: permissions, attempts, and the rules of courses."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.catalog.course import Course
from domain.catalog.grading import GradingBasis
from domain.catalog.requisite import AllOf, AnyOf, AtLeast, CourseTaken, courses_named_in
from domain.registration.attempt import CourseAttempt
from domain.registration.codes import RejectionCode
from domain.registration.waitlist import EntryStatus
from domain.shared.identifiers import AttemptId, GradingSchemeId
from domain.shared.invalid import InvalidValue
from tests.support.asking import a_permission
from tests.support.domain_builders import NOON, course_id, identifier, section_id, student_id
from tests.support.university import University

PERMISSION = a_permission("S1", "CS-101", RejectionCode.HOLD, expires_at=NOON + timedelta(days=1))
COURSE = Course(course_id("CS-101"), "CS", "101", "Programming", "", Decimal(3))
ATTEMPT = CourseAttempt(
    AttemptId(identifier("attempt", "1")), student_id("S1"), COURSE.id, "2026-2", Decimal(3), passed=True
)
SCHEME = GradingSchemeId(identifier("grading-scheme", "letters"))
ONE = CourseTaken("CS-101")

INVALID: list[tuple[str, Callable[[], object]]] = [
    ("codes", lambda: replace(PERMISSION, codes=frozenset())),
    ("codes", lambda: replace(PERMISSION, codes=frozenset({RejectionCode.NOT_ENROLLED}))),
    ("reason", lambda: replace(PERMISSION, reason=" ")),
    ("expires_at", lambda: replace(PERMISSION, expires_at=NOON)),
    ("grading_bases", lambda: replace(COURSE, grading_bases=frozenset[GradingBasis]())),
    ("attempts_maximum", lambda: replace(COURSE, attempts_maximum=0)),
    ("term", lambda: replace(ATTEMPT, term="")),
    ("credits", lambda: replace(ATTEMPT, credits=Decimal(-1))),
    ("grade", lambda: replace(ATTEMPT, grade="A")),
    ("grade", lambda: replace(ATTEMPT, scheme_id=SCHEME)),
    ("in_progress", lambda: replace(ATTEMPT, in_progress=True)),
    ("parts", lambda: AllOf((ONE,))),
    ("parts", lambda: AnyOf(())),
    ("count", lambda: AtLeast(0, (ONE,))),
    ("count", lambda: AtLeast(2, (ONE,))),
]


@pytest.mark.parametrize(("field", "make"), INVALID)
def test_a_value_that_cannot_exist_is_refused_by_field(field: str, make: Callable[[], object]) -> None:
    with pytest.raises(InvalidValue) as refused:
        make()

    assert refused.value.field == field
    assert refused.value.reason


def test_a_permission_ends_once() -> None:
    revoked = PERMISSION.revoke(NOON)

    assert revoked.revoke(NOON + timedelta(days=9)) == revoked
    assert revoked.revoked_at == NOON


def test_a_permission_for_a_section_waives_nothing_of_selections_without_it() -> None:
    permission = replace(PERMISSION, section_id=section_id("A"))

    assert permission.waives(RejectionCode.HOLD, [section_id("A"), section_id("B")], NOON)
    assert not permission.waives(RejectionCode.HOLD, [section_id("B")], NOON)
    assert not permission.waives(RejectionCode.CREDIT_MAXIMUM, [section_id("A")], NOON)


def test_an_entry_that_was_passed_over_keeps_its_rank() -> None:
    university = University()
    university.lecture("CS-101")
    entry = university.wait("S1", "CS-101", "CS-101-A", priority=2)

    skipped = entry.skip(())
    ended = skipped.end(EntryStatus.EXPIRED, NOON)

    assert skipped.rank == entry.rank == (2, entry.number)
    assert (ended.status, ended.ended_at) == (EntryStatus.EXPIRED, NOON)


def test_a_requisite_knows_the_courses_that_it_names() -> None:
    tree = AllOf((ONE, AnyOf((CourseTaken("CS-102", "B"), AtLeast(1, (CourseTaken("CS-103"),))))))

    assert courses_named_in(tree) == {"CS-101", "CS-102", "CS-103"}
