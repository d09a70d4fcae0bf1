"""One client process of a storm: random carts for random students, and now and then a registrar's hand, by one seed.

Called as `python -m tests.scenarios.stormer URL SEED CARTS`; prints the statuses and enrollments it was told of.
"""

import asyncio
import json
import random
import sys
from collections import Counter
from typing import Any

import aiohttp

from tests.scenarios.carts import Carts
from tests.scenarios.stormy_term import OFFERINGS, STUDENTS, TERM, section_codes

AT_ONCE = 4
STUDENTS_EACH = 3


class Stormer:
    """One client, and what it was answered."""

    def __init__(self, session: aiohttp.ClientSession, url: str, seed: int) -> None:
        self._session = session
        self._url = url
        self._random = random.Random(seed)
        self._students = self._random.sample(STUDENTS, STUDENTS_EACH)
        self._carts = Carts(self._random, TERM, {offering: section_codes(offering) for offering in OFFERINGS})
        self.statuses: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.told: list[str] = []

    async def send_carts(self, number: int) -> None:
        """Send carts one after the other."""
        for _ in range(number):
            dice = self._random.random()
            if dice < 0.04:
                await self._change_capacity()
            elif dice < 0.08:
                await self._permit()
            else:
                await self._send_cart()

    async def _send_cart(self) -> None:
        student = self._random.choice(self._students)
        body = self._carts.cart(student)
        headers = {"Idempotency-Key": f"{self._random.getrandbits(64):x}"} if self._random.random() < 0.3 else {}
        answer = await self._post("registration-requests", body, headers)
        if headers:
            again = await self._post("registration-requests", body, headers)
            if again != answer:
                self.statuses["another answer to the same key"] += 1
        decisions = answer.get("decisions", ())
        self._carts.learn(student, decisions)
        self.outcomes.update(decision["outcome"] for decision in decisions)
        self.told += [d["enrollment"] for d in decisions if d["outcome"] in ("enrolled", "swapped")]

    async def _change_capacity(self) -> None:
        section = self._random.choice(section_codes(self._random.choice(OFFERINGS)))
        url = f"{self._url}/v1/sections/code:storm:{section}"
        async with self._session.get(url) as seen:
            etag = seen.headers["ETag"]
        headers = {"If-Match": etag, "Content-Type": "application/merge-patch+json"}
        body = json.dumps({"capacity": self._random.randint(0, 5)})
        async with self._session.patch(url, data=body, headers=headers) as answer:
            # Somebody else may have been faster.
            self.statuses["200" if answer.status == 412 else str(answer.status)] += 1

    async def _permit(self) -> None:
        codes = self._random.choice([["seats_full"], ["time_conflict"], ["seats_full", "seats_reserved"]])
        body = {
            "student": f"code:{self._random.choice(self._students)}",
            "offering": f"code:storm:{self._random.choice(OFFERINGS)}",
            "codes": codes,
            "reason": "Storm",
        }
        given = await self._post("permissions", body, {})
        if given and self._random.random() < 0.3:
            await self._revoke(given["id"])

    async def _revoke(self, permission: str) -> None:
        url = f"{self._url}/v1/permissions/{permission}"
        async with self._session.delete(url, headers={"If-Match": "*"}) as answer:
            self.statuses["200" if answer.status == 204 else f"{answer.status} {await answer.text()}"] += 1

    async def _post(self, resource: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        async with self._session.post(f"{self._url}/v1/{resource}", json=body, headers=headers) as answer:
            expected = 201 if resource == "permissions" else 200
            self.statuses["200" if answer.status == expected else f"{answer.status} {await answer.text()}"] += 1
            return dict(await answer.json()) if answer.status == expected else {}


async def storm(url: str, seed: int, carts: int) -> dict[str, Any]:
    """Let several stormers storm at once; answers what they saw."""
    async with aiohttp.ClientSession() as session:
        stormers = [Stormer(session, url, seed * AT_ONCE + n) for n in range(AT_ONCE)]
        await asyncio.gather(*(stormer.send_carts(carts) for stormer in stormers))
    return {
        "statuses": sum((stormer.statuses for stormer in stormers), Counter[str]()),
        "outcomes": sum((stormer.outcomes for stormer in stormers), Counter[str]()),
        "told": [enrollment for stormer in stormers for enrollment in stormer.told],
    }


if __name__ == "__main__":
    address, *numbers = sys.argv[1:]
    print(json.dumps(asyncio.run(storm(address, *(int(number) for number in numbers)))))  # noqa: T201
