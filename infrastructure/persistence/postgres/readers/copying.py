"""Reading by COPY: what a query finds as CSV, in pieces that PostgreSQL writes and nobody takes apart."""

import asyncio
from collections.abc import AsyncGenerator

from sqlalchemy.ext.asyncio import AsyncSession

from infrastructure.persistence.postgres.driver import driver_of

_AHEAD = 4
"""How many pieces are read before somebody takes them; then PostgreSQL waits."""


async def copied(session: AsyncSession, query: str, *arguments: object) -> AsyncGenerator[str, None]:
    """The rows as whole lines of CSV. The session does nothing else before the end, or until it is closed."""
    driver = await driver_of(session)
    pieces: asyncio.Queue[bytes | None] = asyncio.Queue(_AHEAD)

    async def copy() -> None:
        try:
            await driver.copy_from_query(query, *arguments, output=pieces.put, format="csv")
        except Exception:
            await pieces.put(None)
            raise
        await pieces.put(None)

    copying = asyncio.create_task(copy())
    try:
        while (piece := await pieces.get()) is not None:
            yield piece.decode()
        await copying
    finally:
        was_left = not copying.done()
        copying.cancel()
        await asyncio.gather(copying, return_exceptions=True)
        if was_left:
            # A connection in the middle of a COPY is of no use to anybody.
            await session.invalidate()
