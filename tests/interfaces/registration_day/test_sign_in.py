"""Who replays: a token is fetched once for all who register, and anew before it expires."""

import asyncio

import pytest
from aiohttp import ClientSession, web

from application.shared.errors import Unavailable
from interfaces.cli.serve import free_port
from interfaces.registration_day import sign_in
from interfaces.registration_day.demand import Demand
from interfaces.registration_day.replay import replay
from interfaces.registration_day.sign_in import SignInRefusedError, by_password, given
from tests.interfaces.registration_day.fake_server import ENROLLED, FakeServer, a_token

REFUSED = {"error": "invalid_grant", "detail": "These credentials let nobody in."}


def enrolling() -> FakeServer:
    return FakeServer(lambda _student, courses: [ENROLLED] * len(courses))


async def test_many_at_once_sign_in_once() -> None:
    async with enrolling().running() as server, ClientSession() as session:
        server.tokens = [a_token("one")]
        token = by_password(f"{server.url}/", "uni", "ada@uni.example", "se cret&+")

        tokens = await asyncio.gather(*(token(session) for _ in range(64)))

    assert set(tokens) == {"one"}
    form = {"grant_type": "password", "username": "ada@uni.example", "password": "se cret&+"}
    assert server.forms == [(form, "uni")]


async def test_a_token_is_fetched_anew_before_it_expires_and_by_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(sign_in, "monotonic", lambda: now)
    async with enrolling().running() as server, ClientSession() as session:
        server.tokens = [a_token("one", 100), a_token("two", 100)]
        token = by_password(server.url, "uni", "ada@uni.example", "secret")
        first = await token(session)
        now = 79.0
        still = await token(session)
        now = 80.0
        later = await asyncio.gather(*(token(session) for _ in range(64)))

    assert (first, still, set(later)) == ("one", "one", {"two"})
    assert len(server.forms) == 2


async def test_a_token_that_was_given_is_never_fetched() -> None:
    async with enrolling().running() as server, ClientSession() as session:
        assert await given("mine")(session) == "mine"
        assert server.forms == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (web.json_response(REFUSED, status=400), "These credentials let nobody in."),
        (web.json_response({}, status=503), "Service Unavailable"),
        (web.Response(text="<html>", status=502), "gave no token"),
        (web.json_response([1], status=500), "gave no token"),
        (web.json_response({"token": "x"}), "gave no token"),
    ],
)
async def test_who_gets_no_token_is_told_why_and_never_the_password(answer: web.Response, said: str) -> None:
    async with enrolling().running() as server, ClientSession() as session:
        server.tokens = [answer]

        with pytest.raises(SignInRefusedError) as refused:
            await by_password(server.url, "uni", "ada@uni.example", "secret")(session)

    assert said in refused.value.detail
    assert "secret" not in refused.value.detail


async def test_a_server_that_nobody_reaches_gives_no_token() -> None:
    nowhere = f"http://127.0.0.1:{free_port('127.0.0.1', 0)}"
    async with ClientSession() as session:
        with pytest.raises(Unavailable, match="No server answers at http://127"):
            await by_password(nowhere, "uni", "ada@uni.example", "secret")(session)


async def test_a_replay_that_is_refused_in_the_midst_ends_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "monotonic", lambda: 0.0)
    demands = [Demand(f"S{number}", ("A",)) for number in range(8)]
    async with enrolling().running() as server:
        server.tokens = [a_token("one", 0), a_token("two", 0), web.json_response(REFUSED, status=400)]
        server.tokens += [web.json_response(REFUSED, status=400) for _ in range(8)]

        with pytest.raises(SignInRefusedError, match="let nobody in"):
            await replay(
                demands,
                url=server.url,
                term="T",
                institution="uni",
                concurrency=4,
                order="listed",
                seed=0,
                carts=False,
                on_progress=lambda _: None,
                token=by_password(server.url, "uni", "ada@uni.example", "secret"),
            )
