"""Opening Matrícula inside a Python program: one of the two places that reach the composition root."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path
from typing import Literal, TypedDict, Unpack

from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.database import open_database
from infrastructure.bootstrap.settings import Settings
from interfaces.inprocess.matricula import Matricula


class SettingsGiven(TypedDict, total=False):
    """Settings that beat those of the environment; see `matricula`'s settings for their meaning."""

    persistence: Literal["postgres", "memory"]
    database_url: str | None
    database_owner_url: str | None
    database_pooler: Literal["none", "transaction"]
    data_dir: Path | None
    database_name: str
    pool_size: int
    queue_limit: int


@asynccontextmanager
async def open_matricula(**settings: Unpack[SettingsGiven]) -> AsyncIterator[Matricula]:
    """Open the use cases on the database of `settings`, the environment or the embedded server, for a block.

    Raises `Unavailable` when the database is away or its schema is not the newest one, and
    `InvalidSettings`, an `ApplicationError` too, when a setting makes no sense.
    """
    opened = await asyncio.to_thread(open_database, Settings.from_environment(**settings))
    with opened as database:
        container = Container(settings=database.settings)
        persistence = container.persistence()
        try:
            await persistence.check()
            yield Matricula(**{field.name: container.providers[field.name]() for field in fields(Matricula)})
        finally:
            await container.desk().close()
            await persistence.close()
