"""Random universities, small enough that brute force can follow, and random commands for them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from domain.catalog.requisite import CourseTaken
from domain.scheduling.calendar import Meeting, TermCalendar, Weekday
from domain.scheduling.section import ReservedSeats, SectionStatus
from tests.support.asking import a_cohort, a_ticket, reserved
from tests.support.domain_builders import NOON, a_hold, a_term
from tests.support.university import University

STUDENTS = ("S1", "S2", "S3")
RARELY = st.sampled_from((*[False] * 9, True))
COHORTS = (a_cohort("S1"), a_cohort("S2", "S3"), a_cohort(levels=[3]))
SOON = NOON + timedelta(hours=1)
"""When tickets open and reserved seats are released."""

LATER = NOON + timedelta(hours=2)
"""When waitlists close."""

TOO_LATE = datetime(2027, 2, 11, tzinfo=UTC)
"""After the add deadline, before the drop deadline."""

FIRST_DAY = date(2027, 2, 1)

weekdays = st.frozensets(st.sampled_from(Weekday), min_size=1, max_size=3)
holidays = st.frozensets(st.integers(0, 40).map(lambda days: FIRST_DAY + timedelta(days=days)), max_size=8)


@st.composite
def calendars(draw: st.DrawFn) -> TermCalendar:
    """Terms of up to five weeks that start on any weekday."""
    starts_on = FIRST_DAY + timedelta(days=draw(st.integers(0, 6)))
    return TermCalendar(starts_on, starts_on + timedelta(days=draw(st.integers(0, 34))), draw(holidays))


@st.composite
def meetings(draw: st.DrawFn, quarters: int = 96) -> Meeting:
    """Weekly slots on a grid of a quarter of an hour, `quarters` long, some in certain weeks or between dates."""
    starts = draw(st.integers(0, quarters - 2))
    ends = draw(st.integers(starts + 1, min(quarters - 1, starts + 8)))
    first, last = sorted(
        FIRST_DAY + timedelta(days=offset) for offset in draw(st.tuples(st.integers(-3, 40), st.integers(-3, 40)))
    )
    return Meeting(
        weekdays=draw(weekdays),
        starts_at=_quarter(starts),
        ends_at=_quarter(ends),
        weeks=draw(st.none() | st.frozensets(st.integers(1, 7), max_size=4)),
        first_date=draw(st.sampled_from((None, None, first))),
        last_date=draw(st.sampled_from((None, None, last))),
    )


def _quarter(number: int) -> time:
    return time(number // 4, number % 4 * 15)


@st.composite
def busy_meetings(draw: st.DrawFn) -> Meeting:
    """Slots of one or two hours on two mornings, so that clashes are common."""
    starts = draw(st.integers(8, 10))
    return Meeting(
        weekdays=frozenset({draw(st.sampled_from((Weekday.MONDAY, Weekday.TUESDAY)))}),
        starts_at=time(starts),
        ends_at=time(starts + draw(st.integers(1, 2))),
        weeks=draw(st.sampled_from((None, None, frozenset({1, 3}), frozenset({2, 4})))),
    )


@st.composite
def universities(draw: st.DrawFn) -> University:
    """Up to four offerings of up to three courses, crowded, with parents, holds and a credit maximum here and there."""
    university = University(a_term(credit_maximum=draw(st.sampled_from((None, Decimal(1), Decimal(2), Decimal(4))))))
    for number in range(draw(st.integers(1, 4))):
        _offer(draw, university, f"C{number}", course=f"COURSE-{draw(st.integers(0, 2))}")
    for name in STUDENTS:
        if draw(st.integers(0, 9)) == 9:
            university.hold(a_hold(name))
    return university


@st.composite
def busy_universities(draw: st.DrawFn) -> University:
    """The same with all that moves queues: waitlists, reserved seats, tickets, cross-listings and corequisites."""
    university = University(
        a_term(
            credit_maximum=draw(st.sampled_from((None, Decimal(4)))),
            waitlist_closes_at=draw(st.sampled_from((None, None, LATER))),
            withdrawal_deadline=date(2027, 4, 1),
        )
    )
    for number, name in enumerate(STUDENTS):
        university.student(name, class_level=number + 1)
        if draw(RARELY):
            university.hold(a_hold(name))
    for number in range(3):
        beside = f"COURSE-{(number + 1) % 3}" if draw(RARELY) else None
        university.course(
            f"COURSE-{number}",
            credits_=str(draw(st.integers(0, 3))),
            corequisite=None if beside is None else CourseTaken(beside),
        )
    for number in range(draw(st.integers(1, 3))):
        listed = draw(st.permutations(("COURSE-0", "COURSE-1", "COURSE-2")))
        _offer(draw, university, f"C{number}", listed[0], listed[1 : 1 + draw(st.integers(0, 1))], queues=True)
    if draw(RARELY):
        university.ticket(
            a_ticket("now", a_cohort("S1", "S2"), NOON - timedelta(1)), a_ticket("later", a_cohort("S3"), SOON)
        )
    return university


def _offer(
    draw: st.DrawFn,
    university: University,
    code: str,
    course: str,
    cross_listed: Sequence[str] = (),
    *,
    queues: bool = False,
) -> None:
    shape = {
        str(number): ("A", "B", "C")[: draw(st.sampled_from((1, 1, 2)) if queues else st.integers(1, 3))]
        for number in range(1, draw(st.integers(1, 1 if queues else 2)) + 1)
    }
    offering = university.offer(
        code, shape, course=course, cross_listed=cross_listed, credits_=str(draw(st.integers(0, 3)))
    )
    known: list[str] = []
    labels = draw(st.permutations(range(9)))
    for configuration, components in shape.items():
        for component in components:
            for _ in range(draw(st.sampled_from((1, 1, 1, 2, 2, 2, 1 if queues else 0)))):
                section = f"{code}-{labels[len(known) % 9]}{len(known) // 9 or ''}"
                capacity = draw(st.sampled_from((1, 1, 1, 2, 0, None) if queues else (1, 2, 3, None, 0)))
                university.section(
                    offering,
                    section,
                    *draw(st.lists(busy_meetings(), max_size=1 if queues else 2)),
                    component=f"{configuration}/{component}",
                    capacity=capacity,
                    status=draw(st.sampled_from((*[SectionStatus.OPEN] * 9, SectionStatus.CLOSED))),
                    parent=draw(st.sampled_from((None, *known))) if draw(RARELY if queues else st.booleans()) else None,
                    waitlist=draw(st.sampled_from((3, 3, 1, 0))) if queues else 0,
                    reserved=draw(pools(capacity)) if queues and capacity and draw(st.booleans()) else (),
                )
                known.append(section)


@st.composite
def pools(draw: st.DrawFn, capacity: int) -> list[ReservedSeats]:
    """Up to two pools that keep seats for students, until soon or for good."""
    wanted = draw(st.lists(st.sampled_from(COHORTS), max_size=2, unique_by=str))
    return [
        reserved(f"pool {number}", draw(st.integers(0, capacity)), cohort, draw(st.sampled_from((None, SOON))))
        for number, cohort in enumerate(wanted)
    ]
