"""An OpenID Connect provider that changes its keys, hangs, is away, or is not who it says it is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from infrastructure.security import oidc
from infrastructure.security.oidc import (
    SECONDS_AFTER_FAILURE,
    SECONDS_BETWEEN,
    SECONDS_FRESH,
    SECONDS_KEPT,
)
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.doors import IN_MEMORY, Seconds, container_of, opened
from tests.interfaces.rest.identified import P256, RSA, University, identified
from tests.support.accounts import OWN
from tests.support.identities import AUDIENCE, Provider, jwk_of, signed


@pytest.fixture
async def university(app: FastAPI, clock: SettableClock, tmp_path: Path) -> AsyncIterator[University]:
    async with identified(app, clock, tmp_path) as university:
        yield university


async def test_a_key_that_is_not_known_is_asked_for_but_not_more_often_than_every_ten_seconds(
    university: University,
) -> None:
    assert await university.statuses(university.token()) == [200]
    university.provider.keys.append(jwk_of(P256, kid="two"))
    new = signed(P256, university.claims(), "ES256", kid="two")
    assert await university.statuses(*[new] * 5) == [401] * 5
    assert university.provider.asked == 1

    university.seconds.now += SECONDS_BETWEEN

    assert await university.statuses(new, university.token(jti="2")) == [200, 200]
    assert university.provider.asked == 2
    strangers = [signed(RSA, university.claims(), kid=str(number)) for number in range(20)]
    await asyncio.gather(*map(university.call, strangers))
    university.seconds.now += SECONDS_BETWEEN
    await asyncio.gather(*map(university.call, strangers))
    assert university.provider.asked == 3


async def test_a_key_that_the_provider_took_away_is_forgotten(university: University) -> None:
    assert await university.statuses(university.token()) == [200]
    university.provider.keys = [jwk_of(P256, kid="two")]

    university.seconds.now += SECONDS_KEPT

    assert await university.statuses(university.token()) == [401]


async def test_while_the_provider_is_away_nobody_new_is_known_and_then_everybody(university: University) -> None:
    university.provider.is_away = True
    answer = await university.call(university.token())
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "Retry-After" in answer.headers
    assert await university.statuses(*[university.token()] * 5) == [503] * 5
    assert university.provider.asked == 1

    university.provider.is_away = False
    university.seconds.now += SECONDS_AFTER_FAILURE

    assert await university.statuses(university.token()) == [200]


async def test_keys_that_are_known_outlast_a_provider_that_is_away(university: University) -> None:
    assert await university.statuses(university.token()) == [200]
    university.provider.is_away = True

    university.seconds.now += SECONDS_KEPT

    unknown = signed(P256, university.claims(), "ES256", kid="two")
    assert await university.statuses(university.token(), unknown) == [200, 503]


async def test_known_keys_serve_while_a_provider_that_hangs_is_asked_again(university: University) -> None:
    assert await university.statuses(university.token()) == [200]
    university.provider.hang()
    university.provider.keys = [jwk_of(P256, kid="two")]
    university.seconds.now += SECONDS_FRESH
    new = signed(P256, university.claims(), "ES256", kid="two")

    assert await university.statuses(*[university.token(jti=str(number)) for number in range(5)]) == [200] * 5

    waiting = asyncio.gather(*[university.call(new) for _ in range(5)])
    university.provider.released.set()
    assert [answer.status_code for answer in await waiting] == [200] * 5
    assert await university.statuses(university.token(jti="6")) == [401]
    assert university.provider.asked == 2


async def test_a_provider_that_hangs_is_waited_for_a_moment_for_keys_that_are_old(
    university: University, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await university.statuses(university.token()) == [200]
    university.provider.hang()
    university.provider.keys = [jwk_of(P256, kid="two")]
    university.seconds.now += SECONDS_KEPT
    monkeypatch.setattr(oidc, "SECONDS_PATIENT", 0.05)

    answers = await asyncio.gather(*[university.call(university.token(jti=str(number))) for number in range(5)])
    assert [answer.status_code for answer in answers] == [200] * 5

    university.provider.released.set()
    assert await university.statuses(signed(P256, university.claims(), "ES256", kid="two")) == [200]
    assert university.provider.asked == 2


async def test_who_has_an_unknown_key_waits_for_a_provider_that_hangs_not_for_ever_and_all_ask_but_once(
    university: University, monkeypatch: pytest.MonkeyPatch
) -> None:
    university.provider.hang()
    monkeypatch.setattr(oidc, "SECONDS_TO_ANSWER", 0.05)

    strangers = [signed(RSA, university.claims(), kid=str(number)) for number in range(20)]
    answers = await asyncio.gather(*map(university.call, strangers))

    assert [answer.status_code for answer in answers] == [503] * 20
    assert university.provider.asked == 1


async def test_a_provider_that_nobody_reaches_is_away(app: FastAPI, clock: SettableClock, unused_tcp_port: int) -> None:
    issuer = f"http://127.0.0.1:{unused_tcp_port}"
    container = container_of(
        clock, Seconds(), **IN_MEMORY, authentication="oidc", oidc_issuer=issuer, oidc_audience=AUDIENCE
    )
    container.authentication.reset_override()
    async with opened(app, container) as doors:
        answer = await doors.call(signed(RSA, Provider(url=issuer).claims(clock.moment)), path=OWN)

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize("name", ["https://evil.example", ""])
async def test_a_provider_that_calls_itself_something_else_is_not_believed(name: str, university: University) -> None:
    university.provider.calls_itself = name or f"{university.provider.url}/"

    assert await university.statuses(university.token()) == [503]


@pytest.mark.parametrize("published", [[], [{"kty": "oct", "kid": "one", "k": "c2VjcmV0"}], [{"kty": "RSA"}], [7]])
async def test_a_provider_without_a_key_that_signs_is_away(published: list[Any], university: University) -> None:
    university.provider.keys = published

    assert await university.statuses(university.token()) == [503]
