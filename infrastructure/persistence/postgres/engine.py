"""The engine: one pool of connections for a process."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from infrastructure.persistence.pooler import Pooler
from infrastructure.persistence.postgres.connecting import CONNECT_SECONDS, session_arguments


def make_engine(url: str, *, pool_size: int = 10, pooler: Pooler = Pooler.NONE) -> AsyncEngine:
    """An engine for `url` (`postgresql+asyncpg://…`) that keeps up to `pool_size` connections; connects lazily."""
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        # The connection that was used last has its plans at hand.
        pool_use_lifo=True,
        pool_timeout=30,
        pool_pre_ping=False,
        connect_args={"timeout": CONNECT_SECONDS, **session_arguments(url, pooler)},
    )
