"""The REST application on records in memory, a client of it, and the university that the examples of the docs make."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from infrastructure.metrics.recording import Recording
from interfaces.main.logging import configure_logging
from interfaces.rest import provided
from interfaces.rest.app import rest_app
from interfaces.rest.import_jobs import ImportJobs
from interfaces.rest.rate_limit import RateLimiter
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
def container(clock: SettableClock, recording: Recording) -> Container:
    settings = Settings.from_environment(persistence="memory")
    return Container(settings=settings, clock=clock, recording=recording)


@pytest.fixture(scope="session")
def recording() -> Recording:
    """What the application records, whichever container is wired."""
    return Recording()


@pytest.fixture(scope="session")
def app(recording: Recording) -> FastAPI:
    """The application, which takes its use cases from whichever container is wired."""

    @asynccontextmanager
    async def nothing(_app: FastAPI) -> AsyncIterator[None]:
        yield

    return rest_app(nothing, recording.requests)


@pytest.fixture
async def client(app: FastAPI, container: Container) -> AsyncIterator[httpx.AsyncClient]:
    configure_logging("error", "json")
    container.wire(modules=[provided], warn_unresolved=True)
    app.state.known_institutions.forget()
    app.state.import_jobs = ImportJobs()
    app.state.rate_limiter = RateLimiter(0)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client:
        yield client
    await app.state.import_jobs.close()
    container.unwire()


@pytest.fixture
async def university(client: httpx.AsyncClient) -> University:
    """A university with one record of each kind, as in the examples; nobody is registered, nobody held."""
    university = University(client)
    await university.build()
    return university
