"""A term made for storms: few seats, long queues, clashes, corequisites, reserved seats, and many who want them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from application.shared.records import Entity
from domain.catalog.requisite import CourseTaken
from domain.people.cohort import Cohort
from domain.people.student import Student
from domain.scheduling.calendar import Weekday
from domain.scheduling.section import ReservedSeats
from domain.scheduling.term import Term
from domain.shared.identifiers import TermId
from tests.support.builders import a_course, a_section, an_offering
from tests.support.domain_builders import a_meeting, identifier, student_id

TERM = "storm"
STUDENTS = [f"S-{number}" for number in range(24)]
OFFERINGS = [f"C-{number}" for number in range(8)]
SECTIONS_EACH = 2
WAITLIST = 5


def section_codes(offering: str) -> list[str]:
    """The sections of an offering."""
    return [f"{offering}-{number}" for number in range(SECTIONS_EACH)]


def entities() -> Sequence[Entity]:
    """What there is, each record after those that it refers to."""
    students = [
        Student(student_id(f"storm/{code}"), code, "Some", code, class_level=number % 2 + 1)
        for number, code in enumerate(STUDENTS)
    ]
    courses = [a_course("C", str(number)) for number in range(len(OFFERINGS))]
    courses[1] = replace(courses[1], corequisite=CourseTaken("C-0"))
    courses[3] = replace(courses[3], exclusion=CourseTaken("C-2"))
    offerings = [an_offering(code, term=TERM) for code in OFFERINGS]
    sections = []
    for number, offering in enumerate(offerings):
        for position, code in enumerate(section_codes(offering.code)):
            day = Weekday((number + position) % 5 + 1)
            section = a_section(offering, code, a_meeting(day), capacity=3)
            cohort = Cohort(class_levels=frozenset({1}))
            reserved = (ReservedSeats("first", cohort, 1),) if number == 4 else ()
            sections.append(replace(section, waitlist_capacity=WAITLIST, reserved=reserved))
    return (*students, *courses, _term(), *offerings, *sections)


def _term() -> Term:
    now = datetime.now(UTC)
    today = now.date()
    return Term(
        id=TermId(identifier("term", TERM)),
        code=TERM,
        name="Storm",
        time_zone="UTC",
        starts_on=today,
        ends_on=today + timedelta(days=100),
        registration_opens_at=now - timedelta(days=1),
        registration_closes_at=now + timedelta(days=50),
        add_deadline=today + timedelta(days=40),
        drop_deadline=today + timedelta(days=40),
        withdrawal_deadline=today + timedelta(days=60),
        credit_maximum=Decimal(15),
    )
