"""Queries of the tests, over connections of their own."""

from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from infrastructure.persistence.postgres.embedded.lease import ServerLease


async def value(url: str, query: str) -> Any:
    """The first column of the first row."""
    parsed = make_url(url)
    host, port = parsed.query.get("host", parsed.host), parsed.query.get("port", parsed.port)
    connection = await asyncpg.connect(
        host=host,
        port=int(str(port)),
        user=parsed.username,
        password=parsed.password,
        database=parsed.database,
    )
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def answers(lease: ServerLease) -> bool:
    return bool(await value(lease.superuser_url(), "SELECT 1") == 1)
