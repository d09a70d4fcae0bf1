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
from interfaces.rest.doors import Doors


def create_app() -> FastAPI:
    """The application on the settings of the environment; the database is opened when the server starts.

    Raises `InvalidSettings`.
    """
    settings = Settings.from_environment()
    configure_logging(settings.log_level.value, settings.log_format.value)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        opened = await asyncio.to_thread(open_database, settings)
        with opened as database:
            async with _serving(Container(settings=database.settings)):
                with settled_garbage():
                    yield

    return rest_app(lifespan, _doors(settings))


def app_for(container: Container) -> FastAPI:
    """The application on the use cases of `container`, whose persistence is closed when the server stops."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with _serving(container):
            yield

    return rest_app(lifespan, _doors(container.settings()))


def _doors(settings: Settings) -> Doors:
    return Doors(
        cors_origins=settings.cors_origins,
        hsts_seconds=settings.hsts_seconds,
        request_seconds=settings.request_seconds,
        body_seconds=settings.body_seconds,
    )


@asynccontextmanager
async def _serving(container: Container) -> AsyncIterator[None]:
    """Wire the container to what the routers ask, and let time act on waitlists.

    When the server stops, its requests are answered, what clients left behind is decided, and the records are let go.
    """
    container.wire(modules=[provided], warn_unresolved=True)
    persistence = container.persistence()
    seconds = container.settings().queue_review_seconds
    # The first request should not wait for it, and neither should the server.
    preparing = asyncio.create_task(asyncio.to_thread(prepare))
    try:
        async with reviewing_queues(container.institutions, container.review_queues, seconds):
            yield
    finally:
        await container.desk().drain()
        await asyncio.gather(preparing, return_exceptions=True)
        await persistence.close()
        container.unwire()
