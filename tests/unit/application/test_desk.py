"""The desk decides the commands of a term in the order of their arrival, whatever happens to one of them."""

import asyncio
import json
from dataclasses import replace

import pytest

from application.registration.batch import ATTEMPTS
from application.registration.desk import RegistrationDesk
from application.registration.documents import decode_command
from application.registration.dto import RegistrationRequestView
from application.registration.ports import AnswerKey, KeptAnswer
from application.registration.submission import Idempotency, Settled, Submission
from application.shared.caller import Role
from application.shared.errors import KeyReused, NotFound, Unavailable
from domain.registration.commands import Command, RegistrationRequest, ReviseSection
from domain.registration.facts import Facts
from domain.registration.outcomes import Outcome, RequestDecided, RevisionRefused
from domain.shared.identifiers import TermId
from tests.support.domain_builders import NOON, a_request, a_term, adding, identifier, student_id
from tests.support.university import University
from tests.unit.application.fakes import BookInMemory, CountedIds, Poisoned, UnitOfWorkInMemory, a_caller

SPRING = a_term()
AUTUMN = replace(a_term(), id=TermId(identifier("term", "2027-2")), code="2027-2")


def courses(term: TermId = SPRING.id, capacity: int = 30) -> Facts:
    university = University(SPRING if term == SPRING.id else AUTUMN)
    university.lecture("CS-101", capacity=capacity)
    return university.facts()


def add_by(student: str) -> RegistrationRequest:
    return a_request(student, adding("CS-101", as_name=student))


def submitted(command: Command) -> Submission:
    return Submission(a_caller(Role.REGISTRAR), command)


def outcome(settled: Settled | KeptAnswer) -> Outcome:
    assert isinstance(settled, Settled)
    assert isinstance(settled.decided, RequestDecided)
    return settled.decided.decisions[0].outcome


async def until_idle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_an_answer_comes_as_the_caller_is_told_and_is_stored() -> None:
    book = BookInMemory(courses())

    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())

    settled = await desk.decide(SPRING.id, submitted(add_by("S1")))

    assert outcome(settled) is Outcome.ENROLLED
    assert isinstance(settled, Settled)
    view = RegistrationRequestView.model_validate_json(settled.answer)
    assert view.student == student_id("S1")
    assert [decision.outcome for decision in view.decisions] == [Outcome.ENROLLED]
    assert len(book.terms[SPRING.id].enrollments) == 1


async def test_answers_do_not_wait_for_a_batch_that_somebody_else_holds_up() -> None:
    book = BookInMemory(courses())
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), batch_limit=3)
    first, last = [add_by(f"S{number}") for number in range(3)], add_by("S3")
    gate = book.gates[SPRING.id] = asyncio.Event()
    decided = [asyncio.create_task(desk.decide(SPRING.id, submitted(command))) for command in first]
    held_up = asyncio.create_task(desk.decide(SPRING.id, submitted(last)))
    await until_idle()
    gate.set()
    while not book.loaded:  # noqa: ASYNC110 - the book tells nobody
        await asyncio.sleep(0)
    gate.clear()

    answers = await asyncio.gather(*decided)

    assert [outcome(answer) for answer in answers] == [Outcome.ENROLLED] * 3
    assert not held_up.done()
    gate.set()
    assert outcome(await held_up) is Outcome.ENROLLED


async def test_a_batch_that_takes_too_long_is_given_up_and_the_next_one_is_decided() -> None:
    book = BookInMemory(courses())
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), batch_limit=2, batch_seconds=0.3)
    gate = book.gates[SPRING.id] = asyncio.Event()
    given_up = [asyncio.create_task(desk.decide(SPRING.id, submitted(add_by(f"S{number}")))) for number in range(2)]
    await until_idle()
    behind = asyncio.create_task(desk.decide(SPRING.id, submitted(add_by("S2"))))

    ended = await asyncio.gather(*given_up, return_exceptions=True)
    gate.set()

    assert [type(error) for error in ended] == [Unavailable] * 2
    assert outcome(await behind) is Outcome.ENROLLED
    assert [enrollment.student_id for enrollment in book.terms[SPRING.id].enrollments.values()] == [student_id("S2")]


async def test_commands_of_a_term_are_decided_in_the_order_of_their_arrival() -> None:
    book = BookInMemory(courses(capacity=3))
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())
    commands = [add_by(f"S{number}") for number in range(10)]

    answers = await asyncio.gather(*(desk.decide(SPRING.id, submitted(command)) for command in commands))

    assert book.loaded == commands
    assert [outcome(answer) for answer in answers] == [Outcome.ENROLLED] * 3 + [Outcome.REJECTED] * 7


async def test_a_busy_term_holds_one_transaction() -> None:
    book = BookInMemory(courses())
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())

    await asyncio.gather(*(desk.decide(SPRING.id, submitted(add_by(f"S{number}"))) for number in range(20)))

    assert book.most_open == 1


async def test_a_term_does_not_wait_for_another() -> None:
    book = BookInMemory(courses(), courses(AUTUMN.id))
    book.gates[SPRING.id] = asyncio.Event()
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())
    waiting = asyncio.create_task(desk.decide(SPRING.id, submitted(add_by("S1"))))
    await until_idle()

    assert outcome(await desk.decide(AUTUMN.id, submitted(add_by("S1")))) is Outcome.ENROLLED
    assert not waiting.done()
    book.gates[SPRING.id].set()
    assert outcome(await waiting) is Outcome.ENROLLED


async def test_stale_seating_is_recounted_and_tried_again() -> None:
    book = BookInMemory(courses())
    book.stale = ATTEMPTS - 1

    answer = await RegistrationDesk(UnitOfWorkInMemory(book), CountedIds()).decide(SPRING.id, submitted(add_by("S1")))

    assert outcome(answer) is Outcome.ENROLLED
    assert (book.recounts, book.undone) == (ATTEMPTS - 1, ATTEMPTS - 1)


async def test_seating_that_stays_stale_is_given_up_after_three_attempts() -> None:
    book = BookInMemory(courses())
    book.stale = 100
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())

    with pytest.raises(Unavailable):
        await desk.decide(SPRING.id, submitted(add_by("S1")))

    assert book.stale == 100 - 3
    assert not book.terms[SPRING.id].enrollments
    book.stale = 0
    assert outcome(await desk.decide(SPRING.id, submitted(add_by("S1")))) is Outcome.ENROLLED


async def test_a_full_queue_turns_commands_away_until_it_is_shorter() -> None:
    book = BookInMemory(courses(), courses(AUTUMN.id))
    book.gates[SPRING.id] = asyncio.Event()
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), queue_limit=2)
    waiting = [asyncio.create_task(desk.decide(SPRING.id, submitted(add_by(name)))) for name in ("S1", "S2")]
    await until_idle()

    with pytest.raises(Unavailable):
        await desk.decide(SPRING.id, submitted(add_by("S3")))
    with pytest.raises(Unavailable):
        await desk.decide(AUTUMN.id, submitted(add_by("S3")))

    book.gates[SPRING.id].set()
    await asyncio.gather(*waiting)
    assert outcome(await desk.decide(SPRING.id, submitted(add_by("S3")))) is Outcome.ENROLLED


async def test_a_waiter_who_gives_up_harms_nobody() -> None:
    book = BookInMemory(courses())
    book.gates[SPRING.id] = asyncio.Event()
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), queue_limit=3)
    first = asyncio.create_task(desk.decide(SPRING.id, submitted(add_by("S1"))))
    await until_idle()
    second, third = (asyncio.create_task(desk.decide(SPRING.id, submitted(add_by(name)))) for name in ("S2", "S3"))
    await until_idle()

    second.cancel()
    await until_idle()
    fourth = asyncio.create_task(desk.decide(SPRING.id, submitted(add_by("S4"))))
    book.gates[SPRING.id].set()

    answers = [outcome(await task) for task in (first, third, fourth)]
    assert answers == [Outcome.ENROLLED] * 3
    assert second.cancelled()
    assert [command for command in book.loaded if command == add_by("S2")] == []


async def test_one_who_gives_up_while_being_served_is_decided_all_the_same() -> None:
    book = BookInMemory(courses(capacity=1))
    book.gates[SPRING.id] = asyncio.Event()
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), queue_limit=2)
    served = asyncio.create_task(desk.decide(SPRING.id, submitted(add_by("S1"))))
    following = asyncio.create_task(desk.decide(SPRING.id, submitted(add_by("S2"))))
    await until_idle()

    served.cancel()
    book.gates[SPRING.id].set()

    assert outcome(await following) is Outcome.REJECTED
    assert served.cancelled()
    assert book.undone == 0
    assert [enrollment.student_id for enrollment in book.terms[SPRING.id].enrollments.values()] == [student_id("S1")]


async def test_a_failing_command_does_not_hold_up_those_behind_it() -> None:
    book = BookInMemory(courses())
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), queue_limit=1)

    with pytest.raises(NotFound):
        await desk.decide(AUTUMN.id, submitted(add_by("S1")))

    assert outcome(await desk.decide(SPRING.id, submitted(add_by("S1")))) is Outcome.ENROLLED


async def test_revisions_stand_in_the_same_queue() -> None:
    facts = courses(capacity=1)
    (section,) = facts.sections.values()
    book = BookInMemory(facts)
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())

    answers = await asyncio.gather(
        desk.decide(SPRING.id, submitted(add_by("S1"))),
        desk.decide(SPRING.id, submitted(add_by("S2"))),
        desk.decide(SPRING.id, submitted(ReviseSection(replace(section, capacity=2), NOON))),
        desk.decide(SPRING.id, submitted(add_by("S2"))),
        desk.decide(SPRING.id, submitted(ReviseSection(replace(section, capacity=None), NOON))),
    )

    assert [outcome(answers[n]) for n in (0, 1, 3)] == [Outcome.ENROLLED, Outcome.REJECTED, Outcome.ENROLLED]
    assert isinstance(answers[4], Settled)
    assert isinstance(answers[4].decided, RevisionRefused)


async def test_the_journal_says_who_asked_for_what_and_what_happened() -> None:
    book = BookInMemory(courses())
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())

    await desk.decide(SPRING.id, submitted(add_by("S1")))

    (journal,) = book.journals
    (record,) = journal.records
    assert (record.kind, record.number, record.subject, record.roles) == (
        "registration_request",
        1,
        "somebody",
        ("registrar",),
    )
    assert student_id("S1") in record.about
    assert decode_command(record.kind, record.command) == add_by("S1")
    verdicts = json.loads(record.answer)["decisions"][0]["verdicts"]
    assert {verdict["rule"] for verdict in verdicts} >= {"registration_is_open", "seat_is_free", "prerequisite_is_met"}
    assert [message.type for message in journal.messages] == ["StudentEnrolled"]
    looked_at = json.loads(record.facts)
    assert {looked_at["term"], *looked_at["offerings"].values()} <= set(journal.documents)


async def test_the_same_key_gets_the_same_answer_and_decides_once() -> None:
    book = BookInMemory(courses())
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())
    keyed = Submission(a_caller(Role.REGISTRAR), add_by("S1"), KEYED)

    first, again = await asyncio.gather(*(desk.decide(SPRING.id, keyed) for _ in range(2)))
    later = await desk.decide(SPRING.id, keyed)

    assert again == later == KeptAnswer(KEYED.key, "digest", first.answer)
    assert len(book.journals) == 1


async def test_the_same_key_with_another_request_is_refused() -> None:
    book = BookInMemory(courses())
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())
    await desk.decide(SPRING.id, Submission(a_caller(), add_by("S1"), KEYED))

    with pytest.raises(KeyReused):
        await desk.decide(SPRING.id, Submission(a_caller(), add_by("S1"), replace(KEYED, digest="another")))

    assert len(book.journals) == 1


async def test_what_arrives_while_a_batch_is_decided_makes_the_next_one() -> None:
    book = BookInMemory(courses())
    book.gates[SPRING.id] = asyncio.Event()
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), batch_limit=4)
    tasks = [asyncio.create_task(desk.decide(SPRING.id, submitted(add_by("S0"))))]
    await until_idle()
    tasks += [asyncio.create_task(desk.decide(SPRING.id, submitted(add_by(f"S{n}")))) for n in range(1, 8)]
    await until_idle()
    book.gates[SPRING.id].set()

    answers = await asyncio.gather(*tasks)

    assert [len(journal.records) for journal in book.journals] == [1, 4, 3]
    assert [record.number for journal in book.journals for record in journal.records] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [outcome(answer) for answer in answers] == [Outcome.ENROLLED] * 8


async def test_a_poisoned_command_fails_alone() -> None:
    book = BookInMemory(courses())
    book.poison = add_by("S3").id
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())

    answers = await asyncio.gather(
        *(desk.decide(SPRING.id, submitted(add_by(f"S{n}"))) for n in range(8)), return_exceptions=True
    )

    assert isinstance(answers[3], Poisoned)
    others = [answer for place, answer in enumerate(answers) if place != 3]
    assert [outcome(answer) for answer in others if isinstance(answer, Settled)] == [Outcome.ENROLLED] * 7
    assert len(book.terms[SPRING.id].enrollments) == 7


async def test_a_seat_that_stays_stale_fails_those_who_want_it_and_nobody_else() -> None:
    book = BookInMemory(courses())
    book.always_stale = add_by("S2").id
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())

    answers = await asyncio.gather(
        *(desk.decide(SPRING.id, submitted(add_by(f"S{n}"))) for n in range(4)), return_exceptions=True
    )

    assert [isinstance(answer, Unavailable) for answer in answers] == [False, False, True, False]


async def test_closing_waits_for_commands_whose_callers_have_gone() -> None:
    book = BookInMemory(courses())
    book.gates[SPRING.id] = asyncio.Event()
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())
    gone = asyncio.create_task(desk.decide(SPRING.id, submitted(add_by("S1"))))
    await until_idle()

    gone.cancel()
    book.gates[SPRING.id].set()
    await desk.close()

    assert len(book.terms[SPRING.id].enrollments) == 1


async def test_a_closed_desk_decides_what_was_handed_in_and_takes_nothing_more() -> None:
    book = BookInMemory(courses())
    book.gates[SPRING.id] = asyncio.Event()
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), batch_limit=1)
    before = [asyncio.create_task(desk.decide(SPRING.id, submitted(add_by(f"S{n}")))) for n in range(3)]
    await until_idle()

    closing = asyncio.create_task(desk.close())
    await until_idle()
    with pytest.raises(Unavailable):
        await desk.decide(SPRING.id, submitted(add_by("S4")))
    assert not closing.done()
    book.gates[SPRING.id].set()
    await closing

    assert [outcome(task.result()) for task in before] == [Outcome.ENROLLED] * 3
    assert len(book.terms[SPRING.id].enrollments) == 3


async def test_nobody_is_left_waiting_when_the_loop_stops() -> None:
    book = BookInMemory(courses())
    book.gates[SPRING.id] = asyncio.Event()
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), batch_limit=1)
    asked = [asyncio.create_task(desk.decide(SPRING.id, submitted(add_by(f"S{n}")))) for n in range(3)]
    await until_idle()

    for task in asyncio.all_tasks() - {asyncio.current_task(), *asked}:
        task.cancel()
    done, waiting = await asyncio.wait(asked, timeout=5)

    assert not waiting
    assert all(task.cancelled() for task in done)
    book.gates[SPRING.id].set()
    assert outcome(await desk.decide(SPRING.id, submitted(add_by("S4")))) is Outcome.ENROLLED


async def test_terms_take_turns() -> None:
    book = BookInMemory(courses(), courses(AUTUMN.id))
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), batch_limit=2, open_batches=1)

    await asyncio.gather(
        *(desk.decide(SPRING.id, submitted(add_by(f"S{n}"))) for n in range(6)),
        *(desk.decide(AUTUMN.id, submitted(add_by(f"A{n}"))) for n in range(4)),
    )

    terms = [journal.records[0].term_id for journal in book.journals]
    assert terms == [SPRING.id, AUTUMN.id, SPRING.id, AUTUMN.id, SPRING.id]
    assert book.most_open == 1


KEYED = Idempotency(AnswerKey("somebody", "key"), "digest")
