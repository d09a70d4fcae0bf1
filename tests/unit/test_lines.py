"""The bare connections of reads: which of them are used again."""

from typing import Any

import asyncpg
import pytest

from infrastructure.persistence.postgres.readers import lines
from tests.support.builders import an_institution

INSTITUTION = an_institution().id


class Ending:
    """A connection that fails; the server may be about to close it, but it is open yet."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self.asked = 0
        self.is_terminated = False

    async def fetchval(self, _statement: str, _institution: object) -> None:
        self.asked += 1
        raise self._error

    def is_closed(self) -> bool:
        return self.is_terminated

    def terminate(self) -> None:
        self.is_terminated = True


async def test_a_connection_that_the_server_is_ending_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [Ending(asyncpg.AdminShutdownError()) for _ in range(2)]
    waiting = list(made)

    async def connect(**_target: Any) -> Ending:
        return waiting.pop(0)

    monkeypatch.setattr(asyncpg, "connect", connect)
    read = lines.Lines("postgresql+asyncpg://role@host/records", 1)
    for _ in made:
        with pytest.raises(asyncpg.AdminShutdownError):
            await read.value(INSTITUTION, "SELECT 1")

    assert [(connection.asked, connection.is_terminated) for connection in made] == [(1, True), (1, True)]
