"""The application behind its doors: with accounts, or with a provider of identities, and an institution at it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from argon2.profiles import CHEAPEST
from dependency_injector import providers
from fastapi import FastAPI

from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from infrastructure.metrics.recording import Recording
from infrastructure.security.bearer import SECONDS_BELIEVED, BearerTokens
from infrastructure.security.passwords import ArgonPasswords
from interfaces.rest import provided
from interfaces.rest.import_jobs import ImportJobs
from interfaces.rest.rate_limit import RateLimiter
from tests.interfaces.rest.conftest import SettableClock
from tests.support.accounts import Doors
from tests.support.postgres import PostgresDatabase
from tests.support.signing import pem

IN_MEMORY: dict[str, Any] = {"persistence": "memory"}


def on_postgres(database: PostgresDatabase) -> dict[str, Any]:
    """The settings of an application on a database."""
    return {"persistence": "postgres", "database_url": database.app_url, "database_pooler": database.pooler}


@dataclass
class Seconds:
    """A clock of seconds that moves when it is told to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def until_believed(self) -> None:
        """Let pass what it takes until every process knows what is void."""
        self.now += SECONDS_BELIEVED


def container_of(clock: SettableClock, seconds: Seconds, **settings: Any) -> Container:
    """A container with accounts, whose tokens have a key that is there already, and passwords a quick hash."""
    given = {"authentication": "accounts", "signing_keys": pem("rest"), **settings}
    container = Container(
        settings=Settings.from_environment(**given),
        clock=clock,
        recording=Recording(),
        passwords=ArgonPasswords(parameters=CHEAPEST),
    )
    container.authentication.override(
        providers.Singleton(BearerTokens, container.tokens, container.access, providers.Object(seconds))
    )
    return container


@asynccontextmanager
async def opened(app: FastAPI, container: Container) -> AsyncIterator[Doors]:
    """The application on a container, and an institution."""
    container.wire(modules=[provided], warn_unresolved=True)
    app.state.known_institutions.forget()
    app.state.import_jobs = ImportJobs()
    app.state.rate_limiter = RateLimiter(0)
    transport = httpx.ASGITransport(app, client=("192.0.2.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://matricula.test") as client:
        yield await Doors(client, container).found()
    await app.state.import_jobs.close()
    await container.desk().close()
    await container.persistence().close()
    container.unwire()
