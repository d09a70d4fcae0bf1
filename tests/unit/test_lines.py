"""What the bare connections of reads take from the database's URL."""

from typing import Any

import pytest

from infrastructure.persistence.postgres.readers import lines


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (
            "postgresql+asyncpg://role:p%40ss@host:5433/records?ssl=verify-full",
            {
                "user": "role",
                "password": "p@ss",
                "host": "host",
                "port": 5433,
                "database": "records",
                "ssl": "verify-full",
            },
        ),
        (
            "postgresql+asyncpg://role@/records?host=/run/pg&port=5432",
            {"user": "role", "host": "/run/pg", "port": 5432, "database": "records"},
        ),
        (
            "postgresql+asyncpg://role@host/records?prepared_statement_cache_size=0",
            {"user": "role", "host": "host", "database": "records", "statement_cache_size": 0},
        ),
    ],
)
def test_reads_connect_as_all_else_does(url: str, target: dict[str, Any]) -> None:
    assert lines.driver_arguments(url) == target
