"""The desk decides the commands of a term in the order of their arrival, whatever happens to one of them."""

import asyncio
import json
from dataclasses import replace

import pytest

from application.registration.desk import ATTEMPTS, RegistrationDesk
from application.registration.documents import decode_command
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
from tests.unit.application.fakes import BookInMemory, CountedIds, UnitOfWorkInMemory, a_caller

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


async def test_an_answer_comes_with_the_facts_it_was_reached_on_and_is_stored() -> None:
    book = BookInMemory(courses())

    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())

    settled = await desk.decide(SPRING.id, submitted(add_by("S1")))

    assert outcome(settled) is Outcome.ENROLLED
    assert isinstance(settled, Settled)
    assert settled.facts == courses()
    assert len(book.terms[SPRING.id].enrollments) == 1


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
    first, second, third = (
        asyncio.create_task(desk.decide(SPRING.id, submitted(add_by(name)))) for name in ("S1", "S2", "S3")
    )
    await until_idle()

    second.cancel()
    await until_idle()
    fourth = asyncio.create_task(desk.decide(SPRING.id, submitted(add_by("S4"))))
    book.gates[SPRING.id].set()

    answers = [outcome(await task) for task in (first, third, fourth)]
    assert answers == [Outcome.ENROLLED] * 3
    assert second.cancelled()
    assert [command for command in book.loaded if command == add_by("S2")] == []


async def test_one_who_gives_up_while_being_served_leaves_nothing_behind_and_the_next_is_served() -> None:
    book = BookInMemory(courses(capacity=1))
    book.gates[SPRING.id] = asyncio.Event()
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), queue_limit=2)
    served = asyncio.create_task(desk.decide(SPRING.id, submitted(add_by("S1"))))
    following = asyncio.create_task(desk.decide(SPRING.id, submitted(add_by("S2"))))
    await until_idle()

    served.cancel()
    book.gates[SPRING.id].set()

    assert outcome(await following) is Outcome.ENROLLED
    assert served.cancelled()
    assert book.undone == 1
    assert outcome(await desk.decide(SPRING.id, submitted(add_by("S3")))) is Outcome.REJECTED


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
    first = Submission(a_caller(Role.REGISTRAR), add_by("S1"), _keyed("digest", "first"))
    second = Submission(a_caller(Role.REGISTRAR), add_by("S1"), _keyed("digest", "second"))

    await desk.decide(SPRING.id, first)
    again = await desk.decide(SPRING.id, second)

    assert again == KeptAnswer(AnswerKey("somebody", "key"), "digest", "first")
    assert len(book.journals) == 1


async def test_the_same_key_with_another_request_is_refused() -> None:
    book = BookInMemory(courses())
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds())
    await desk.decide(SPRING.id, Submission(a_caller(), add_by("S1"), _keyed("digest", "first")))

    with pytest.raises(KeyReused):
        await desk.decide(SPRING.id, Submission(a_caller(), add_by("S1"), _keyed("another", "second")))

    assert len(book.journals) == 1


def _keyed(digest: str, answer: str) -> Idempotency:
    return Idempotency(AnswerKey("somebody", "key"), digest, lambda _decided, _facts: answer)
