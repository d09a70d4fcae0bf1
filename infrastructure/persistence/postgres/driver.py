"""The driver behind SQLAlchemy, for what goes faster through it: functions of many arrays, COPY."""

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession


async def driver_of(opened: AsyncConnection | AsyncSession) -> asyncpg.Connection:
    """The driver's connection, inside the transaction that there may be."""
    connection = await opened.connection() if isinstance(opened, AsyncSession) else opened
    driver: asyncpg.Connection = (await connection.get_raw_connection()).driver_connection
    return driver
