"""Random universities, small enough that brute force can follow, and random commands for them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from domain.registration.commands import Add, Command, Drop, RegistrationRequest, ReviseSection
from domain.registration.facts import Facts
from domain.scheduling.calendar import Meeting, TermCalendar, Weekday
from domain.scheduling.section import SectionStatus
from domain.shared.identifiers import EnrollmentId, RequestId
from domain.shared.reference import Reference
from tests.support.domain_builders import NOON, University, a_hold, a_term, by_code, identifier, student_id

STUDENTS = ("S1", "S2", "S3")
TOO_LATE = datetime(2027, 2, 11, tzinfo=UTC)
"""After the add deadline, before the drop deadline."""

FIRST_DAY = date(2027, 2, 1)

Enrollments = dict[str, list[EnrollmentId]]
"""The enrollments that each student's adds may have made, by the name of the student."""

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
        _offer(draw, university, f"C{number}", course=f"course {draw(st.integers(0, 2))}")
    for name in STUDENTS:
        if draw(st.integers(0, 9)) == 9:
            university.hold(a_hold(name))
    return university


def _offer(draw: st.DrawFn, university: University, code: str, course: str) -> None:
    shape = {
        str(number): ("A", "B", "C")[: draw(st.integers(1, 3))] for number in range(1, draw(st.integers(1, 2)) + 1)
    }
    offering = university.offer(code, shape, course=course, credits_=str(draw(st.integers(0, 3))))
    known: list[str] = []
    labels = draw(st.permutations(range(9)))
    for configuration, components in shape.items():
        for component in components:
            for _ in range(draw(st.sampled_from((1, 1, 1, 2, 2, 2, 0)))):
                section = f"{code}-{labels[len(known) % 9]}{len(known) // 9 or ''}"
                university.section(
                    offering,
                    section,
                    *draw(st.lists(busy_meetings(), max_size=2)),
                    component=f"{configuration}/{component}",
                    capacity=draw(st.sampled_from((1, 2, 3, None, 0))),
                    status=draw(st.sampled_from((*[SectionStatus.OPEN] * 4, SectionStatus.CLOSED))),
                    parent=draw(st.sampled_from((None, *known))) if draw(st.integers(0, 3)) == 3 else None,
                )
                known.append(section)


@st.composite
def command_lists(draw: st.DrawFn, facts: Facts) -> list[Command]:
    """Up to ten requests and revisions; drops mostly name what an add of the same student before them may have made."""
    enrollments: Enrollments = {name: [] for name in STUDENTS}
    commands: list[Command] = []
    for number in range(draw(st.integers(1, 10))):
        if facts.sections and draw(st.integers(0, 3)) == 0:
            commands.append(_revision(draw, facts))
        else:
            commands.append(_request(draw, facts, number, enrollments))
    return commands


def _request(draw: st.DrawFn, facts: Facts, number: int, enrollments: Enrollments) -> RegistrationRequest:
    student = draw(st.sampled_from(STUDENTS))
    anybody = draw(st.integers(0, 9)) == 9
    own = enrollments[draw(st.sampled_from(STUDENTS)) if anybody else student]
    actions: list[Add | Drop] = []
    for position in range(draw(st.integers(1, 3))):
        drops = draw(st.booleans())
        if own and drops:
            actions.append(Drop(draw(st.sampled_from(own))))
        else:
            new = EnrollmentId(identifier("enrollment", f"{number}/{position}"))
            actions.append(_add(draw, facts, new))
            enrollments[student].append(new)
    return RegistrationRequest(
        id=RequestId(identifier("request", str(number))),
        student_id=student_id(student),
        actions=tuple(actions),
        arrived_at=draw(st.sampled_from((*[NOON] * 9, TOO_LATE))),
    )


def _add(draw: st.DrawFn, facts: Facts, new: EnrollmentId) -> Add:
    known = draw(st.sampled_from(sorted(facts.offerings.values(), key=lambda o: o.offering.code)))
    offering = draw(st.sampled_from((*[by_code(known.offering.code)] * 9, by_code("NOWHERE"))))
    if draw(st.booleans()):
        return Add(new, offering)
    sections: tuple[Reference, ...] = ()
    for component in draw(st.sampled_from(known.offering.configurations)).components:
        own = [section.code for section in known.sections if section.component_id == component.id]
        if own:
            sections = (*sections, by_code(draw(st.sampled_from(own))))
    if draw(st.integers(0, 5)) == 0 and facts.sections:
        sections = (*sections, by_code(draw(st.sampled_from(sorted(s.code for s in facts.sections.values())))))
    return Add(new, offering, sections)


def _revision(draw: st.DrawFn, facts: Facts) -> ReviseSection:
    section = draw(st.sampled_from(sorted(facts.sections.values(), key=lambda s: s.code)))
    revised = replace(
        section,
        capacity=draw(st.sampled_from((0, 1, 2, 3, 5, None))) if draw(st.integers(0, 9)) == 0 else section.capacity,
        status=draw(st.sampled_from((*[SectionStatus.OPEN] * 5, SectionStatus.CLOSED))),
    )
    if revised.capacity is not None:
        revised = replace(revised, capacity=draw(st.integers(0, 4)))
    return ReviseSection(revised, NOON)
