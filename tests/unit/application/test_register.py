"""Registering: who may ask for whom, and what the answer says."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from application.registration.addressees import Addressees
from application.registration.desk import RegistrationDesk
from application.registration.dto import RegistrationRequestFields, RegistrationRequestView
from application.registration.register import Register
from application.shared.caller import Caller, Role
from application.shared.errors import AccessDenied, UnknownReference
from domain.registration.outcomes import Outcome
from tests.support.domain_builders import a_term, dropping, identifier, section_id, student_id
from tests.support.university import University
from tests.unit.application.fakes import (
    BookInMemory,
    CountedIds,
    ReadingInMemory,
    StillClock,
    UnitOfWorkInMemory,
    a_caller,
)

TERM = a_term()
ADD = {"action": "add", "offering": "code:CS-101"}
REGISTRAR = a_caller(Role.REGISTRAR)


def registering(university: University, moment: datetime | None = None) -> tuple[Register, BookInMemory]:
    book = BookInMemory(university.facts())
    reading = ReadingInMemory(
        students={f"code:{name}": student_id(name) for name in ("S1", "S2")}, terms={"code:2027-1": TERM.id}
    )
    clock = StillClock() if moment is None else StillClock(moment)
    ids = CountedIds()
    return Register(RegistrationDesk(UnitOfWorkInMemory(book), ids), Addressees(reading), clock, ids), book


def one_course() -> University:
    university = University(TERM)
    university.lecture("CS-101", capacity=1)
    return university


def request(*actions: object, student: str = "code:S1", term: str = "code:2027-1") -> RegistrationRequestFields:
    fields = {"student": student, "term": term, "actions": list(actions)}
    return TypeAdapter(RegistrationRequestFields).validate_python(fields)


async def answer(caller: Caller, *actions: object) -> RegistrationRequestView:
    register, _ = registering(one_course())
    return await register.execute(caller, request(*actions))


async def test_an_add_is_answered_with_the_enrollment_and_its_seats() -> None:
    register, book = registering(one_course())

    view = await register.execute(REGISTRAR, request(ADD))

    (decision,) = view.decisions
    assert (decision.number, decision.action, decision.outcome) == (1, "add", Outcome.ENROLLED)
    assert [(seat.section, seat.section_code, seat.seat_no) for seat in decision.seats] == [
        (section_id("CS-101-A"), "CS-101-A", 1)
    ]
    assert decision.enrollment in book.terms[TERM.id].enrollments
    assert decision.offering == identifier("offering", "CS-101")
    assert (view.student, view.term, view.arrived_at) == (student_id("S1"), TERM.id, StillClock().now())


async def test_a_drop_is_answered_with_the_enrollment_that_ended() -> None:
    university = one_course()
    university.seat("S1", "CS-101", "CS-101-A")
    register, book = registering(university)
    enrollment = dropping("S1/CS-101").enrollment_id

    view = await register.execute(REGISTRAR, request({"action": "drop", "enrollment": str(enrollment)}))

    (decision,) = view.decisions
    assert (decision.action, decision.outcome, decision.enrollment) == ("drop", Outcome.DROPPED, enrollment)
    assert decision.seats[0].seat_no == 1
    assert not book.terms[TERM.id].enrollments


async def test_a_refusal_is_an_answer_with_code_sentence_and_parameters() -> None:
    view = await answer(REGISTRAR, {**ADD, "offering": "code:CS-999"}, ADD, ADD)

    assert [d.outcome for d in view.decisions] == [Outcome.REJECTED, Outcome.ENROLLED, Outcome.REJECTED]
    (unknown,) = view.decisions[0].rejections
    assert unknown.code == "unknown_offering"
    assert unknown.message == "The term has no offering code:CS-999."
    assert unknown.parameters == {"offering": "code:CS-999"}
    assert {r.code for r in view.decisions[2].rejections} == {"already_enrolled", "no_open_combination"}


async def test_sections_are_named_by_code_or_id_with_or_without_the_answer_changing() -> None:
    for name in ("code:CS-101-A", str(section_id("CS-101-A"))):
        view = await answer(REGISTRAR, {**ADD, "sections": [name]})
        assert view.decisions[0].outcome is Outcome.ENROLLED


async def test_the_clock_decides_by_the_moment_of_arrival() -> None:
    register, _ = registering(one_course(), datetime(2027, 3, 1, tzinfo=UTC))

    view = await register.execute(REGISTRAR, request(ADD))

    assert [r.code for r in view.decisions[0].rejections] == ["term_not_open", "deadline_passed"]


async def test_a_student_registers_for_themself() -> None:
    view = await answer(a_caller(Role.STUDENT, student=student_id("S1")), ADD)

    assert view.decisions[0].outcome is Outcome.ENROLLED


@pytest.mark.parametrize("role", sorted({Role.REGISTRAR, Role.ADMINISTRATOR}))
async def test_keepers_of_records_register_anyone(role: Role) -> None:
    assert (await answer(a_caller(role), ADD)).decisions[0].outcome is Outcome.ENROLLED


@pytest.mark.parametrize(
    "caller",
    [
        a_caller(),
        a_caller(Role.STUDENT),
        a_caller(Role.STUDENT, student=student_id("S2")),
        a_caller(Role.INSTRUCTOR),
        a_caller(Role.ADVISOR),
    ],
)
async def test_nobody_else_does(caller: Caller) -> None:
    register, book = registering(one_course())

    with pytest.raises(AccessDenied):
        await register.execute(caller, request(ADD))

    assert not book.loaded


async def test_who_may_not_register_others_does_not_learn_which_students_there_are() -> None:
    register, _ = registering(one_course())
    caller = a_caller(Role.STUDENT, student=student_id("S1"))

    with pytest.raises(AccessDenied):
        await register.execute(caller, request(ADD, student="code:NOBODY"))
    with pytest.raises(AccessDenied):
        await register.execute(caller, request(ADD, student="code:S2", term="code:NEVER"))


@pytest.mark.parametrize(("student", "term", "field"), [("NOBODY", "2027-1", "student"), ("S1", "NEVER", "term")])
async def test_an_unknown_student_or_term_is_named(student: str, term: str, field: str) -> None:
    register, book = registering(one_course())

    with pytest.raises(UnknownReference) as unknown:
        await register.execute(REGISTRAR, request(ADD, student=f"code:{student}", term=f"code:{term}"))

    assert unknown.value.parameters["field"] == field
    assert not book.loaded


@pytest.mark.parametrize(
    "actions",
    [
        (),
        ({"action": "swap"},),
        ({"action": "add"},),
        ({"action": "drop", "enrollment": "code:E"},),
        ({**ADD, "offering": "CS 101"},),
        ({**ADD, "surprise": 1},),
        (ADD,) * 51,
        ({**ADD, "sections": ["code:A"] * 31},),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_before_anything_is_decided(actions: tuple[object, ...]) -> None:
    with pytest.raises(ValidationError):
        request(*actions)
