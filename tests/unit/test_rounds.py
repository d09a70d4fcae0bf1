"""Questions in rounds: what waits is answered together, and by nothing older than itself."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from application.shared.rounds import Rounds


class Oracle:
    """Answers each question with the number of its round, when it is let."""

    def __init__(self) -> None:
        self.rounds: list[list[str]] = []
        self.let = asyncio.Semaphore(0)
        self.fails = False

    async def ask(self, _subject: str, questions: Sequence[str]) -> Mapping[str, int]:
        self.rounds.append(list(questions))
        number = len(self.rounds)
        await self.let.acquire()
        if self.fails:
            raise ConnectionError
        return {question: number for question in questions if question != "unknown"}


async def begun(oracle: Oracle, rounds: "Rounds[str, str, int]", *questions: str) -> list["asyncio.Task[int | None]"]:
    """Ask, and wait until a round is under way."""
    asked = [asyncio.create_task(rounds.answer("subject", question)) for question in questions]
    await asyncio.sleep(0.01)
    assert oracle.rounds
    return asked


async def test_what_is_asked_during_a_round_is_answered_by_the_next_each_question_once() -> None:
    oracle = Oracle()
    rounds = Rounds(oracle.ask)
    first = await begun(oracle, rounds, "a")
    others = await begun(oracle, rounds, "a", "b", "a", "unknown")
    oracle.let.release()
    oracle.let.release()

    assert await asyncio.gather(*first, *others) == [1, 2, 2, 2, None]
    assert oracle.rounds == [["a"], ["a", "b", "unknown"]]


async def test_a_failed_round_fails_for_whoever_asked_and_the_next_one_does_not() -> None:
    oracle = Oracle()
    rounds = Rounds(oracle.ask)
    oracle.fails = True
    asked = await begun(oracle, rounds, "a", "b")
    oracle.let.release()
    results = await asyncio.gather(*asked, return_exceptions=True)
    oracle.fails = False
    oracle.let.release()

    assert [type(result) for result in results] == [ConnectionError, ConnectionError]
    assert await rounds.answer("subject", "a") == 2


async def test_who_goes_away_takes_no_answer_from_the_others() -> None:
    oracle = Oracle()
    rounds = Rounds(oracle.ask)
    gone, stays = await begun(oracle, rounds, "a", "a")
    gone.cancel()
    oracle.let.release()

    assert await stays == 1
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_subjects_do_not_wait_for_each_other() -> None:
    oracle = Oracle()
    rounds = Rounds(oracle.ask)
    one, other = (asyncio.create_task(rounds.answer(subject, "a")) for subject in ("one", "other"))
    await asyncio.sleep(0.01)
    assert oracle.rounds == [["a"], ["a"]]
    oracle.let.release()
    oracle.let.release()

    assert {await one, await other} == {1, 2}
