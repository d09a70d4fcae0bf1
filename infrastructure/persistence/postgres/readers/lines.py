"""Bare connections of the driver for reads of one query: what SQLAlchemy's or the driver's own pool would do for
each of them costs more than the query.

Where a connection is the server's own, the query and entering the institution are one statement, which is one round
trip: `CASE` evaluates its condition, which sets what row-level security looks at, before the subquery in its branch
(PostgreSQL manual, 4.2.14), and the setting ends with the statement. Were it otherwise, row-level security would show
nothing. Behind a pooler a transaction is begun, which brings along what else the session would have been told.
"""

import asyncio
from typing import Any

import asyncpg

from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.pooler import Pooler
from infrastructure.persistence.pools import PoolUse
from infrastructure.persistence.postgres.connecting import CONNECT_SECONDS, driver_arguments, session_arguments
from infrastructure.persistence.postgres.tenancy import SETTING, entering

# Plans are made once a connection: making one costs more than what it finds. A plan made while tables were empty must
# not scan them when they are full.
_SETTINGS = {"enable_seqscan": "off", "jit": "off", "plan_cache_mode": "force_generic_plan"}
_SET_LOCAL = "; ".join(f"SET LOCAL {name} = {value}" for name, value in _SETTINGS.items())


class Lines:
    """Up to `size` connections, opened when they are needed; each query is a transaction of its own."""

    def __init__(self, url: str, size: int, pooler: Pooler = Pooler.NONE) -> None:
        settings = session_arguments(url, pooler, default_transaction_read_only="on", **_SETTINGS)
        self._target = {**driver_arguments(url), **settings}
        self._found = _in_one_statement if pooler is Pooler.NONE else _in_a_transaction
        self._is_closed = False
        self._idle: list[asyncpg.Connection] = []
        self._size = size
        self._asking = 0
        self._free = asyncio.Semaphore(size)

    @property
    def use(self) -> PoolUse:
        """How busy the connections are."""
        in_use = min(self._asking, self._size)
        return PoolUse("reads", self._size, in_use, self._asking - in_use)

    async def value(self, institution: InstitutionId, query: str, *arguments: Any) -> Any:  # noqa: ANN401 - whatever the query selects
        """The one value that a query selects inside the institution, which is its `$1`.

        A connection that turns out to be lost is replaced.
        """
        self._asking += 1
        try:
            async with self._free:
                return await self._on_a_line(institution, query, arguments)
        finally:
            self._asking -= 1

    async def _on_a_line(self, institution: InstitutionId, query: str, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - same
        while self._idle:
            connection = self._idle.pop()
            if connection.is_closed():
                continue
            try:
                return await self._asked(connection, institution, query, arguments)
            except Exception as error:
                if _leaves_the_connection_whole(error):
                    raise
        return await self._asked(await self._connect(), institution, query, arguments)

    async def _asked(
        self, connection: asyncpg.Connection, institution: InstitutionId, query: str, arguments: tuple[Any, ...]
    ) -> Any:  # noqa: ANN401 - same
        try:
            value = await self._found(connection, institution, query, arguments)
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
        return await asyncpg.connect(**self._target, timeout=CONNECT_SECONDS)

    async def close(self) -> None:
        """Close the connections; one that is still asked, whose caller has gone, when it has answered."""
        self._is_closed = True
        while self._idle:
            await self._idle.pop().close()


async def _in_one_statement(
    connection: asyncpg.Connection, institution: InstitutionId, query: str, arguments: tuple[Any, ...]
) -> Any:  # noqa: ANN401 - same
    statement = f"SELECT CASE WHEN set_config('{SETTING}', $1::uuid::text, true) <> '' THEN ({query}) END"
    return await connection.fetchval(statement, institution, *arguments)


async def _in_a_transaction(
    connection: asyncpg.Connection, institution: InstitutionId, query: str, arguments: tuple[Any, ...]
) -> Any:  # noqa: ANN401 - same
    try:
        await connection.execute(f"BEGIN READ ONLY; {entering(institution)}; {_SET_LOCAL}")
        found = await connection.fetchval(query, institution, *arguments)
        await connection.execute("COMMIT")
    except BaseException:
        # The pooler undoes what a client leaves.
        connection.terminate()
        raise
    return found


def _leaves_the_connection_whole(error: BaseException) -> bool:
    """Whether the statement was refused, by the server or already by the driver, and no more than that happened.

    One that the server ends says so before it is closed: until then the driver does not know what to make of it.
    """
    return isinstance(error, asyncpg.DataError) or getattr(error, "severity_en", None) == "ERROR"
