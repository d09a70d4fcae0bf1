"""One client process of a race: its students ask for a place in every offering, at the same time, through one server.

Called as `python -m tests.scenarios.contender URL FIRST COUNT OFFERINGS`; prints each offering's outcomes, counted.
"""

import asyncio
import json
import sys
from collections import Counter

import aiohttp


async def contend(url: str, first: int, count: int, offerings: int) -> list[Counter[str]]:
    """Let `count` students, from number `first` on, ask for offerings 0 to `offerings` - 1."""
    async with aiohttp.ClientSession() as session:

        async def ask(student: int, offering: int) -> str:
            body = {
                "student": f"code:S-{student}",
                "term": "code:2027-1",
                "actions": [{"action": "add", "offering": f"code:C-{offering}"}],
            }
            async with session.post(f"{url}/v1/registration-requests", json=body) as answer:
                if answer.status != 200:
                    return f"status {answer.status}"
                decision = (await answer.json())["decisions"][0]
                reasons = [rejection["code"] for rejection in decision["rejections"]]
                return " ".join([decision["outcome"], *reasons])

        return [
            Counter(await asyncio.gather(*(ask(first + n, offering) for n in range(count))))
            for offering in range(offerings)
        ]


if __name__ == "__main__":
    address, *numbers = sys.argv[1:]
    print(json.dumps(asyncio.run(contend(address, *(int(number) for number in numbers)))))  # noqa: T201
