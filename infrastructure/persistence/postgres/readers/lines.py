"""Bare connections of the driver for reads of one statement: what SQLAlchemy's or the driver's own pool would do for
each of them costs more than the statement.
"""

import asyncio
from typing import Any

import asyncpg
from sqlalchemy import make_url

_CONNECT_SECONDS = 10
# Plans are made once a connection: making one costs more than what it finds. A plan made while tables were empty must
# not scan them when they are full.
_SETTINGS = {
    "application_name": "matricula",
    "default_transaction_read_only": "on",
    "enable_seqscan": "off",
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
}


class Lines:
    """Up to `size` connections, opened when they are needed; each statement is a transaction of its own."""

    def __init__(self, url: str, size: int) -> None:
        self._target = driver_arguments(url)
        self._is_closed = False
        self._idle: list[asyncpg.Connection] = []
        self._free = asyncio.Semaphore(size)

    async def value(self, statement: str, *arguments: Any) -> Any:  # noqa: ANN401 - whatever the statement selects
        """The one value that a statement selects. A connection that turns out to be lost is replaced."""
        async with self._free:
            while self._idle:
                connection = self._idle.pop()
                if connection.is_closed():
                    continue
                try:
                    return await self._asked(connection, statement, arguments)
                except Exception as error:
                    if _leaves_the_connection_whole(error):
                        raise
            return await self._asked(await self._connect(), statement, arguments)

    async def _asked(self, connection: asyncpg.Connection, statement: str, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - same
        try:
            value = await connection.fetchval(statement, *arguments)
        except BaseException as error:
            self._put_back(connection, is_whole=_leaves_the_connection_whole(error))
            raise
        self._put_back(connection)
        return value

    def _put_back(self, connection: asyncpg.Connection, *, is_whole: bool = True) -> None:
        if is_whole and not self._is_closed:
            self._idle.append(connection)
        else:
            connection.terminate()

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(**self._target, timeout=_CONNECT_SECONDS, server_settings=_SETTINGS)

    async def close(self) -> None:
        """Close the connections; one that is still asked, whose caller has gone, when it has answered."""
        self._is_closed = True
        while self._idle:
            await self._idle.pop().close()


def _leaves_the_connection_whole(error: BaseException) -> bool:
    """Whether the statement was refused, by the server or already by the driver, and no more than that happened.

    One that the server ends says so before it is closed: until then the driver does not know what to make of it.
    """
    return isinstance(error, asyncpg.DataError) or getattr(error, "severity_en", None) == "ERROR"


def driver_arguments(url: str) -> dict[str, Any]:
    """What the driver takes for a URL, as SQLAlchemy reads it, encryption included."""
    parsed = make_url(url)
    _, target = parsed.get_dialect()().create_connect_args(parsed)
    # Whoever wants no prepared statements to be kept says so in SQLAlchemy's words.
    kept = target.pop("prepared_statement_cache_size", None)
    return dict(target) if kept is None else {**target, "statement_cache_size": kept}
