"""The ASGI entry point: `uvicorn --factory interfaces.main.asgi:create_app`. It composes the application for REST."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from application.registration.documents import prepare
from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.database import open_database
from infrastructure.bootstrap.settings import Settings
from interfaces.main.garbage import settled_garbage
from interfaces.main.logging import configure_logging
from interfaces.main.queue_reviews import reviewing_queues
from interfaces.rest import provided
from interfaces.rest.app import rest_app
from interfaces.rest.rate_limit import RateLimiter


def create_app() -> FastAPI:
    """The application on the settings of the environment; the database is opened when the server starts.

    Raises `InvalidSettings`.
    """
    settings = Settings.from_environment()
    configure_logging(settings.log_level.value, settings.log_format.value)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = await asyncio.to_thread(open_database, settings)
        with opened as database:
            async with _serving(app, Container(settings=database.settings)):
                with settled_garbage():
                    yield

    return rest_app(lifespan)


def app_for(container: Container) -> FastAPI:
    """The application on the use cases of `container`, whose persistence is closed when the server stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _serving(app, container):
            yield

    return rest_app(lifespan)


@asynccontextmanager
async def _serving(app: FastAPI, container: Container) -> AsyncIterator[None]:
    """Wire the container to what the routers ask, and let time act on waitlists.

    When the server stops, its requests are answered, what clients left behind is decided, imports get a while to end,
    and the records are let go.
    """
    container.wire(modules=[provided], warn_unresolved=True)
    persistence = container.persistence()
    settings = container.settings()
    app.state.rate_limiter = RateLimiter(settings.rate_limit)
    # The first request should not wait for it, and neither should the server.
    preparing = asyncio.create_task(asyncio.to_thread(prepare))
    try:
        async with reviewing_queues(container.institutions, container.review_queues, settings.queue_review_seconds):
            yield
    finally:
        await container.desk().drain()
        await app.state.import_jobs.close()
        await asyncio.gather(preparing, return_exceptions=True)
        await persistence.close()
        container.unwire()
