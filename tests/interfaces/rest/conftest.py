"""The REST application on records in memory, a client of it, and the university that the examples of the docs make."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from interfaces.main.asgi import app_for
from interfaces.main.logging import configure_logging
from tests.interfaces.rest.university import University


class SettableClock:
    """A clock that shows what it is set to."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> SettableClock:
    """A moment at which registration for the example's term is open."""
    return SettableClock(datetime(2026, 1, 20, 15, tzinfo=UTC))


@pytest.fixture
def container(clock: SettableClock) -> Container:
    return Container(settings=Settings.from_environment(persistence="memory"), clock=clock)


@pytest.fixture
async def client(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    configure_logging("error", "json")
    app = app_for(container)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://matricula.test") as client,
    ):
        yield client


@pytest.fixture
async def university(client: httpx.AsyncClient) -> University:
    """A university with one record of each kind, as in the examples; nobody is registered, nobody held."""
    university = University(client)
    await university.build()
    return university
