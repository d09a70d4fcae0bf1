"""For every rejection code, a request that provokes it and nothing else that could be avoided."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.catalog.grading import GradingBasis
from domain.catalog.requisite import ConsentBy, CourseTaken
from domain.registration.codes import RejectionCode
from domain.registration.commands import RegistrationRequest
from domain.scheduling.section import SectionStatus
from domain.shared.verdict import Parameter, Rejection
from tests.support.asking import a_cohort, a_ticket, leaving, reserved, waiting_for
from tests.support.domain_builders import (
    LECTURE_AND_LAB,
    NOON,
    a_hold,
    a_meeting,
    a_request,
    a_term,
    adding,
    course_id,
    dropping,
    enrollment_id,
    entry_id,
    identifier,
    program_id,
)
from tests.support.university import University

TOO_EARLY = datetime(2027, 1, 1, tzinfo=UTC)
AFTER_ADD_DEADLINE = datetime(2027, 2, 11, tzinfo=UTC)
AFTER_DROP_DEADLINE = datetime(2027, 2, 21, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A request of the student `S1` that is refused for the reasons in `expected`, about `offering`."""

    university: University
    request: RegistrationRequest
    expected: tuple[Rejection, ...]
    offering: str = "CS-101"


Provocation = Callable[[], Case]
PROVOCATIONS: dict[RejectionCode, Provocation] = {}


def provoking(code: RejectionCode) -> Callable[[Provocation], Provocation]:
    """Marks what provokes a code."""

    def mark(provocation: Provocation) -> Provocation:
        PROVOCATIONS[code] = provocation
        return provocation

    return mark


def because(code: RejectionCode, **parameters: Parameter) -> Rejection:
    """A rejection with its parameters."""
    return Rejection(code, parameters)


def one_course(**rules: Any) -> University:
    """CS-101 on Monday mornings, taught in one section with room for everybody."""
    university = University()
    university.course("CS-101", **rules)
    university.lecture("CS-101", a_meeting())
    return university


def refused(university: University, *expected: Rejection) -> Case:
    """The plain add of CS-101 through its section is refused."""
    return Case(university, a_request("S1", adding("CS-101", "CS-101-A")), expected)


@provoking(RejectionCode.UNKNOWN_OFFERING)
def unknown_offering() -> Case:
    expected = because(RejectionCode.UNKNOWN_OFFERING, offering="code:CS-999")
    return Case(one_course(), a_request("S1", adding("CS-999")), (expected,))


@provoking(RejectionCode.UNKNOWN_SECTION)
def unknown_section() -> Case:
    expected = because(RejectionCode.UNKNOWN_SECTION, section="code:CS-101-Z")
    return Case(one_course(), a_request("S1", adding("CS-101", "CS-101-Z")), (expected,))


@provoking(RejectionCode.TERM_NOT_OPEN)
def too_early_to_add() -> Case:
    expected = because(
        RejectionCode.TERM_NOT_OPEN,
        term="2027-1",
        opens_at="2027-01-10T08:00:00+00:00",
        closes_at="2027-03-01T00:00:00+00:00",
    )
    return Case(one_course(), a_request("S1", adding("CS-101"), at=TOO_EARLY), (expected,))


@provoking(RejectionCode.TIME_TICKET_NOT_OPEN)
def before_the_ticket_opens() -> Case:
    university = one_course()
    opens_at = NOON + timedelta(hours=2)
    university.ticket(a_ticket("late", a_cohort("S1"), opens_at), a_ticket("early", a_cohort("S2"), TOO_EARLY))
    expected = because(RejectionCode.TIME_TICKET_NOT_OPEN, term="2027-1", opens_at=opens_at.isoformat())
    return refused(university, expected)


@provoking(RejectionCode.DEADLINE_PASSED)
def too_late_to_add() -> Case:
    expected = because(RejectionCode.DEADLINE_PASSED, action="add", term="2027-1", deadline="2027-02-10")
    return Case(one_course(), a_request("S1", adding("CS-101"), at=AFTER_ADD_DEADLINE), (expected,))


@provoking(RejectionCode.HOLD)
def with_a_hold() -> Case:
    university = one_course()
    university.hold(a_hold("S1"))
    hold = str(identifier("hold", "S1/fees"))
    return refused(university, because(RejectionCode.HOLD, hold=hold, office="Bursar", reason="Open fees"))


@provoking(RejectionCode.ALREADY_ENROLLED)
def already_enrolled() -> Case:
    university = one_course()
    university.seat("S1", "CS-101", "CS-101-A")
    expected = because(
        RejectionCode.ALREADY_ENROLLED,
        enrollment=str(enrollment_id("S1/CS-101")),
        course=str(course_id("CS-101")),
    )
    return Case(university, a_request("S1", adding("CS-101", as_name="again")), (expected,))


@provoking(RejectionCode.COURSE_ALREADY_PASSED)
def passed_before() -> Case:
    university = one_course(repeatable=False)
    university.attempt("S1", "CS-101")
    return refused(university, because(RejectionCode.COURSE_ALREADY_PASSED, course="CS-101", term="2026-2"))


@provoking(RejectionCode.REPEAT_LIMIT)
def tried_too_often() -> Case:
    university = one_course(attempts_maximum=2)
    university.attempt("S1", "CS-101", "2026-1", passed=False)
    university.attempt("S1", "CS-101", "2026-2", passed=False)
    return refused(university, because(RejectionCode.REPEAT_LIMIT, course="CS-101", attempts=2, maximum=2))


@provoking(RejectionCode.TIME_CONFLICT)
def clashing() -> Case:
    university = one_course()
    university.lecture("CS-102", a_meeting(at="11:00", until="13:00"))
    university.seat("S1", "CS-101", "CS-101-A")
    expected = because(
        RejectionCode.TIME_CONFLICT, section="CS-102-A", other_section="CS-101-A", meeting="Mon 11:00-13:00"
    )
    return Case(university, a_request("S1", adding("CS-102", "CS-102-A")), (expected,), "CS-102")


@provoking(RejectionCode.CREDIT_MAXIMUM)
def too_many_credits() -> Case:
    university = University(a_term(credit_maximum=Decimal(5)))
    university.lecture("CS-101")
    university.lecture("CS-102")
    university.seat("S1", "CS-101", "CS-101-A")
    expected = because(RejectionCode.CREDIT_MAXIMUM, enrolled=Decimal(3), requested=Decimal(3), maximum=Decimal(5))
    return Case(university, a_request("S1", adding("CS-102")), (expected,), "CS-102")


@provoking(RejectionCode.CREDIT_MINIMUM)
def too_few_credits_left() -> Case:
    university = University(a_term(credit_minimum=Decimal(3)))
    university.lecture("CS-101")
    university.seat("S1", "CS-101", "CS-101-A")
    expected = because(RejectionCode.CREDIT_MINIMUM, remaining=Decimal(0), minimum=Decimal(3))
    return Case(university, a_request("S1", dropping("S1/CS-101")), (expected,))


@provoking(RejectionCode.PREREQUISITE)
def without_the_course_before() -> Case:
    return refused(
        one_course(prerequisite=CourseTaken("MATH-1")),
        because(
            RejectionCode.PREREQUISITE,
            course="CS-101",
            sentence="MATH-1",
            unmet={"kind": "course", "course": "MATH-1", "minimum_grade": None},
            expression="MATH-1",
        ),
    )


@provoking(RejectionCode.COREQUISITE)
def without_the_course_beside() -> Case:
    return refused(
        one_course(corequisite=CourseTaken("MATH-1")),
        because(
            RejectionCode.COREQUISITE,
            course="CS-101",
            sentence="MATH-1",
            unmet={"kind": "course", "course": "MATH-1", "minimum_grade": None},
            expression="MATH-1",
        ),
    )


@provoking(RejectionCode.EXCLUSION)
def excluded() -> Case:
    university = one_course(exclusion=CourseTaken("CS-100"))
    university.attempt("S1", "CS-100")
    return refused(
        university, because(RejectionCode.EXCLUSION, course="CS-101", sentence="CS-100", expression="CS-100")
    )


@provoking(RejectionCode.CLASS_LEVEL)
def at_another_level() -> Case:
    university = University()
    university.section(university.offer("CS-101", class_levels=frozenset({3, 4})), "CS-101-A")
    university.student("S1", class_level=1)
    expected = because(RejectionCode.CLASS_LEVEL, offering="CS-101", class_levels=(3, 4), class_level=1)
    return refused(university, expected)


@provoking(RejectionCode.PROGRAM_RESTRICTED)
def in_another_program() -> Case:
    university = University()
    university.section(university.offer("CS-101", program_ids=frozenset({program_id("LAW")})), "CS-101-A")
    university.student("S1", program="ARTS")
    return refused(university, because(RejectionCode.PROGRAM_RESTRICTED, offering="CS-101", program="ARTS"))


@provoking(RejectionCode.CONSENT_REQUIRED)
def without_consent() -> Case:
    university = University()
    university.section(university.offer("CS-101", consent=ConsentBy.INSTRUCTOR), "CS-101-A")
    return refused(university, because(RejectionCode.CONSENT_REQUIRED, offering="CS-101", by="instructor"))


@provoking(RejectionCode.GRADING_BASIS_NOT_ALLOWED)
def graded_in_another_way() -> Case:
    expected = because(
        RejectionCode.GRADING_BASIS_NOT_ALLOWED, course="CS-101", grading_basis="audit", allowed=("graded",)
    )
    return Case(one_course(), a_request("S1", adding("CS-101", basis=GradingBasis.AUDIT)), (expected,))


@provoking(RejectionCode.COMPONENT_MISSING)
def without_a_lab() -> Case:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1")
    university.section(offering, "LAB-1", component="1/LAB")
    expected = because(RejectionCode.COMPONENT_MISSING, missing=("LAB",), surplus=())
    return Case(university, a_request("S1", adding("CS-101", "LEC-1")), (expected,))


@provoking(RejectionCode.PARENT_SECTION_MISMATCH)
def in_the_wrong_lab() -> Case:
    university = University()
    offering = university.offer("CS-101", LECTURE_AND_LAB)
    university.section(offering, "LEC-1")
    university.section(offering, "LEC-2")
    university.section(offering, "LAB-1", component="1/LAB", parent="LEC-1")
    expected = because(RejectionCode.PARENT_SECTION_MISMATCH, section="LAB-1", parent="LEC-1")
    return Case(university, a_request("S1", adding("CS-101", "LEC-2", "LAB-1")), (expected,))


@provoking(RejectionCode.SECTION_NOT_OPEN)
def closed() -> Case:
    university = University()
    university.section(university.offer("CS-101"), "CS-101-A", status=SectionStatus.CLOSED)
    return refused(university, because(RejectionCode.SECTION_NOT_OPEN, section="CS-101-A", status="closed"))


SEATS_FULL = because(RejectionCode.SEATS_FULL, section="CS-101-A", capacity=2)


def full_course(waitlist: int = 0) -> University:
    """CS-101 in one section, both seats of which are taken."""
    university = University()
    university.lecture("CS-101", capacity=2, waitlist=waitlist)
    university.fill("CS-101", "CS-101-A")
    return university


@provoking(RejectionCode.SEATS_FULL)
def full() -> Case:
    return refused(full_course(), SEATS_FULL)


@provoking(RejectionCode.SEATS_RESERVED)
def reserved_for_others() -> Case:
    university = University()
    university.lecture("CS-101", capacity=2, reserved=[reserved("transfers", 2, a_cohort("S2"))])
    expected = because(RejectionCode.SEATS_RESERVED, section="CS-101-A", free=2, reserved=("transfers",))
    return refused(university, expected)


@provoking(RejectionCode.NO_OPEN_COMBINATION)
def nowhere_to_place() -> Case:
    blocked: Parameter = {
        "configuration": "1",
        "component": "LEC",
        "section": "CS-101-A",
        "reasons": ({"code": "seats_full", "section": "CS-101-A", "capacity": 2},),
    }
    expected = because(RejectionCode.NO_OPEN_COMBINATION, offering="CS-101", blocked=(blocked,))
    return Case(full_course(), a_request("S1", adding("CS-101")), (expected,))


@provoking(RejectionCode.WAITLIST_FULL)
def too_many_wait() -> Case:
    university = full_course(waitlist=1)
    university.wait("S2", "CS-101", "CS-101-A")
    expected = because(RejectionCode.WAITLIST_FULL, section="CS-101-A", capacity=1)
    return Case(university, a_request("S1", waiting_for("CS-101", "CS-101-A")), (SEATS_FULL, expected))


@provoking(RejectionCode.ALREADY_WAITLISTED)
def waiting_already() -> Case:
    university = full_course(waitlist=5)
    university.wait("S1", "CS-101", "CS-101-A")
    expected = because(RejectionCode.ALREADY_WAITLISTED, entry=str(entry_id("S1/CS-101")), offering="CS-101")
    again = waiting_for("CS-101", "CS-101-A", as_name="again")
    return Case(university, a_request("S1", again), (SEATS_FULL, expected))


@provoking(RejectionCode.NOT_ENROLLED)
def not_enrolled() -> Case:
    expected = because(RejectionCode.NOT_ENROLLED, enrollment=str(enrollment_id("S1/CS-101")))
    return Case(one_course(), a_request("S1", dropping("S1/CS-101")), (expected,))


@provoking(RejectionCode.NOT_WAITING)
def not_waiting() -> Case:
    expected = because(RejectionCode.NOT_WAITING, entry=str(entry_id("S1/CS-101")))
    return Case(one_course(), a_request("S1", leaving("S1/CS-101")), (expected,))
