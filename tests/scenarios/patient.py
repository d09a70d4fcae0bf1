"""A client that does not give up: it asks with a key, at whichever server there is, until it is answered."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from tests.scenarios import rush_term
from tests.scenarios.carts import Carts
from tests.scenarios.line import Answer, Line, Request, register
from tests.scenarios.rusher import Witness

LOST = (ConnectionError, asyncio.IncompleteReadError)
"""What becomes of a request when its server, or the connection to it, goes away."""

_STUDENTS = 3
_PAUSE = (0.1, 0.4)
"""Seconds between two attempts, the shortest and the longest; a person would be told to wait for 2."""
_SECTIONS = Request("GET", f"/v1/sections?term=code:{rush_term.TERM}&limit=20", b"", {})
_AUDIT = Request("GET", "/v1/audit-events?limit=5", b"", {})


@dataclass(slots=True)
class Day:
    """What was asked and what was told, and how far the day is."""

    witness: Witness = field(default_factory=Witness)
    told: list[tuple[Request, bytes]] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    _moments: dict[int, asyncio.Event] = field(default_factory=dict)

    def note(self, request: Request, answer: Answer) -> None:
        """Take down what was told."""
        self.told.append((request, answer.body))
        if len(self.told) in self._moments:
            self._moments[len(self.told)].set()

    async def reach(self, answers: int) -> None:
        """Wait until so many requests are answered."""
        if len(self.told) < answers:
            await self._moments.setdefault(answers, asyncio.Event()).wait()


class Patient:
    """One client of the servers at `ports`; `number` distinguishes it from the others."""

    def __init__(self, number: int, seed: int, ports: Sequence[int], day: Day) -> None:
        self._dice = random.Random(f"{seed} {number}")
        self._students = self._dice.sample(rush_term.STUDENTS, _STUDENTS)
        self._carts = Carts(self._dice, rush_term.TERM, rush_term.OFFERINGS)
        self._keys = (f"{number}-{key}" for key in count())
        self._ports = ports
        self._day = day
        self._line: Line | None = None

    async def register(self, carts: int) -> None:
        """Send carts, and read between them."""
        try:
            for _ in range(carts):
                await self._send_a_cart()
        finally:
            self._hang_up()

    async def _send_a_cart(self) -> None:
        student = self._dice.choice(self._students)
        request = register(self._carts.cart(student), next(self._keys))
        answer = await self._insist(request)
        self._carts.learn(student, self._day.witness.hear(answer)["decisions"])
        self._day.note(request, answer)
        self._day.met["found" if answer.is_replay else "decided"] += 1
        schedule = f"/v1/students/code:{student}/schedule?term=code:{rush_term.TERM}"
        reading = self._dice.choice([_SECTIONS, _AUDIT, Request("GET", schedule, b"", {})])
        assert (await self._insist(reading)).status == 200

    async def _insist(self, request: Request) -> Answer:
        """Ask until there is an answer that says something."""
        while True:
            try:
                if self._line is None:
                    line = Line(self._dice.choice(self._ports))
                    await line.open()
                    self._line = line
                answer = await self._line.ask(request)
            except LOST:
                self._day.met["lost"] += 1
            else:
                if answer.status != 503:
                    return answer
                assert (answer.json()["code"], int(answer.headers["retry-after"]) > 0) == ("unavailable", True)
                self._day.met["unavailable"] += 1
            self._hang_up()
            await asyncio.sleep(self._dice.uniform(*_PAUSE))

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.cut()
        self._line = None
