"""Random carts: what one client asks for, given the enrollments and entries that the server told it of."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class Carts:
    """Makes carts for students of the term `term`, which offers the sections in `offerings` by the offerings' codes."""

    def __init__(self, dice: random.Random, term: str, offerings: Mapping[str, Sequence[str]]) -> None:
        self._dice = dice
        self._term = term
        self._offerings = offerings
        self._codes = list(offerings)
        self._enrollments: dict[str, list[str]] = defaultdict(list)
        self._entries: dict[str, list[str]] = defaultdict(list)

    def cart(self, student: str) -> dict[str, Any]:
        """A registration request of one to four actions."""
        return {
            "student": f"code:{student}",
            "term": f"code:{self._term}",
            "mode": self._dice.choice(["best_effort", "atomic"]),
            "actions": [self._action(student) for _ in range(self._dice.randint(1, 4))],
        }

    def learn(self, student: str, decisions: Iterable[Mapping[str, Any]]) -> None:
        """Remember what the student has now: later carts may give it up or change it."""
        for decision in decisions:
            if decision["outcome"] in ("enrolled", "swapped"):
                self._enrollments[student].append(decision["enrollment"])
            if decision["outcome"] == "waitlisted":
                self._entries[student].append(decision["entry"])

    def _action(self, student: str) -> dict[str, Any]:
        rolled = self._dice.random()
        mine, waiting = self._enrollments[student], self._entries[student]
        if rolled < 0.2 and mine:
            return {"action": "drop", "enrollment": self._dice.choice(mine)}
        if rolled < 0.4 and mine:
            return {"action": "swap", "enrollment": self._dice.choice(mine), **self._wish()}
        if rolled < 0.45 and waiting:
            return {"action": "leave_waitlist", "entry": self._dice.choice(waiting)}
        if rolled < 0.5 and mine:
            sections = [f"code:{self._dice.choice(self._offerings[self._dice.choice(self._codes)])}"]
            return {"action": "change_sections", "enrollment": self._dice.choice(mine), "sections": sections}
        return {"action": "add", **self._wish()}

    def _wish(self) -> dict[str, Any]:
        offering = self._dice.choice(self._codes)
        wish: dict[str, Any] = {"offering": f"code:{offering}", "if_full": self._dice.choice(["reject", "waitlist"])}
        if self._dice.random() < 0.4:
            wish["sections"] = [f"code:{self._dice.choice(self._offerings[offering])}"]
        if self._dice.random() < 0.2:
            wish["alternatives"] = [{"offering": f"code:{self._dice.choice(self._codes)}"}]
        return wish
