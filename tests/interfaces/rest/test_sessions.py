"""How a stay goes on and ends: refresh tokens that are good once, signing out, and what makes tokens void."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from dependency_injector import providers
from fastapi import FastAPI

from application.access.ports import Claims
from domain.shared.identifiers import SessionId
from infrastructure.bootstrap.access import make_lifetimes
from infrastructure.security.passwords import ArgonPasswords
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.doors import IN_MEMORY, Seconds, container_of, opened
from tests.support.accounts import ANOTHER, EMAIL, OWN, PASSWORD, REVOKE, Doors, assert_refused, granted
from tests.support.domain_builders import identifier


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def doors(app: FastAPI, clock: SettableClock, seconds: Seconds) -> AsyncIterator[Doors]:
    async with opened(app, container_of(clock, seconds, **IN_MEMORY)) as doors:
        yield doors


async def test_a_refresh_token_is_good_once_and_comes_back_as_another(doors: Doors, clock: SettableClock) -> None:
    await doors.account()
    first = await doors.sign_in()
    clock.moment += timedelta(hours=1)

    second = granted(await doors.refresh(first))

    assert second["refresh_token"] != first["refresh_token"]
    assert (await doors.call(first)).status_code == 401
    assert (await doors.call(second)).status_code == 200
    third = granted(await doors.refresh(second))
    assert third["refresh_token"] not in {first["refresh_token"], second["refresh_token"]}


async def test_a_refresh_token_that_comes_again_ends_its_session_and_voids_its_access_tokens(
    doors: Doors, seconds: Seconds
) -> None:
    await doors.account()
    elsewhere = await doors.sign_in()
    first = await doors.sign_in()
    second = granted(await doors.refresh(first))
    assert (await doors.call(second)).status_code == 200

    assert_refused(await doors.refresh(first), "invalid_grant")

    seconds.until_believed()
    assert [(await doors.call(tokens)).status_code for tokens in (first, second, elsewhere)] == [401, 401, 200]
    assert_refused(await doors.refresh(second), "invalid_grant")
    assert (await doors.refresh(elsewhere)).status_code == 200


async def test_a_refresh_token_expires(doors: Doors, clock: SettableClock) -> None:
    await doors.account()
    tokens = await doors.sign_in()
    clock.moment += timedelta(days=30)

    assert_refused(await doors.refresh(tokens), "invalid_grant")


async def test_who_gives_a_refresh_token_back_is_signed_out_there_alone(doors: Doors, seconds: Seconds) -> None:
    await doors.account()
    here, there = await doors.sign_in(), await doors.sign_in()
    assert (await doors.call(here)).status_code == 200

    answer = await doors.client.post(REVOKE, data={"token": here["refresh_token"]})

    seconds.until_believed()
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert [(await doors.call(tokens)).status_code for tokens in (here, there)] == [401, 200]
    assert_refused(await doors.refresh(here), "invalid_grant")


async def test_who_gives_an_access_token_back_is_signed_out_there_alone(
    doors: Doors, seconds: Seconds, clock: SettableClock
) -> None:
    await doors.account()
    here, there = await doors.sign_in(), await doors.sign_in()
    clock.moment += timedelta(minutes=1)

    answer = await doors.client.post(REVOKE, data={"token": here["access_token"], "token_type_hint": "access_token"})

    seconds.until_believed()
    assert (answer.status_code, answer.content) == (200, b"")
    assert [(await doors.call(tokens)).status_code for tokens in (here, there)] == [401, 200]
    assert_refused(await doors.refresh(here), "invalid_grant")


async def test_an_access_token_is_given_back_where_it_is_good_whatever_the_request_names(
    doors: Doors, seconds: Seconds
) -> None:
    other = await Doors(doors.client, doors.container, "other").found()
    await doors.account()
    tokens = await doors.sign_in()
    named = {"X-Matricula-Institution": other.code}

    assert (await doors.client.post(REVOKE, data={"token": tokens["access_token"]}, headers=named)).status_code == 200

    seconds.until_believed()
    assert (await doors.call(tokens)).status_code == 401


async def test_an_access_token_of_an_account_that_is_there_no_more_is_as_good_as_given_back(
    doors: Doors, clock: SettableClock
) -> None:
    institution, nobody = doors.administrator.institution, identifier("account", "nobody")
    session, later = SessionId(identifier("session", "gone")), clock.moment + timedelta(minutes=15)
    registrar = frozenset({"registrar"})
    claims = Claims(institution, nobody, session, clock.moment, later, registrar, None, None, None)

    answer = await doors.client.post(REVOKE, data={"token": doors.container.tokens().issue(claims)})

    assert answer.status_code == 200
    async with doors.container.access()(institution) as work:
        assert await work.void() == {}


async def test_a_programs_access_token_cannot_be_given_back_and_the_answer_says_so(
    doors: Doors, seconds: Seconds
) -> None:
    tokens = granted(await doors.as_program(await doors.program()))

    assert_refused(await doors.client.post(REVOKE, data={"token": tokens["access_token"]}), "unsupported_token_type")

    seconds.until_believed()
    assert (await doors.call(tokens, path="/v1/departments")).status_code == 200


async def test_a_token_that_nobody_knows_is_as_good_as_given_back(doors: Doors) -> None:
    answer = await doors.client.post(REVOKE, data={"token": "made up", "token_type_hint": "refresh_token"})

    assert answer.status_code == 200


async def test_who_signs_out_everywhere_is_out_everywhere_within_a_second(
    doors: Doors, seconds: Seconds, clock: SettableClock
) -> None:
    await doors.account()
    here, there = await doors.sign_in(), await doors.sign_in()
    await doors.account("bob@uni.example")
    bob = await doors.sign_in("bob@uni.example")
    assert (await doors.call(there)).status_code == 200

    assert (await doors.call(here, "DELETE", "/v1/sessions")).status_code == 204

    assert (await doors.call(there)).status_code == 200  # this process does not know yet
    seconds.until_believed()
    assert [(await doors.call(tokens)).status_code for tokens in (here, there, bob)] == [401, 401, 200]
    assert_refused(await doors.refresh(there), "invalid_grant")
    clock.moment += timedelta(microseconds=1)
    assert (await doors.call(await doors.sign_in())).status_code == 200


async def test_a_token_that_is_void_stays_so_when_newer_ones_last_shorter(
    doors: Doors, seconds: Seconds, clock: SettableClock
) -> None:
    doors.container.lifetimes.override(providers.Object(make_lifetimes(3600, 30, issues_tokens=True)))
    await doors.account()
    tokens = await doors.sign_in()
    program = await doors.program()
    # As if the server was started again with another setting.
    doors.container.lifetimes.override(providers.Object(make_lifetimes(60, 30, issues_tokens=True)))
    assert (await doors.call(tokens, "DELETE", "/v1/sessions")).status_code == 204

    clock.moment += timedelta(minutes=30)
    # Whatever becomes void removes what is remembered no longer.
    await doors.container.clients().disable(doors.administrator, program.id)

    seconds.until_believed()
    assert (await doors.call(tokens)).status_code == 401


async def test_a_program_has_no_account_and_no_sessions_to_end(doors: Doors) -> None:
    tokens = granted(await doors.as_program(await doors.program("account")))

    assert (await doors.call(tokens)).status_code == 403
    assert (await doors.call(tokens, "DELETE", "/v1/sessions")).status_code == 403


@pytest.mark.parametrize("how", ["changed", "reset", "closed"])
async def test_a_changed_password_or_a_closed_account_ends_all_sessions(
    how: str, doors: Doors, seconds: Seconds, clock: SettableClock
) -> None:
    account = await doors.account()
    tokens = await doors.sign_in()
    accounts = doors.container.accounts()
    if how == "changed":
        answer = await doors.call(tokens, "PUT", f"{OWN}/password", json={"old": PASSWORD, "new": ANOTHER})
        assert answer.status_code == 204, answer.text
    elif how == "reset":
        await doors.reset(EMAIL, ANOTHER)
    else:
        await accounts.disable(doors.administrator, account.id)

    seconds.until_believed()
    assert (await doors.call(tokens)).status_code == 401
    assert_refused(await doors.refresh(tokens), "invalid_grant")
    assert_refused(await doors.attempt(), "invalid_grant")
    clock.moment += timedelta(seconds=1)
    if how == "closed":
        await accounts.enable(doors.administrator, account.id)
        assert (await doors.call(await doors.sign_in())).status_code == 200
        assert (await doors.call(tokens)).status_code == 401
    else:
        assert (await doors.call(await doors.sign_in(password=ANOTHER))).status_code == 200


@pytest.mark.parametrize("how", ["rotated", "closed"])
async def test_a_program_with_another_secret_or_shut_out_is_out_at_once(
    how: str, doors: Doors, seconds: Seconds
) -> None:
    program = await doors.program()
    clients = doors.container.clients()
    tokens = granted(await doors.as_program(program))
    assert (await doors.call(tokens, path="/v1/departments")).status_code == 200

    await (clients.rotate if how == "rotated" else clients.disable)(doors.administrator, program.id)

    seconds.until_believed()
    assert (await doors.call(tokens, path="/v1/departments")).status_code == 401
    answer = await doors.as_program(program)
    assert_refused(answer, "invalid_client", 401)


async def test_who_comes_in_with_a_weaker_hash_gets_a_better_one(doors: Doors) -> None:
    doors.container.passwords.override(providers.Object(ArgonPasswords()))
    account = await doors.account()
    access = doors.container.access()
    weaker = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    async with access(doors.administrator.institution) as work:
        stored = await work.account_to_change(account.id)
        await work.save_account(stored.with_password(weaker))

    assert_refused(await doors.attempt("wrong"), "invalid_grant")
    assert (await doors.call(await doors.sign_in())).status_code == 200

    async with access(doors.administrator.institution) as work:
        better = (await work.account(account.id)).password_hash
    assert extract_parameters(better).memory_cost == 65_536
    assert (await doors.attempt()).status_code == 200
