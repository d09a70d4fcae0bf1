"""The application with its container, served to a client, and two campuses in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx

from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from interfaces.inprocess.door import SettingsGiven
from interfaces.main.asgi import app_for
from tests.interfaces.access.campus import Campus
from tests.support.postgres import PostgresDatabase


class OpenForRegistration:
    """A clock that stands at a moment when the term of the campus is open."""

    def now(self) -> datetime:
        return datetime(2026, 1, 20, 15, tzinfo=UTC)


def in_memory() -> SettingsGiven:
    """The settings of an application on records in memory."""
    return {"persistence": "memory"}


def on_postgres(database: PostgresDatabase) -> SettingsGiven:
    """The settings of an application on a database."""
    return {"persistence": "postgres", "database_url": database.app_url, "pool_size": 2}


def container_of(given: SettingsGiven) -> Container:
    """The container of an application with these settings."""
    return Container(settings=Settings.from_environment(**given), clock=OpenForRegistration())


@asynccontextmanager
async def serving(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on a container."""
    app = app_for(container)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client,
    ):
        yield client


@asynccontextmanager
async def two_campuses(given: SettingsGiven) -> AsyncIterator[tuple[Campus, Campus]]:
    """Two campuses that look alike, in two institutions of one server."""
    async with serving(container_of(given)) as client:
        here, there = Campus(client, "here"), Campus(client, "there")
        await here.build()
        await there.build()
        yield here, there
