"""The engine: one pool of connections for a process."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def make_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for `url` (`postgresql+asyncpg://…`) that keeps up to `pool_size` connections; connects lazily."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        # The connection that was used last has its plans at hand.
        pool_use_lifo=True,
        pool_timeout=30,
        pool_pre_ping=False,
        connect_args={"timeout": 10, "server_settings": {"application_name": "matricula", "jit": "off"}},
    )
    event.listen(engine.sync_engine, "checkout", _replace_lost)
    return engine


def _replace_lost(connection: Any, _record: Any, _proxy: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    """Have the pool open another connection for one that was lost while nobody used it; asks the driver, no server."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError
