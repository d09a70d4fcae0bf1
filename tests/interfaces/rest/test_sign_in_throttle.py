"""How often somebody may try: by name and by place, however many try at once, and what a success forgives."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from application.access import attempts
from infrastructure.security.passwords import ArgonPasswords
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.doors import IN_MEMORY, Seconds, container_of, on_postgres, opened
from tests.support.accounts import ANOTHER, EMAIL, OWN, PASSWORD, TOKEN, Doors
from tests.support.postgres import PostgresDatabase, connect

Looked = list[str]
FREE = 5


@pytest.fixture(params=["memory"])
async def doors(request: pytest.FixtureRequest, app: FastAPI, clock: SettableClock) -> AsyncIterator[Doors]:
    """Doors on records in memory; tests that are about PostgreSQL say so."""
    settings = IN_MEMORY
    if request.param == "postgres":
        settings = on_postgres(request.getfixturevalue("postgres_database"))
    async with opened(app, container_of(clock, Seconds(), **settings)) as doors:
        yield doors


@dataclass
class Crowd:
    """Who is looked at at the same moment: how many are, and how many were at most. They stay until the door opens."""

    opens: asyncio.Event = field(default_factory=asyncio.Event)
    comes: asyncio.Condition = field(default_factory=asyncio.Condition)
    inside: int = 0
    most: int = 0

    async def come(self) -> None:
        async with self.comes:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.comes.notify_all()
        await self.opens.wait()
        self.inside -= 1

    async def until_inside(self, many: int) -> None:
        async with asyncio.timeout(20), self.comes:
            await self.comes.wait_for(lambda: self.inside >= many)


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch, looked_at: Looked) -> Crowd:
    """What `looked_at` holds against a hash, but all at the same moment."""
    crowd, matches = Crowd(), ArgonPasswords.matches

    async def matches_later(passwords: ArgonPasswords, password: str, password_hash: str | None) -> bool:
        await crowd.come()
        return await matches(passwords, password, password_hash)

    monkeypatch.setattr(ArgonPasswords, "matches", matches_later)
    monkeypatch.setattr(attempts, "PAUSES", [0.01] * 1000)
    return crowd


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Looked:
    """The passwords that were held against a hash; only the right one matches, and nothing is hashed."""
    looked: Looked = []

    async def matches(_self: ArgonPasswords, password: str, password_hash: str | None) -> bool:
        looked.append(password)
        await asyncio.sleep(0)
        return password_hash is not None and password == PASSWORD

    async def hashed(_self: ArgonPasswords, _password: str) -> str:
        return "of no cost"

    monkeypatch.setattr(ArgonPasswords, "hash", hashed)
    monkeypatch.setattr(ArgonPasswords, "matches", matches)
    monkeypatch.setattr(ArgonPasswords, "is_outdated", lambda _self, _hash: False)
    return looked


async def fail(doors: Doors, times: int, email: str = EMAIL) -> list[int]:
    return [(await doors.attempt("wrong", email)).status_code for _ in range(times)]


async def test_after_5_wrong_passwords_the_next_attempt_waits_even_if_it_is_right(
    doors: Doors, looked_at: Looked, clock: SettableClock
) -> None:
    await doors.account()
    assert await fail(doors, FREE) == [400] * FREE

    answer = await doors.attempt()

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert answer.headers["Cache-Control"] == "no-store"
    said = answer.json()
    assert (said["error"], said["code"]) == ("temporarily_unavailable", "too_many_attempts")
    assert looked_at == ["wrong"] * FREE

    clock.moment += timedelta(seconds=1)
    assert (await doors.attempt()).status_code == 200


async def test_each_further_failure_waits_twice_as_long(doors: Doors, looked_at: Looked, clock: SettableClock) -> None:
    await doors.account()
    await fail(doors, FREE)

    waits = []
    for _ in range(12):
        answer = await doors.attempt("wrong")
        waits.append(int(answer.headers["Retry-After"]))
        clock.moment += timedelta(seconds=waits[-1])
        assert (await doors.attempt("wrong")).status_code == 400

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


async def test_whoever_waits_makes_it_no_longer_by_asking(doors: Doors, looked_at: Looked) -> None:
    await doors.account()
    await fail(doors, FREE)

    assert {(await doors.attempt()).headers["Retry-After"] for _ in range(10)} == {"1"}


async def test_a_success_forgives_the_name(doors: Doors, looked_at: Looked) -> None:
    await doors.account()
    for _ in range(3):
        await fail(doors, FREE - 1)
        assert (await doors.attempt()).status_code == 200

    assert looked_at.count(PASSWORD) == 3


async def test_failures_of_a_day_ago_are_forgotten_for_good(
    doors: Doors, looked_at: Looked, clock: SettableClock
) -> None:
    await doors.account()
    for _ in range(20):
        await fail(doors, 1)
        clock.moment += timedelta(minutes=15)
    clock.moment += timedelta(days=1)

    assert await fail(doors, FREE) == [400] * FREE
    assert (await doors.attempt()).headers["Retry-After"] == "1"


async def test_an_address_is_one_name_however_it_is_written_and_whether_it_has_an_account(
    doors: Doors, looked_at: Looked
) -> None:
    for written in (EMAIL, EMAIL.upper(), f" {EMAIL}", "Ada@Uni.Example", EMAIL):
        assert await fail(doors, 1, written) == [400]

    assert await fail(doors, 1) == [429]
    assert await fail(doors, 1, "bob@uni.example") == [400]


async def test_a_program_is_one_name_however_its_id_is_written(doors: Doors) -> None:
    identity = str((await doors.program()).id)
    spellings = [identity, identity.upper(), f"{{{identity}}}", f"urn:uuid:{identity}", identity.replace("-", "")]

    async def ask(client: str) -> int:
        return (await doors.ask(grant_type="client_credentials", client_id=client, client_secret="x")).status_code

    assert [await ask(spelling) for spelling in spellings] == [401] * FREE
    assert await ask(identity[:8] + identity[9:]) == 429


async def test_from_one_place_100_names_are_tried_and_no_more(doors: Doors, looked_at: Looked, app: FastAPI) -> None:
    await doors.account()
    for number in range(100):
        assert await fail(doors, 1, f"{number}@uni.example") == [400]

    assert (await doors.attempt()).status_code == 429
    assert len(looked_at) == 100
    elsewhere = httpx.ASGITransport(app, client=("198.51.100.7", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://matricula.test") as client:
        assert (await Doors(client, doors.container).attempt()).status_code == 200


async def test_what_came_in_does_not_count_against_its_place(doors: Doors, looked_at: Looked) -> None:
    await doors.account()

    for _ in range(120):
        assert (await doors.attempt()).status_code == 200


async def test_a_customer_with_a_network_of_addresses_is_one_place(
    doors: Doors, looked_at: Looked, app: FastAPI
) -> None:
    statuses = []
    for number in range(101):
        transport = httpx.ASGITransport(app, client=(f"2001:db8:0:1::{number:x}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://matricula.test") as client:
            statuses += await fail(Doors(client, doors.container), 1, f"{number}@uni.example")

    assert statuses == [400] * 100 + [429]


async def test_who_has_a_token_guesses_at_the_password_no_faster_than_at_the_door(doors: Doors) -> None:
    await doors.account()
    tokens = await doors.sign_in()

    async def change(old: str) -> httpx.Response:
        return await doors.call(tokens, "PUT", f"{OWN}/password", json={"old": old, "new": ANOTHER})

    assert [(await change("wrong")).status_code for _ in range(FREE)] == [403] * FREE
    answer = await change(PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert answer.headers["Retry-After"] == "1"


async def test_of_12_who_are_right_at_once_5_are_looked_at_together_and_all_come_in(doors: Doors, crowd: Crowd) -> None:
    await doors.account()

    coming = asyncio.gather(*(doors.attempt() for _ in range(12)))
    await crowd.until_inside(FREE)
    crowd.opens.set()

    assert [answer.status_code for answer in await coming] == [200] * 12
    assert crowd.most == FREE


async def test_of_160_who_are_right_at_one_place_100_are_looked_at_together_and_all_come_in(
    doors: Doors, crowd: Crowd
) -> None:
    emails = [f"{number}@uni.example" for number in range(160)]
    for email in emails:
        await doors.account(email)

    coming = asyncio.gather(*(doors.attempt(email=email) for email in emails))
    await crowd.until_inside(100)
    crowd.opens.set()

    assert [answer.status_code for answer in await coming] == [200] * 160
    assert crowd.most == 100


async def test_who_meets_too_many_others_all_the_time_is_told_to_come_again(
    doors: Doors, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    await doors.account()
    monkeypatch.setattr(attempts, "PAUSES", [0.01] * 3)

    coming = asyncio.gather(*(doors.attempt() for _ in range(FREE)))
    await crowd.until_inside(FREE)
    answer = await doors.attempt()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")

    crowd.opens.set()
    assert [answer.status_code for answer in await coming] == [200] * FREE
    assert (await doors.attempt()).status_code == 200


async def test_who_went_while_they_were_looked_at_keep_nobody_out_for_long(
    doors: Doors, crowd: Crowd, clock: SettableClock
) -> None:
    await doors.account()
    gone = [asyncio.create_task(doors.attempt()) for _ in range(FREE)]
    await crowd.until_inside(FREE)
    for task in gone:
        task.cancel()
    await asyncio.gather(*gone, return_exceptions=True)

    crowd.opens.set()
    clock.moment += timedelta(minutes=1)
    assert (await doors.attempt()).status_code == 200


@pytest.mark.parametrize("doors", ["postgres"], indirect=True)
async def test_of_12_right_secrets_at_once_none_is_told_that_it_was_wrong(doors: Doors) -> None:
    program = await doors.program()

    answers = await asyncio.gather(*(doors.as_program(program) for _ in range(12)))

    assert [answer.status_code for answer in answers] == [200] * 12


async def test_a_weak_new_password_is_no_wrong_one(doors: Doors) -> None:
    await doors.account()
    tokens = await doors.sign_in()

    for _ in range(FREE):
        passwords = {"old": PASSWORD, "new": "password1234"}
        answer = await doors.call(tokens, "PUT", f"{OWN}/password", json=passwords)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")

    assert (await doors.attempt()).status_code == 200


@pytest.mark.parametrize("doors", ["postgres"], indirect=True)
async def test_of_20_who_try_at_once_5_are_looked_at(
    doors: Doors, looked_at: Looked, postgres_database: PostgresDatabase
) -> None:
    await doors.account()

    answers = await asyncio.gather(*(doors.attempt(f"wrong {number}") for number in range(20)))

    assert Counter(answer.status_code for answer in answers) == {400: FREE, 429: 20 - FREE}
    assert len(looked_at) == FREE
    connection = await connect(postgres_database.owner_url)
    try:
        lines = await connection.fetch("SELECT outcome, count(*) FROM sign_ins GROUP BY outcome")
    finally:
        await connection.close()
    assert dict(lines) == {"account_opened": 1, "refused": FREE, "throttled": 20 - FREE}


@pytest.mark.parametrize("doors", ["postgres"], indirect=True)
async def test_many_who_come_in_from_one_place_at_once_all_come_in(doors: Doors, looked_at: Looked) -> None:
    emails = [f"{number}@uni.example" for number in range(20)]
    for email in emails:
        await doors.account(email)

    answers = await asyncio.gather(*(doors.attempt(email=email) for email in emails))

    assert [answer.status_code for answer in answers] == [200] * 20


async def test_a_place_that_a_proxy_makes_up_breaks_nothing(app: FastAPI, doors: Doors) -> None:
    transport = httpx.ASGITransport(app, client=("x" * 5000, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://matricula.test") as client:
        answer = await client.post(TOKEN, data={"grant_type": "password", "username": EMAIL, "password": "wrong"})

    assert answer.status_code == 400
