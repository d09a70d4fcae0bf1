"""Passwords, tokens and secrets: in no log, no answer but the one that gives them, no repr, and no row."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from application.access.dto import AccountFields, Tokens
from infrastructure.bootstrap.container import Container
from interfaces.main.logging import configure_logging
from interfaces.rest.accounts import ChangedPassword, NewPassword
from interfaces.rest.oauth_contract import TokenAnswer
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.doors import Seconds, container_of, on_postgres, opened
from tests.support.access import ADA
from tests.support.accounts import ANOTHER, EMAIL, OWN, PASSWORD, REVOKE, Doors, granted
from tests.support.domain_builders import NOON
from tests.support.postgres import PostgresDatabase, connect
from tests.support.signing import pem

WRONG = "wrong horses never sleep"
ACCOUNT = {"email": EMAIL, "roles": ["registrar"], "password": PASSWORD}


@pytest.fixture
def container(postgres_database: PostgresDatabase, clock: SettableClock) -> Container:
    return container_of(clock, Seconds(), **on_postgres(postgres_database))


@pytest.fixture
async def doors(app: FastAPI, container: Container) -> AsyncIterator[Doors]:
    async with opened(app, container) as doors:
        yield doors


async def everything_done(doors: Doors) -> tuple[list[str], list[str]]:
    """Come in, fail, refresh, change and go again; answers the secrets of all that, and what else was answered."""
    await doors.account("root@uni.example", "administrator")
    root = await doors.sign_in("root@uni.example")
    told = [(await doors.call(root, "POST", "/v1/accounts", json=ACCOUNT)).text]
    first = await doors.sign_in()
    told += [(await doors.attempt(WRONG)).text]
    second = granted(await doors.refresh(first))
    told += [(await doors.refresh(first)).text, (await doors.refresh(second)).text]
    third = await doors.sign_in()
    passwords = {"old": PASSWORD, "new": ANOTHER}
    for body in ({**passwords, "old": WRONG}, {**passwords, "new": "short"}, {**passwords, "more": 1}, passwords):
        told += [(await doors.call(third, "PUT", f"{OWN}/password", json=body)).text]
    client = (await doors.call(root, "POST", "/v1/clients", json={"name": "p", "scopes": ["catalog:read"]})).json()
    form = {"grant_type": "client_credentials", "client_id": client["id"]}
    fourth = granted(await doors.ask(**form, client_secret=client["secret"]))
    told += [(await doors.ask(**form, client_secret=WRONG)).text]
    told += [(await doors.ask(**form, client_secret=client["secret"], scope="nonsense")).text]
    told += [(await doors.call(root, path=f"/v1/{path}")).text for path in ("accounts", "clients", "account")]
    told += [(await doors.call(first["access_token"] + "x")).text]
    told += [(await doors.client.post(REVOKE, data={"token": third["refresh_token"]})).text]
    tokens: list[dict[str, Any]] = [root, first, second, third, fourth]
    given = [token[kind] for token in tokens for kind in ("access_token", "refresh_token") if kind in token]
    return [PASSWORD, ANOTHER, WRONG, client["secret"], *given], told


async def test_what_is_secret_is_in_no_log_and_in_no_other_answer(
    doors: Doors, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("debug", "json")
    secrets, told = await everything_done(doors)
    configure_logging("error", "json")
    printed = capsys.readouterr()

    assert printed.err.count('"path":"/v1/oauth/token"') >= 8
    assert len(told) == 15
    for secret in secrets:
        assert secret not in printed.err + printed.out
        assert not [answer for answer in told if secret in answer]
    assert EMAIL not in printed.err + printed.out


async def test_no_row_has_what_is_secret(doors: Doors, postgres_database: PostgresDatabase) -> None:
    secrets, _ = await everything_done(doors)
    connection = await connect(postgres_database.owner_url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [
            str(row[0]) for (table,) in tables for row in await connection.fetch(f'SELECT t::text FROM "{table}" AS t')
        ]
    finally:
        await connection.close()

    assert [row for row in rows if "$argon2id$" in row]
    assert [row for row in rows if "reused" in row]
    for secret in secrets:
        assert not [row for row in rows if secret in row]


async def test_the_audit_names_who_came_by_a_digest_alone(doors: Doors, postgres_database: PostgresDatabase) -> None:
    await doors.account()
    await doors.sign_in()
    await doors.attempt(email="nobody@uni.example")
    await doors.ask(grant_type="client_credentials", client_id=PASSWORD, client_secret="x")
    connection = await connect(postgres_database.owner_url)
    try:
        lines = [str(row) for row in await connection.fetch("SELECT * FROM sign_ins")]
    finally:
        await connection.close()

    assert len(lines) == 4  # the account that was opened, and three attempts
    assert not [line for line in lines if "@" in line or PASSWORD in line]


async def test_every_end_of_an_attempt_is_in_the_audit(doors: Doors, postgres_database: PostgresDatabase) -> None:
    await everything_done(doors)
    await doors.call(await doors.sign_in(password=ANOTHER), "DELETE", "/v1/sessions")
    for _ in range(6):
        await doors.attempt(WRONG)
    connection = await connect(postgres_database.owner_url)
    try:
        lines = await connection.fetch(
            "SELECT outcome, count(*) AS times, min(origin) AS origin FROM sign_ins GROUP BY 1"
        )
    finally:
        await connection.close()

    assert {line["outcome"]: line["times"] for line in lines} == {
        "signed_in": 5,
        "refreshed": 1,
        "reused": 1,
        # A password and a refresh token; the old password, wrong; the client's secret and its scope; 5 passwords.
        "refused": 10,
        "password_changed": 1,
        "signed_out_everywhere": 1,
        "throttled": 1,
        "account_opened": 2,
        "client_added": 1,
    }
    assert {line["origin"] for line in lines} == {"192.0.2.1"}


@pytest.mark.parametrize(
    "thing",
    [
        AccountFields.model_validate(ACCOUNT),
        NewPassword(password=SecretStr(PASSWORD)),
        ChangedPassword(old=SecretStr(PASSWORD), new=SecretStr(PASSWORD)),
        Tokens(access_token=PASSWORD, expires_in=1, refresh_token=PASSWORD, scope=None),
        TokenAnswer(access_token=PASSWORD, token_type="Bearer", expires_in=1, refresh_token=PASSWORD),
        ADA.with_password(PASSWORD).disabled(NOON),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_no_repr_shows_what_is_secret(thing: object) -> None:
    assert PASSWORD not in repr(thing)
    assert PASSWORD not in str(thing)


def test_the_settings_do_not_show_the_signing_key(container: Container) -> None:
    shown = repr(container.settings()) + str(container.settings())

    assert not any(line in shown for line in pem("rest").splitlines()[1:-1])
