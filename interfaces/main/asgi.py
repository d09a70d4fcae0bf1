"""The ASGI entry point: `uvicorn --factory interfaces.main.asgi:create_app`. It composes the application for REST."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import FastAPI

from application.registration.documents import prepare
from infrastructure.bootstrap.access import signs_from_the_start
from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.database import open_database
from infrastructure.bootstrap.metrics import make_recording
from infrastructure.bootstrap.settings import Settings
from interfaces.main.garbage import settled_garbage
from interfaces.main.last_resorts import last_resorts_logged
from interfaces.main.logging import configure_logging
from interfaces.main.queue_reviews import reviewing_queues
from interfaces.main.sampling import sampling
from interfaces.main.stopping import finishing_first, last_orders
from interfaces.rest import provided
from interfaces.rest.app import rest_app
from interfaces.rest.doors import Doors
from interfaces.rest.rate_limit import RateLimiter

_LAST_SECONDS = 2.0


def create_app() -> FastAPI:
    """The application on the settings of the environment; the database is opened when the server starts.

    Raises `InvalidSettings`.
    """
    settings = Settings.from_environment()
    configure_logging(settings.log_level.value, settings.log_format.value)
    # Requests are measured by the application, which is there before its container is.
    recording = make_recording()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = await asyncio.to_thread(open_database, settings)
        with opened as database:
            container = Container(settings=database.settings, recording=recording)
            if signs_from_the_start(settings):
                await asyncio.to_thread(container.signing_keys)
            async with _serving(app, container):
                stopping = partial(last_orders, app.state.stopping, container.desk())
                with settled_garbage(), last_resorts_logged(), finishing_first(stopping):
                    yield

    return rest_app(lifespan, recording.requests, _doors(settings))


def app_for(container: Container) -> FastAPI:
    """The application on the use cases of `container`, whose persistence is closed when the server stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _serving(app, container):
            yield

    return rest_app(lifespan, container.recording().requests, _doors(container.settings()))


def _doors(settings: Settings) -> Doors:
    return Doors(
        cors_origins=settings.cors_origins,
        hsts_seconds=settings.hsts_seconds,
        request_seconds=settings.request_seconds,
        body_seconds=settings.body_seconds,
    )


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
        async with (
            sampling(container.exposition()),
            reviewing_queues(container.institutions, container.review_queues, settings.queue_review_seconds),
        ):
            yield
    finally:
        # The database may not answer any more: nobody waits for it for ever.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_SECONDS):
                await container.desk().close()
        await app.state.import_jobs.close()
        await asyncio.gather(preparing, return_exceptions=True)
        await persistence.close()
        container.unwire()
