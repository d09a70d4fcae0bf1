"""How a stay ends while somebody trades its token in: on PostgreSQL, by a clock that moves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.doors import Seconds, container_of, on_postgres, opened
from tests.support.accounts import EMAIL, REVOKE, Doors, assert_refused, granted
from tests.support.postgres import COUNT_WAITING, PostgresDatabase, connect

Tokens = dict[str, Any]
End = Callable[[Doors, Tokens], Coroutine[Any, Any, None]]


class MovingClock(SettableClock):
    """A clock that shows a later moment whenever somebody looks."""

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def doors(
    app: FastAPI, clock: SettableClock, seconds: Seconds, postgres_database: PostgresDatabase
) -> AsyncIterator[Doors]:
    container = container_of(MovingClock(clock.moment), seconds, **on_postgres(postgres_database))
    async with opened(app, container) as doors:
        await doors.account()
        yield doors


@asynccontextmanager
async def held(database: PostgresDatabase) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """The accounts are locked; gives what waits until so many others wait for a lock."""
    connection = await connect(database.owner_url)

    async def until_waiting(many: int) -> None:
        async with asyncio.timeout(20):
            while await connection.fetchval(COUNT_WAITING) < many:
                pass

    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM accounts FOR UPDATE")
            yield until_waiting
    finally:
        await connection.close()


async def sign_out(doors: Doors, tokens: Tokens) -> None:
    answer = await doors.client.post(REVOKE, data={"token": tokens["refresh_token"]})
    assert answer.status_code == 200


async def sign_out_everywhere(doors: Doors, tokens: Tokens) -> None:
    assert (await doors.call(tokens, "DELETE", "/v1/sessions")).status_code == 204


async def use_again(doors: Doors, tokens: Tokens) -> None:
    assert_refused(await doors.refresh(tokens), "invalid_grant")


async def close(doors: Doors, _tokens: Tokens) -> None:
    accounts = doors.container.accounts()
    await accounts.disable(doors.administrator, (await accounts.find(doors.administrator, EMAIL)).id)


@pytest.mark.parametrize("end", [sign_out, sign_out_everywhere, use_again, close])
async def test_what_ends_a_stay_ends_what_was_issued_while_it_waited(
    end: End, doors: Doors, seconds: Seconds, postgres_database: PostgresDatabase
) -> None:
    tokens = await doors.sign_in()
    async with held(postgres_database) as until_waiting:
        refreshing = asyncio.create_task(doors.refresh(tokens))
        await until_waiting(1)
        ending = asyncio.create_task(end(doors, tokens))
        await until_waiting(2)
    newer = granted(await refreshing)
    await ending

    seconds.until_believed()
    assert [(await doors.call(known)).status_code for known in (tokens, newer)] == [401, 401]
    assert_refused(await doors.refresh(newer), "invalid_grant")


async def test_of_two_who_trade_a_token_in_at_once_neither_stays(doors: Doors, seconds: Seconds) -> None:
    tokens = await doors.sign_in()

    answers = await asyncio.gather(doors.refresh(tokens), doors.refresh(tokens))

    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    seconds.until_believed()
    assert (await doors.call(winner)).status_code == 401
    assert_refused(await doors.refresh(winner), "invalid_grant")
