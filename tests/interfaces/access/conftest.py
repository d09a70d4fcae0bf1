"""The application on records in memory, with the Python door to the same use cases, and a campus in it."""

from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import UTC, datetime

import httpx
import pytest

from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from interfaces.inprocess import Matricula
from interfaces.main.asgi import app_for
from tests.interfaces.access.campus import Campus


class OpenForRegistration:
    """A clock that stands at a moment when the term of the campus is open."""

    def now(self) -> datetime:
        return datetime(2026, 1, 20, 15, tzinfo=UTC)


@pytest.fixture
def container() -> Container:
    return Container(settings=Settings.from_environment(persistence="memory"), clock=OpenForRegistration())


@pytest.fixture
async def client(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    app = app_for(container)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client,
    ):
        yield client


@pytest.fixture
async def campus(client: httpx.AsyncClient) -> Campus:
    campus = Campus(client)
    await campus.build()
    return campus


@pytest.fixture
def matricula(container: Container) -> Matricula:
    return Matricula(**{field.name: container.providers[field.name]() for field in fields(Matricula)})
