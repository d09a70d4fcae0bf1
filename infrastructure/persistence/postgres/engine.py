"""The engine: one pool of connections for a process."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def make_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for `url` (`postgresql+asyncpg://…`) that keeps up to `pool_size` connections; connects lazily."""
    return create_async_engine(
        url,
        # What statements are about is nobody's business who reads a log.
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        # The connection that was used last has its plans at hand.
        pool_use_lifo=True,
        pool_timeout=30,
        pool_pre_ping=False,
        connect_args={"timeout": 10, "server_settings": {"application_name": "matricula", "jit": "off"}},
    )
