"""Whoever measures the desk hears of every batch, and may ask how long its queue is."""

import asyncio
from collections.abc import Sequence

from application.registration.desk import RegistrationDesk
from application.registration.ports import KeptAnswer
from application.registration.submission import Settled
from application.shared.errors import NotFound
from tests.unit.application.fakes import BookInMemory, CountedIds, UnitOfWorkInMemory
from tests.unit.application.test_desk import AUTUMN, SPRING, add_by, courses, submitted, until_idle


class Heard:
    """Remembers what it heard."""

    def __init__(self) -> None:
        self.batches: list[Sequence[Settled | KeptAnswer | Exception]] = []
        self.seconds: list[float] = []

    def decided(self, outcomes: Sequence[Settled | KeptAnswer | Exception], seconds: float) -> None:
        self.batches.append(outcomes)
        self.seconds.append(seconds)


async def test_every_batch_is_told_with_its_outcomes_and_its_time() -> None:
    heard = Heard()
    desk = RegistrationDesk(UnitOfWorkInMemory(BookInMemory(courses())), CountedIds(), batch_limit=3, measures=heard)

    answers = await asyncio.gather(*(desk.decide(SPRING.id, submitted(add_by(f"S{number}"))) for number in range(5)))

    assert [len(batch) for batch in heard.batches] == [3, 2]
    assert [outcome for batch in heard.batches for outcome in batch] == answers
    assert all(seconds > 0 for seconds in heard.seconds)


async def test_a_batch_that_failed_is_told_too() -> None:
    heard = Heard()
    desk = RegistrationDesk(UnitOfWorkInMemory(BookInMemory(courses())), CountedIds(), measures=heard)

    await asyncio.gather(desk.decide(AUTUMN.id, submitted(add_by("S1"))), return_exceptions=True)

    ((failure,),) = heard.batches
    assert isinstance(failure, NotFound)


async def test_commands_wait_until_their_batch_begins() -> None:
    book = BookInMemory(courses())
    gate = book.gates[SPRING.id] = asyncio.Event()
    desk = RegistrationDesk(UnitOfWorkInMemory(book), CountedIds(), batch_limit=2)
    asked = [asyncio.create_task(desk.decide(SPRING.id, submitted(add_by(f"S{number}")))) for number in range(5)]
    await until_idle()

    assert desk.waiting == 3
    gate.set()
    await asyncio.gather(*asked)
    assert desk.waiting == 0
