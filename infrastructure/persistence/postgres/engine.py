"""The engine: one pool of connections for a process."""

from typing import Any, cast

from sqlalchemy import AsyncAdaptedQueuePool, PoolProxiedConnection, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from infrastructure.persistence.pooler import Pooler
from infrastructure.persistence.pools import PoolUse
from infrastructure.persistence.postgres.connecting import CONNECT_SECONDS, session_arguments


class CountedPool(AsyncAdaptedQueuePool):
    """A pool that knows how many callers wait for a connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - as it is inherited
        super().__init__(*arguments, **options)
        self.waiting = 0

    def connect(self) -> PoolProxiedConnection:
        """See `Pool.connect`."""
        self.waiting += 1
        try:
            return super().connect()
        finally:
            self.waiting -= 1


def make_engine(url: str, *, pool_size: int = 10, pooler: Pooler = Pooler.NONE) -> AsyncEngine:
    """An engine for `url` (`postgresql+asyncpg://…`) that keeps up to `pool_size` connections; connects lazily."""
    engine = create_async_engine(
        url,
        poolclass=CountedPool,
        pool_size=pool_size,
        max_overflow=0,
        # The connection that was used last has its plans at hand.
        pool_use_lifo=True,
        pool_timeout=30,
        pool_pre_ping=False,
        # What people asked for is in them, and exceptions are logged.
        hide_parameters=True,
        connect_args={"timeout": CONNECT_SECONDS, **session_arguments(url, pooler)},
    )
    event.listen(engine.sync_engine, "checkout", _replace_lost)
    return engine


def _replace_lost(connection: Any, _record: Any, _proxy: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    """Have the pool open another connection for one that was lost while nobody used it; asks the driver, no server."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def use_of(engine: AsyncEngine) -> PoolUse:
    """How busy the pool of an engine that `make_engine` made is."""
    pool = cast("CountedPool", engine.pool)
    return PoolUse("transactions", pool.size(), pool.checkedout(), pool.waiting)
