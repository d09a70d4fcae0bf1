"""The `RegistrationBook` port: the facts hold all that the rules look at, as it is stored."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.catalog.grading import Grade, GradingBasis, GradingScheme, NumericScale
from domain.catalog.requisite import AllOf, AnyOf, ClassLevelAtLeast, ConsentBy, CourseTaken, PlacementScore
from domain.people import student as students
from domain.people.cohort import Cohort
from domain.registration.attempt import CourseAttempt
from domain.registration.commands import ReleaseHold
from domain.registration.facts import Profile, StudentFacts
from domain.registration.outcomes import Outcome
from domain.registration.requisites import AttemptAtCourse
from domain.scheduling.term import CreditLimits
from domain.shared.identifiers import AttemptId, GradingSchemeId, HoldId
from tests.contracts.arranging import Stored
from tests.contracts.registering import CS, both
from tests.support.builders import (
    a_course,
    a_department,
    a_hold,
    a_program,
    a_session,
    a_small_university,
    a_student,
    a_term,
    a_time_ticket,
    an_offering,
)
from tests.support.domain_builders import (
    NOON,
    a_request,
    adding,
    by_code,
    course_id,
    dropping,
    identifier,
    program_id,
    student_id,
)

LETTERS = GradingScheme(
    GradingSchemeId(identifier("scheme", "letters")),
    "letters",
    "Letters",
    grades=(Grade("A", passes=True, points=Decimal("4.0")), Grade("F", passes=False)),
)
PLACED = PlacementScore("MATH", Decimal(70))
NUMBERS = GradingScheme(
    GradingSchemeId(identifier("scheme", "numbers")),
    "numbers",
    "Numbers",
    scale=NumericScale(Decimal(0), Decimal(5), Decimal("2.95")),
)


def _attempt(name: str, course: str, term: str, **known: object) -> CourseAttempt:
    plain = CourseAttempt(AttemptId(identifier("attempt", name)), student_id("s1"), course_id(course), term, Decimal(3))
    return replace(plain, **known)  # type: ignore[arg-type]  # fields of the attempt


async def test_facts_hold_the_student_with_program_and_department(stored: Stored) -> None:
    department = a_department()
    program = replace(a_program(), department_id=department.id)
    student = replace(
        a_student("known"),
        birthday=date(2008, 2, 29),
        email="known@example.org",
        program_id=program.id,
        class_level=3,
        test_scores=(students.TestScore("MATH", Decimal("71.25")), students.TestScore("ALEKS", Decimal(40))),
        credit_maximum=Decimal("21.5"),
        credit_minimum=Decimal(6),
    )
    await stored.add(*a_small_university(), department, program, student)

    facts = await stored.facts(a_request("known"), a_request("s1"), a_request("nobody"))

    assert facts.students == {
        student.id: StudentFacts(Profile.of(student), "ENG", "MATH"),
        student_id("s1"): StudentFacts(Profile()),
        student_id("nobody"): StudentFacts(),
    }


async def test_facts_hold_attempts_with_their_grading_schemes(stored: Stored) -> None:
    await stored.add(
        *a_small_university(),
        LETTERS,
        NUMBERS,
        _attempt("third", "CS-101", "2026-2", in_progress=True),
        _attempt("first", "CS-101", "2025-1", grade="F", scheme_id=LETTERS.id),
        _attempt("second", "MA-1", "2025-2", grade="4.5", scheme_id=NUMBERS.id, passed=True, transfer=True),
    )

    facts = await stored.facts(a_request("s1", adding("CS-101")), a_request("s2", adding("MA-1")))

    assert facts.students[student_id("s1")].attempts == (
        AttemptAtCourse("CS-101", "2025-1", "F", LETTERS),
        AttemptAtCourse("MA-1", "2025-2", "4.5", NUMBERS, passed=True, transfer=True),
        AttemptAtCourse("CS-101", "2026-2", in_progress=True),
    )
    assert facts.students[student_id("s2")].attempts == ()


async def test_facts_hold_the_attempts_that_count_for_what_is_wanted_and_for_what_is_taken(stored: Stored) -> None:
    names = ("before", "beside", "never", "barred", "kept", "unheard")
    others = [a_course("X", name) for name in names]
    await stored.add(*a_small_university(), *others)
    await stored.save(
        replace(
            a_course(),
            prerequisite=AllOf((CourseTaken("X-before"), ClassLevelAtLeast(1))),
            corequisite=CourseTaken("X-beside"),
            exclusion=CourseTaken("X-never"),
        )
    )
    barring = replace(a_course("MA", "1", title="Algebra", credits_="4.5"), exclusion=CourseTaken("X-barred"))
    await stored.save(barring)
    own = _attempt("CS-101", "CS-101", "2025-2"), _attempt("MA-1", "MA-1", "2025-2")
    await stored.add(*own, *(_attempt(name, f"X-{name}", "2025-1") for name in names))
    wanted = a_request("s1", adding("CS-101"))

    counting = {attempt.course for attempt in (await stored.facts(wanted)).students[student_id("s1")].attempts}
    [taken] = await stored.register(a_request("s1", adding("MA-1", "M")))
    await stored.save(replace(barring, corequisite=CourseTaken("X-kept")))
    beside = {attempt.course for attempt in (await stored.facts(wanted)).students[student_id("s1")].attempts}

    assert taken.enrollment is not None
    assert counting == {"CS-101", "X-before", "X-beside", "X-never"}
    assert beside == counting | {"X-barred", "X-kept"}


async def test_a_course_goes_where_an_attempt_meets_the_corequisite_of_one_that_stays(stored: Stored) -> None:
    await stored.add(*a_small_university(), a_course("X", "kept"))
    await stored.save(
        replace(
            a_course("MA", "1", title="Algebra", credits_="4.5"),
            corequisite=AnyOf((CourseTaken("CS-101"), CourseTaken("X-kept"))),
        )
    )
    await stored.add(_attempt("kept", "X-kept", "2025-1", passed=True))
    taken = await stored.register(both("s1"), a_request("s1", adding("MA-1", "M")))

    [gone] = await stored.register(a_request("s1", dropping("s1")))

    assert [decision.outcome for decision in taken] == [Outcome.ENROLLED, Outcome.ENROLLED]
    assert (gone.outcome, gone.rejections) == (Outcome.DROPPED, ())


async def test_facts_hold_courses_with_what_they_ask_for(stored: Stored) -> None:
    course = replace(
        a_course(),
        prerequisite=AllOf(
            (CourseTaken("MA-1", "C"), AnyOf((ClassLevelAtLeast(2), PlacementScore("MATH", Decimal(70)))))
        ),
        corequisite=CourseTaken("MA-1"),
        exclusion=CourseTaken("CS-1"),
        grading_bases=frozenset({GradingBasis.AUDIT, GradingBasis.PASS_FAIL}),
        attempts_maximum=2,
        repeatable=False,
    )
    await stored.add(*a_small_university())
    await stored.save(course)

    facts = await stored.facts(both("s1"))

    assert facts.offerings[CS.id].courses == (course,)


async def test_facts_hold_every_course_of_a_cross_listed_offering(stored: Stored) -> None:
    await stored.add(*a_small_university(), a_program())
    offering = replace(
        CS,
        cross_listed=(course_id("MA-1"),),
        class_levels=frozenset({1, 4}),
        program_ids=frozenset({program_id("ENG")}),
        consent=ConsentBy.DEPARTMENT,
    )
    await stored.save(offering)

    facts = await stored.facts(a_request("s1", adding("CS-101", course="MA-1")))

    known = facts.offerings[CS.id]
    assert known.offering == offering
    assert known.courses == (a_course(), a_course("MA", "1", title="Algebra", credits_="4.5"))
    assert facts.course_ids == {by_code("MA-1"): course_id("MA-1")}
    elsewhere = await stored.facts(a_request("s1", adding("MA-1", course="CS-101")))
    assert elsewhere.course_ids == {}


async def test_facts_hold_the_whole_term(stored: Stored) -> None:
    term = replace(
        a_term(credit_maximum="18.5"),
        withdrawal_deadline=date(2027, 3, 20),
        credit_minimum=Decimal("3.5"),
        credit_limits={1: CreditLimits(Decimal(12), None), 4: CreditLimits(None, Decimal(9))},
        sessions=(a_session("B"), a_session("A")),
        waitlist_closes_at=NOON,
        in_progress_counts=False,
    )
    await stored.add(*a_small_university())
    await stored.save(term)
    await stored.save(replace(an_offering("MA-1"), session="B"))

    facts = await stored.facts(a_request("s1", adding("MA-1")))

    assert facts.term == term
    assert facts.offerings[an_offering("MA-1").id].offering.session == "B"


async def test_of_all_whom_a_ticket_names_one_stands_for_the_others(
    stored: Stored,
) -> None:
    everybody = frozenset(student_id(f"s{number}") for number in (1, 2, 3))
    some = a_time_ticket("Some", Cohort(students=everybody, class_levels=frozenset({2})))
    others = a_time_ticket("Others", Cohort(students=everybody - {student_id("s1")}))
    await stored.add(*a_small_university(), a_term("2027-2"), some, others)
    await stored.add(a_time_ticket("Elsewhere", Cohort(class_levels=frozenset({1})), term="2027-2"))

    facts = await stored.facts(a_request("s1"))

    known = {ticket.name: ticket for ticket in facts.tickets}
    assert known.keys() == {"Some", "Others"}
    assert known["Some"] == replace(some, cohort=replace(some.cohort, students=frozenset({min(everybody)})))
    assert len(known["Others"].cohort.students) == 1
    assert known["Others"].cohort.students < everybody - {student_id("s1")}
    assert facts.students[student_id("s1")].tickets == {some.id}


async def test_a_hold_is_released_at_the_desk(stored: Stored) -> None:
    hold = a_hold("s1")
    await stored.add(*a_small_university(), hold)

    await stored.decide(ReleaseHold(hold.id, student_id("s1"), NOON))
    found = await stored.get(type(hold), hold.id)
    await stored.decide(ReleaseHold(hold.id, student_id("s1"), NOON.replace(hour=20)))
    again = await stored.get(type(hold), hold.id)

    assert found is not None
    assert (found.entity, found.version) == (hold.release(NOON), 2)
    assert again == found
    assert (await stored.facts(a_request("s1"))).students[student_id("s1")].holds == ()


async def test_a_hold_that_is_gone_releases_nothing(stored: Stored) -> None:
    await stored.add(*a_small_university())

    await stored.decide(ReleaseHold(HoldId(identifier("hold", "never")), student_id("s1"), NOON))

    assert (await stored.facts(a_request("s1"))).next_number == 2


async def test_limits_of_credits_are_written_like_credits(stored: Stored) -> None:
    """They stand in explanations beside each other."""
    level = {1: CreditLimits(Decimal("21.5"))}
    await stored.add(*a_small_university())
    await stored.save(replace(a_term(credit_maximum="18.5"), credit_minimum=Decimal(6), credit_limits=level))

    term = (await stored.facts(a_request("s1"))).term

    assert [str(limit) for limit in (term.credit_maximum, term.credit_minimum, term.credit_limits[1].maximum)] == [
        "18.50",
        "6.00",
        "21.50",
    ]
