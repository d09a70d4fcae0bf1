"""What connections take from the database's URL, and from what stands before the database."""

from typing import Any

import pytest

from infrastructure.persistence.pooler import Pooler
from infrastructure.persistence.postgres.connecting import driver_arguments, session_arguments


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
    assert driver_arguments(url) == target


@pytest.mark.parametrize("query", ["", "?prepared_statement_cache_size=0"])
def test_behind_a_pooler_nothing_is_told_to_the_session(query: str) -> None:
    url = f"postgresql+asyncpg://role@host/records{query}"

    assert "server_settings" not in session_arguments(url, Pooler.TRANSACTION, jit="off")
    told = session_arguments(url, Pooler.NONE, jit="off")["server_settings"]
    assert {"application_name": "matricula", "jit": "off"}.items() <= told.items()


def test_who_wants_no_statements_to_be_kept_has_none_kept_by_the_driver_either() -> None:
    url = "postgresql+asyncpg://role@host/records?prepared_statement_cache_size=0"

    assert [session_arguments(url, pooler)["statement_cache_size"] for pooler in Pooler] == [0, 0]
