"""Hosts that vanish without a word: both sides ask for each other, and nobody holds a lock for long."""

import asyncio
import socket
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from application.registration.addressees import Addressees
from application.registration.desk import RegistrationDesk
from application.registration.dto import AddAction, RegistrationRequestFields
from application.registration.register import Register
from application.shared.caller import Caller, Role
from application.shared.errors import Unavailable
from domain.scheduling.room import Room
from infrastructure.identifiers import TimeOrderedIds
from infrastructure.persistence.pooler import Pooler
from infrastructure.persistence.postgres.connecting import driver_arguments, session_arguments
from infrastructure.persistence.postgres.engine import make_engine
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.integration.persistence.careless import NOW, Stage
from tests.support.builders import FixedClock, a_room
from tests.support.postgres import PostgresDatabase, connect
from tests.support.wiretap import tapped

WANTED = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 25_000}
OPTIONS = {
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE): 1,
    **{(socket.IPPROTO_TCP, getattr(socket, name)): value for name, value in WANTED.items() if hasattr(socket, name)},
}
"""What a socket is told, where the platform knows of it."""


def _value(ours: socket.socket, option: tuple[int, int]) -> int:
    value = ours.getsockopt(*option)
    return bool(value) if option[1] == socket.SO_KEEPALIVE else value


@pytest.mark.parametrize("pooler", Pooler)
async def test_a_connection_over_tcp_asks_whether_the_server_is_there(
    pooler: Pooler, postgres_database: PostgresDatabase
) -> None:
    with tapped(postgres_database.session_url) as tap:
        connection = await asyncpg.connect(**driver_arguments(tap.url), **session_arguments(tap.url, pooler))
        ours = connection._transport.get_extra_info("socket")
        asked = {option: _value(ours, option) for option in OPTIONS}
        await connection.close()

    assert asked == OPTIONS


async def test_the_server_asks_whether_the_client_is_there(postgres_database: PostgresDatabase) -> None:
    connection = await asyncpg.connect(
        **driver_arguments(postgres_database.session_url),
        **session_arguments(postgres_database.session_url, Pooler.NONE),
    )
    query = "SELECT name, source FROM pg_settings WHERE name LIKE 'tcp\\_%' ORDER BY name"
    told = {row["name"]: row["source"] for row in await connection.fetch(query)}
    await connection.close()

    assert told == dict.fromkeys(
        ("tcp_keepalives_count", "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_user_timeout"), "client"
    )


async def test_the_engine_connects_in_this_way(postgres_database: PostgresDatabase) -> None:
    with tapped(postgres_database.session_url) as tap:
        engine = make_engine(tap.url)
        async with engine.connect() as opened:
            driver = (await opened.get_raw_connection()).driver_connection
            assert driver is not None
            ours = driver._transport.get_extra_info("socket")
            asked = {option: _value(ours, option) for option in OPTIONS}
        await engine.dispose()

    assert asked == OPTIONS


async def test_a_desk_waits_only_so_long_for_a_term_that_somebody_keeps(
    stage: Stage, postgres_persistence: PostgresPersistence, postgres_database: PostgresDatabase
) -> None:
    ids = TimeOrderedIds()
    desk = RegistrationDesk(postgres_persistence.work, ids, batch_seconds=0.3)
    register = Register(desk, Addressees(postgres_persistence.reading), FixedClock(NOW), ids)
    add = AddAction(action="add", offering="code:CS-1", sections=("code:A",))
    request = RegistrationRequestFields(student=str(stage.students[0]), term=str(stage.term), actions=(add,))
    caller = Caller(stage.institution, "office", frozenset({Role.REGISTRAR}))
    holder = await connect(postgres_database.owner_url)

    async with holder.transaction():
        await holder.execute("LOCK TABLE term_registrations IN EXCLUSIVE MODE")
        with pytest.raises(Unavailable, match="in time"):
            await register.answer(caller, request, "once")
    await holder.close()

    decided = await register.answer(caller, request, "once")
    assert (decided.is_replay, decided.view.decisions[0].outcome) == (False, "enrolled")
    assert {use.in_use for use in postgres_persistence.pools()} == {0}


async def test_whoever_was_stopped_in_the_middle_of_a_transaction_has_lost_it(
    stage: Stage, postgres_persistence: PostgresPersistence
) -> None:
    async def stopped() -> None:
        async with postgres_persistence.work(stage.institution) as work:
            await work.records(Room).add([a_room("R1")])
            within = await work.book._session.scalar(text("SHOW idle_in_transaction_session_timeout"))
            assert within == "1min"
            await work.book._session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '20ms'"))
            await asyncio.sleep(0.2)

    with pytest.raises(Unavailable):
        await stopped()

    async with postgres_persistence.work(stage.institution) as work:
        assert await work.records(Room).get(a_room("R1").id) is None


async def test_a_reader_who_reads_no_further_has_as_long(
    stage: Stage, postgres_persistence: PostgresPersistence
) -> None:
    async with postgres_persistence.reading(stage.institution) as opened:
        views: Any = opened
        within = await views._session.scalar(text("SHOW idle_in_transaction_session_timeout"))

    assert within == "1min"
