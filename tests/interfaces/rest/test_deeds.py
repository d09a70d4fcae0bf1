"""What administrators do to accounts and clients: it is in the audit of sign-ins, with who did it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from application.access.attempts import digest
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.doors import Seconds, container_of, on_postgres, opened
from tests.support.accounts import ANOTHER, EMAIL, PASSWORD, Doors
from tests.support.postgres import PostgresDatabase, connect

ACCOUNT = {"email": EMAIL, "roles": ["registrar"], "password": PASSWORD}
CLIENT = {"name": "timetabling", "scopes": ["catalog:read"]}


@pytest.fixture
async def doors(app: FastAPI, clock: SettableClock, postgres_database: PostgresDatabase) -> AsyncIterator[Doors]:
    async with opened(app, container_of(clock, Seconds(), **on_postgres(postgres_database))) as doors:
        yield doors


async def deeds(database: PostgresDatabase) -> list[tuple[Any, ...]]:
    """The lines that name who did it, but for those that somebody did in process."""
    connection = await connect(database.owner_url)
    try:
        lines = await connection.fetch(
            "SELECT outcome, subject::text, name, actor, origin FROM sign_ins WHERE actor <> 'test' ORDER BY id"
        )
    finally:
        await connection.close()
    return [tuple(line) for line in lines]


async def test_every_deed_is_in_the_audit_with_who_did_it(doors: Doors, postgres_database: PostgresDatabase) -> None:
    root = str((await doors.account("root@uni.example", "administrator")).id)
    tokens = await doors.sign_in("root@uni.example")

    async def do(method: str, path: str, **more: Any) -> httpx.Response:
        answer = await doors.call(tokens, method, f"/v1/{path}", **more)
        assert answer.is_success, answer.text
        return answer

    account = (await do("POST", "accounts", json=ACCOUNT)).json()["id"]
    await do("PUT", f"accounts/{account}/password", json={"password": ANOTHER})
    await do("DELETE", f"accounts/{account}")
    client = (await do("POST", "clients", json=CLIENT)).json()["id"]
    await do("PUT", f"clients/{client}/secret")
    await do("DELETE", f"clients/{client}")

    of_account, of_client = (account, digest(EMAIL), root, "192.0.2.1"), (client, client, root, "192.0.2.1")
    assert await deeds(postgres_database) == [
        ("account_opened", *of_account),
        ("password_reset", *of_account),
        ("account_closed", *of_account),
        ("client_added", *of_client),
        ("secret_rotated", *of_client),
        ("client_closed", *of_client),
    ]


async def test_an_account_that_is_opened_again_in_process_is_in_the_audit(
    doors: Doors, postgres_database: PostgresDatabase
) -> None:
    account = await doors.account()
    operator = doors.administrator
    await doors.container.accounts().disable(operator, account.id)
    await doors.container.accounts().enable(operator, account.id)

    connection = await connect(postgres_database.owner_url)
    try:
        lines = await connection.fetch("SELECT outcome, actor, origin FROM sign_ins ORDER BY id")
    finally:
        await connection.close()
    outcomes = ("account_opened", "account_closed", "account_reopened")
    assert [tuple(line) for line in lines] == [(outcome, operator.subject, "local") for outcome in outcomes]


async def test_what_changed_nothing_leaves_no_line(doors: Doors, postgres_database: PostgresDatabase) -> None:
    await doors.account("root@uni.example", "administrator")
    tokens = await doors.sign_in("root@uni.example")
    key = {"Idempotency-Key": "1"}

    async def create(headers: dict[str, str]) -> int:
        return (await doors.call(tokens, "POST", "/v1/accounts", json=ACCOUNT, headers=headers)).status_code

    assert [await create(key), await create(key), await create({})] == [201, 201, 409]
    assert [line[0] for line in await deeds(postgres_database)] == ["account_opened"]
