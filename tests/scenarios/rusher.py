"""Two connections, one to each server, over which one client asks for all that it may ask for and more, by its seed."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from tests.scenarios import rush_term
from tests.scenarios.carts import Carts
from tests.scenarios.line import JSON, REGISTRATIONS, Answer, Line, Request, register
from tests.support.domain_builders import identifier, student_id

STUDENTS_EACH = 3
CARTS = 2
OTHERS = 2
_LONGEST_PATIENCE = 0.25
_NOBODY = str(UUID(int=1))

Body: TypeAlias = dict[str, Any]


@dataclass(slots=True)
class Witness:
    """What all clients were told: each decided request's answer by the request's id, and whom they met how often.

    `hung_up` are the requests whose first answer nobody read, with the answer that they found later by their key.
    """

    decided: dict[str, bytes] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)
    hung_up: list[tuple[Request, bytes]] = field(default_factory=list)

    def hear(self, answer: Answer) -> Body:
        """Take down what was decided; answers it."""
        assert answer.status == 200, answer
        view: Body = answer.json()
        assert self.decided.setdefault(view["id"], answer.body) == answer.body
        return view

    def views(self) -> list[Body]:
        """Every answer to a decided request."""
        return [orjson.loads(body) for body in self.decided.values()]


class Rusher:
    """One client; `number` distinguishes it from the others and is its seed."""

    def __init__(self, number: int, lines: tuple[Line, Line], witness: Witness) -> None:
        self._number = number
        self._lines = lines
        self._witness = witness
        self._dice = random.Random(number)
        self._students = self._dice.sample(rush_term.STUDENTS, STUDENTS_EACH)
        self._carts = Carts(self._dice, rush_term.TERM, rush_term.OFFERINGS)
        self._keys = 0

    async def rush(self) -> None:
        """Send carts and everything else, in an order of its own."""
        everything: list[Callable[[], Awaitable[None]]] = [
            self._the_same_at_once,
            self._the_same_in_turn,
            self._another_request_under_the_same_key,
            self._nonsense,
            self._what_nobody_knows,
            self._poison,
            self._hang_up,
            self._hang_up_half_way,
            self._a_student_who_is_deleted,
        ]
        steps = [self._two_carts] * CARTS + self._dice.sample(everything, OTHERS)
        self._dice.shuffle(steps)
        for step in steps:
            self._dice.shuffle(lines := list(self._lines))
            self._lines = (lines[0], lines[1])
            await step()

    async def _two_carts(self) -> None:
        await self._both(self._send_cart(self._lines[0]), self._send_cart(self._lines[1]))

    async def _send_cart(self, line: Line) -> None:
        student, cart = self._a_cart()
        answer = await line.ask(register(cart, self._key() if self._dice.random() < 0.5 else None))
        view = self._witness.hear(answer)
        assert len(view["decisions"]) == len(cart["actions"])
        assert not answer.is_replay
        self._carts.learn(student, view["decisions"])
        self._witness.met.update(decision["outcome"] for decision in view["decisions"])

    async def _the_same_at_once(self) -> None:
        request = register(self._a_cart()[1], self._key())
        answers = await self._both(*(line.ask(request) for line in self._lines))
        assert sorted(answer.is_replay for answer in answers) == [False, True]
        self._hear_the_same(*answers)

    async def _the_same_in_turn(self) -> None:
        request = register(self._a_cart()[1], self._key())
        answers = [await line.ask(request) for line in self._lines]
        assert [answer.is_replay for answer in answers] == [False, True]
        self._hear_the_same(*answers)

    async def _another_request_under_the_same_key(self) -> None:
        key, (_, cart) = self._key(), self._a_cart()
        other = {**cart, "student": f"code:{rush_term.STUDENTS[self._number]}", "actions": [_add(rush_term.UNLIMITED)]}
        requests = (register(body, key) for body in (cart, other))
        answers = await self._both(*(line.ask(request) for line, request in zip(self._lines, requests, strict=True)))
        first, second = sorted(answers, key=lambda answer: answer.status)
        self._witness.hear(first)
        self._expect(second, 422, "idempotency_key_reused")

    async def _nonsense(self) -> None:
        whole = orjson.dumps(self._a_cart()[1])
        not_json = Request("POST", REGISTRATIONS, whole[:-1], JSON)
        no_actions = register({**self._a_cart()[1], "actions": []})
        of_nobody = register({"actions": [{"action": "add", "offering": "code:C-0", "wish": "A"}]}, self._key())
        plain_text = Request("POST", REGISTRATIONS, whole, {"Content-Type": "text/plain"})
        too_long = register(self._a_cart()[1], "k" * 201)
        expected = (
            (not_json, 400, "malformed_json"),
            (no_actions, 422, "invalid_field"),
            (of_nobody, 422, "invalid_field"),
            (plain_text, 415, "unsupported_media_type"),
            (too_long, 422, "invalid_field"),
        )
        for request, status, code in expected:
            self._expect(await self._lines[0].ask(request), status, code)

    async def _what_nobody_knows(self) -> None:
        _, cart = self._a_cart()
        for field_, reference in (("student", _NOBODY), ("student", "code:Nobody"), ("term", _NOBODY)):
            request = register({**cart, "student": str(student_id("R-0")), field_: reference}, self._key())
            self._expect(await self._lines[0].ask(request), 422, "unknown_reference")
        actions = [
            _add("NOWHERE"),
            {"action": "add", "offering": "code:C-0", "sections": ["code:C-1-0"]},
            {"action": "drop", "enrollment": _NOBODY},
            {"action": "leave_waitlist", "entry": _NOBODY},
        ]
        view = self._witness.hear(await self._lines[1].ask(register({**cart, "mode": "atomic", "actions": actions})))
        assert all(decision["outcome"] == "rejected" for decision in view["decisions"])

    async def _poison(self) -> None:
        offering, status = self._dice.choice(list(rush_term.POISONED.items()))
        actions = [_add(rush_term.UNLIMITED), _add(offering)]
        request = register(
            {**self._a_cart()[1], "student": f"code:{rush_term.victim(self._number)}", "actions": actions}, self._key()
        )
        answer, _ = await self._both(self._lines[0].ask(request), self._send_cart(self._lines[1]))
        self._expect(answer, status)

    async def _hang_up(self) -> None:
        gone, other = self._lines
        request = register(self._a_cart()[1], self._key())
        await gone.ask_and_hang_up(request, self._dice.uniform(0, _LONGEST_PATIENCE))
        answer = await self._dice.choice((gone, other)).ask(request)
        self._witness.hear(answer)
        self._witness.met["found" if answer.is_replay else "decided when asked again"] += 1
        self._witness.hung_up.append((request, answer.body))

    async def _hang_up_half_way(self) -> None:
        key = self._key()
        await self._lines[0].hang_up_half_way(register(self._a_cart()[1], key))
        answer = await self._lines[1].ask(register(self._a_cart()[1], key))
        assert not answer.is_replay
        self._witness.hear(answer)

    async def _a_student_who_is_deleted(self) -> None:
        leaving = str(student_id(rush_term.leaver(self._number)))
        term = str(identifier("term", rush_term.TERM))
        delete = Request("DELETE", f"/v1/students/{leaving}", b"", {"If-Match": "*"})
        enroll = register({"student": leaving, "term": term, "actions": [_add(rush_term.UNLIMITED)]}, self._key())
        deleted, answer = await self._both(self._lines[0].ask(delete), self._lines[1].ask(enroll))
        if deleted.status == 204:
            self._expect(answer, 422, "unknown_reference")
        else:
            self._expect(deleted, 409, "still_referenced")
            assert [d["outcome"] for d in self._witness.hear(answer)["decisions"]] == ["enrolled"]

    def _a_cart(self) -> tuple[str, Body]:
        student = self._dice.choice(self._students)
        return student, self._carts.cart(student)

    def _key(self) -> str:
        self._keys += 1
        return f"{self._number}-{self._keys}"

    def _hear_the_same(self, *answers: Answer) -> None:
        assert len({self._witness.hear(answer)["id"] for answer in answers}) == 1

    def _expect(self, answer: Answer, status: int, code: str | None = None) -> None:
        assert answer.status == status, answer
        problem: Mapping[str, Any] = answer.json()
        assert code in (None, problem["code"]), answer
        self._witness.met[problem["code"]] += 1

    @staticmethod
    async def _both(*asked: Awaitable[Any]) -> list[Any]:
        return await asyncio.gather(*asked)


def _add(offering: str) -> Body:
    return {"action": "add", "offering": f"code:{offering}"}
