"""So many requests a minute for students, instructors and strangers; any number for staff."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from interfaces.rest.rate_limit import Allowance, RateLimiter
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.doors import IN_MEMORY, Seconds, container_of, opened
from tests.interfaces.rest.test_problems import assert_is_problem
from tests.interfaces.rest.university import University
from tests.support.accounts import EMAIL, REVOKE, TOKEN, Doors

OWN = "/v1/students/code:S-0001/enrollments"
STUDENT = {"X-Matricula-Actor": "student:code:S-0001"}


class Time:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_minutes_requests_may_come_at_once_and_then_one_at_a_time(time: Time) -> None:
    limiter = RateLimiter(6, time)

    assert [limiter.take("a") for _ in range(6)] == [Allowance(6 - n, 10 * n) for n in range(1, 7)]
    assert limiter.take("a") == Allowance(0, 60, retry_after=10)
    time.now += 9
    assert limiter.take("a").retry_after == 1
    time.now += 1
    assert limiter.take("a").retry_after == 0
    assert limiter.take("a").retry_after == 10


def test_what_was_not_used_does_not_add_up(time: Time) -> None:
    limiter = RateLimiter(6, time)
    limiter.take("a")
    time.now += 3600

    assert limiter.take("a") == Allowance(5, 10)


def test_callers_are_counted_by_themselves(time: Time) -> None:
    limiter = RateLimiter(1, time)
    limiter.take("a")

    assert limiter.take("a").retry_after == 60
    assert limiter.take("b").retry_after == 0


def test_whoever_is_as_good_as_new_is_forgotten(time: Time) -> None:
    limiter = RateLimiter(60, time)
    for number in range(10_000):
        time.now += 1
        limiter.take(number)

    assert len(limiter._paid_at) < 5000


@pytest.fixture
def limited(app: FastAPI, time: Time, university: University) -> University:
    """A university that answers three requests a minute."""
    app.state.rate_limiter = RateLimiter(3, time)
    return university


async def test_a_student_is_told_what_is_left_and_when_to_come_again(limited: University, time: Time) -> None:
    answers = [await limited.client.get(OWN, headers=STUDENT) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"caller";q=3;w=60'}
    assert [answer.headers["ratelimit"] for answer in answers] == [
        '"caller";r=2;t=20',
        '"caller";r=1;t=40',
        '"caller";r=0;t=60',
        '"caller";r=0;t=60',
    ]
    assert_is_problem(answers[3], "too_many_requests")
    assert answers[3].headers["retry-after"] == "20"

    time.now += 20
    assert (await limited.client.get(OWN, headers=STUDENT)).status_code == 200


@pytest.mark.parametrize("role", ["advisor", "registrar:office-1", "administrator"])
async def test_staff_may_ask_as_often_as_they_like(role: str, limited: University) -> None:
    answers = [await limited.client.get("/v1/courses", headers={"X-Matricula-Actor": role}) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert all("ratelimit" not in answer.headers for answer in answers)


async def test_a_request_counts_once_however_often_its_caller_is_asked_for(limited: University) -> None:
    path = "/v1/terms/code:2026-1/sections"
    answers = [await limited.client.get(path, headers={"X-Matricula-Actor": "instructor:i"}) for _ in range(3)]

    assert [answer.headers.get_list("ratelimit") for answer in answers][2] == ['"caller";r=0;t=60']


async def test_strangers_are_counted_by_their_address(app: FastAPI, limited: University) -> None:
    async def ask(client: httpx.AsyncClient) -> int:
        return (await client.get("/v1/institutions")).status_code

    assert [await ask(limited.client) for _ in range(4)] == [200, 200, 200, 429]
    elsewhere = httpx.ASGITransport(app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://matricula.test") as client:
        assert await ask(client) == 200


async def test_the_machines_that_watch_the_server_are_not_counted(limited: University) -> None:
    assert {(await limited.client.get("/livez")).status_code for _ in range(5)} == {200}


async def test_no_limit_is_no_limit(app: FastAPI, university: University) -> None:
    app.state.rate_limiter = RateLimiter(0)

    assert "ratelimit" not in (await university.client.get(OWN, headers=STUDENT)).headers


STRANGE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "no token": ("GET", "/v1/departments", {}),
    "a wrong token": ("GET", "/v1/account", {"headers": {"Authorization": "Bearer x"}}),
    "a wrong password": ("POST", TOKEN, {"data": {"grant_type": "password", "username": EMAIL, "password": "x"}}),
    "no form": ("POST", TOKEN, {"content": b"x"}),
    "a token given back": ("POST", REVOKE, {"data": {"token": "x"}}),
    "the keys": ("GET", "/.well-known/jwks.json", {}),
    "the doors": ("GET", "/.well-known/oauth-authorization-server", {}),
    "the founding of an institution": ("POST", "/v1/institutions", {"json": {"code": "x", "name": "X"}}),
}
"""What strangers may ask, by what it is."""


@pytest.fixture
async def doors(app: FastAPI, time: Time, clock: SettableClock) -> AsyncIterator[Doors]:
    """Doors that answer three requests a minute, with an account."""
    async with opened(app, container_of(clock, Seconds(), **IN_MEMORY)) as doors:
        await doors.account()
        app.state.rate_limiter = RateLimiter(3, time)
        yield doors


@pytest.mark.parametrize("asked", STRANGE)
async def test_whatever_strangers_ask_counts_for_their_address(asked: str, doors: Doors) -> None:
    method, path, more = STRANGE[asked]
    answers = [await doors.client.request(method, path, **more) for _ in range(4)]

    assert 429 not in {answer.status_code for answer in answers[:3]}
    assert [answer.headers["ratelimit"][:12] for answer in answers] == [f'"caller";r={left}' for left in (2, 1, 0, 0)]
    assert_is_problem(answers[3], "too_many_requests")
    assert answers[3].headers["retry-after"] == "20"
    assert (await doors.client.get("/v1/departments")).status_code == 429


async def test_who_comes_in_does_not_count_for_the_address(doors: Doors) -> None:
    for _ in range(10):
        tokens = await doors.sign_in()
        assert (await doors.refresh(tokens)).status_code == 200
    for _ in range(4):
        await doors.call(None)

    assert (await doors.call(None)).status_code == 429
    assert (await doors.call(await doors.sign_in())).status_code == 200


async def test_a_network_of_64_bits_is_one_stranger(app: FastAPI, limited: University) -> None:
    async def ask(address: str) -> int:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://matricula.test") as client:
            return (await client.get("/v1/institutions")).status_code

    assert [await ask(f"2001:db8::{end}") for end in range(1, 5)] == [200, 200, 200, 429]
    assert await ask("2001:db8:0:1::1") == 200
