"""Cohorts, sessions, limits and reserved seats: what cannot exist is refused, and what they say of a student or day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from domain.people import student as people
from domain.people.cohort import Cohort
from domain.scheduling.section import ReservedSeats
from domain.scheduling.term import CreditLimits, Deadlines, Session
from domain.shared.identifiers import CourseId, ProgramId
from domain.shared.invalid import InvalidValue
from tests.support.builders import a_section, a_session, a_student, a_time_ticket, an_offering
from tests.support.domain_builders import NOON, a_term, identifier, student_id

LAW, ARTS = (ProgramId(identifier("program", name)) for name in ("LAW", "ARTS"))
BEGINNERS = Cohort(class_levels=frozenset({1}))
POOL = ReservedSeats("Beginners", BEGINNERS, 2)
SECTION, OFFERING, STUDENT = a_section(an_offering()), an_offering(), a_student()
SCORE = people.TestScore("MATH", Decimal(70))
NAIVE = datetime(2027, 1, 15, 12)  # noqa: DTZ001 - the point

INVALID: list[tuple[str, Callable[[], object]]] = [
    ("cohort", Cohort),
    ("code", lambda: people.TestScore("two words", Decimal(1))),
    ("class_level", lambda: replace(STUDENT, class_level=0)),
    ("test_scores", lambda: replace(STUDENT, test_scores=(SCORE, replace(SCORE, score=Decimal(1))))),
    ("credit_maximum", lambda: replace(STUDENT, credit_maximum=Decimal(-1))),
    ("credit_minimum", lambda: replace(STUDENT, credit_minimum=Decimal(-1))),
    ("name", lambda: replace(POOL, name=" ")),
    ("seats", lambda: replace(POOL, seats=-1)),
    ("reserved", lambda: replace(SECTION, reserved=(POOL, POOL))),
    ("reserved", lambda: replace(SECTION, capacity=None, reserved=(POOL,))),
    ("waitlist_capacity", lambda: replace(SECTION, waitlist_capacity=-1)),
    ("cross_listed", lambda: replace(OFFERING, cross_listed=(OFFERING.course_id,))),
    ("name", lambda: replace(a_time_ticket(), name="")),
    ("opens_at", lambda: replace(a_time_ticket(), opens_at=NAIVE)),
    ("closes_at", lambda: replace(a_time_ticket(), closes_at=NOON)),
    ("code", lambda: a_session("two words")),
    ("name", lambda: replace(a_session(), name="")),
    ("ends_on", lambda: replace(a_session(), ends_on=date(2027, 1, 31))),
    ("withdrawal_deadline", lambda: Deadlines(date(2027, 2, 1), date(2027, 2, 2), date(2027, 2, 1))),
    ("withdrawal_deadline", lambda: replace(a_term(), withdrawal_deadline=date(2027, 2, 19))),
    ("sessions", lambda: replace(a_term(), sessions=(a_session("A"), a_session("A")))),
    ("sessions", lambda: replace(a_term(), sessions=(replace(a_session(), starts_on=date(2027, 1, 31)),))),
    ("credit_maximum", lambda: CreditLimits(Decimal(-1))),
    ("credit_minimum", lambda: CreditLimits(minimum=Decimal(-1))),
    ("credit_minimum", lambda: replace(a_term(credit_maximum=Decimal(3)), credit_minimum=Decimal(4))),
    ("credit_minimum", lambda: replace(a_term(), credit_limits={1: CreditLimits(Decimal(3), Decimal(4))})),
    ("waitlist_closes_at", lambda: replace(a_term(), waitlist_closes_at=NAIVE)),
]


@pytest.mark.parametrize(("field", "make"), INVALID)
def test_what_cannot_exist_is_refused_by_field(field: str, make: Callable[[], object]) -> None:
    with pytest.raises(InvalidValue) as refused:
        make()

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("cohort", "program", "level", "belongs"),
    [
        (Cohort(students=frozenset({student_id("s1")})), None, None, True),
        (Cohort(students=frozenset({student_id("s2")})), LAW, 1, False),
        (Cohort(students=frozenset({student_id("s1")}), programs=frozenset({ARTS})), LAW, 1, True),
        (Cohort(programs=frozenset({LAW, ARTS})), LAW, None, True),
        (Cohort(programs=frozenset({ARTS})), None, 1, False),
        (BEGINNERS, None, 1, True),
        (BEGINNERS, None, None, False),
        (Cohort(programs=frozenset({LAW}), class_levels=frozenset({1, 2})), LAW, 2, True),
        (Cohort(programs=frozenset({LAW}), class_levels=frozenset({1, 2})), LAW, 3, False),
        (Cohort(programs=frozenset({LAW}), class_levels=frozenset({1, 2})), ARTS, 2, False),
    ],
)
def test_a_cohort_includes_whom_it_names_and_who_fits_both_programs_and_levels(
    cohort: Cohort, program: ProgramId | None, level: int | None, belongs: bool
) -> None:
    assert cohort.includes(student_id("s1"), program, level) is belongs


def test_a_ticket_is_open_from_its_first_moment_until_just_before_its_last() -> None:
    ticket = replace(a_time_ticket(), closes_at=NOON + timedelta(hours=1))
    instant = timedelta(microseconds=1)

    assert not ticket.is_open_at(NOON - instant)
    assert ticket.is_open_at(NOON)
    assert ticket.is_open_at(NOON + timedelta(hours=1) - instant)
    assert not ticket.is_open_at(NOON + timedelta(hours=1))
    assert replace(ticket, closes_at=None).is_open_at(NOON + timedelta(days=999))


def test_seats_are_kept_until_just_before_they_are_released() -> None:
    released = replace(POOL, released_at=NOON)

    assert released.holds_at(NOON - timedelta(microseconds=1))
    assert not released.holds_at(NOON)
    assert POOL.holds_at(NOON + timedelta(days=999))


def test_a_session_goes_before_its_term() -> None:
    session: Session = a_session("A")
    term = replace(a_term(), sessions=(session,), withdrawal_deadline=date(2027, 4, 1))
    own = Deadlines(term.add_deadline, term.drop_deadline, date(2027, 4, 1))

    assert (term.session("A"), term.session("B"), term.session(None)) == (session, None, None)
    assert term.deadlines("A") == session.deadlines
    assert term.deadlines(None) == term.deadlines("B") == own


def test_the_limits_of_a_class_level_go_before_those_of_the_term_one_by_one() -> None:
    limits = {1: CreditLimits(maximum=Decimal(15)), 2: CreditLimits(minimum=Decimal(9))}
    term = replace(a_term(credit_maximum=Decimal(18)), credit_minimum=Decimal(6), credit_limits=limits)

    assert term.limits(1) == CreditLimits(Decimal(15), Decimal(6))
    assert term.limits(2) == CreditLimits(Decimal(18), Decimal(9))
    assert term.limits(3) == term.limits(None) == CreditLimits(Decimal(18), Decimal(6))


def test_an_offering_can_be_taken_as_its_main_course_first() -> None:
    other = CourseId(identifier("course", "XL-1"))

    assert replace(OFFERING, cross_listed=(other,)).course_ids == (OFFERING.course_id, other)
