"""The application: routers, middleware, error handling and the OpenAPI document, put together."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from application.access.dto import NewClient
from application.registration.audit import EnrollmentHistory
from application.registration.dto import (
    RegistrationRequestFields,
    RegistrationRequestView,
    RosterView,
    ScheduleView,
)
from application.registration.eligibility import EligibilityView
from application.registration.waitlists import QueueReview
from application.scheduling.timetable import Timetable
from interfaces.rest import (
    accounts,
    audit,
    catalog,
    course_attempts,
    eligibility,
    enrollments,
    imports,
    institutions,
    oauth,
    oauth_contract,
    operations,
    people,
    permissions,
    registration,
    scheduling,
    waitlists,
)
from interfaces.rest.callers import KnownInstitutions
from interfaces.rest.documentation import TAGS, openapi
from interfaces.rest.doors import Doors, middleware
from interfaces.rest.handlers import handle_errors
from interfaces.rest.import_jobs import ImportJobs
from interfaces.rest.lean import LeanOperations
from interfaces.rest.middleware.request_context import PAGE, Measure
from interfaces.rest.rate_limit import RateLimiter
from interfaces.rest.readings import Reading
from interfaces.rest.resources import BASE_PATH, Resource, page_model
from interfaces.rest.stopping import Stopping

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

RESOURCES: tuple[Resource[Any, Any], ...] = (
    institutions.INSTITUTIONS,
    *catalog.RESOURCES,
    *people.RESOURCES,
    *course_attempts.RESOURCES,
    *scheduling.RESOURCES,
    *permissions.RESOURCES,
)

READINGS: tuple[Reading[Any], ...] = (enrollments.READING, waitlists.READING, audit.READING, *accounts.READINGS)

# In the order in which requests are matched: registration day's first.
_ROUTERS = (
    *registration.ROUTERS,
    *enrollments.ROUTERS,
    *waitlists.ROUTERS,
    *eligibility.ROUTERS,
    *permissions.ROUTERS,
    *audit.ROUTERS,
    *oauth.ROUTERS,
    *accounts.ROUTERS,
    *operations.ROUTERS,
    *imports.ROUTERS,
    *institutions.ROUTERS,
    *catalog.ROUTERS,
    *people.ROUTERS,
    *course_attempts.ROUTERS,
    *scheduling.ROUTERS,
)

API_VERSION = "1"
"""The version of the contract, which is the base path's; not that of the program."""

PAGE_ASSETS = f"{PAGE}/assets"
"""Where the scripts and styles of the documentation's page are: the server brings them along."""

_PAGES = (PAGE, PAGE_ASSETS, "/openapi.json")
"""What is there besides operations."""

_DESCRIPTION = """\
The backend of an academic system. Records are addressed by id or by natural code (`code:CS-101`, within a term
`code:2026-1:CS-101-A`). Every GET has its HEAD. A change names the version it is about in `If-Match`. Errors are
`application/problem+json`, with stable codes that `/problems/{code}` describes.
"""


def rest_app(lifespan: Lifespan, measure: Measure, doors: Doors | None = None) -> FastAPI:
    """Make the application, which tells `measure` of every request.

    Its routers take the use cases from the container that is wired to this package.
    """
    stopping = Stopping()
    operations_served = [route for router in _ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    paths = [*(route.path for route in operations_served), *_PAGES]
    layers = middleware(doors or Doors(), paths, measure, stopping, uploads=frozenset({imports.PATH}))
    app = FastAPIOffline(
        title="Matrícula",
        summary="Catalog, people, schedule and registration of a university",
        description=_DESCRIPTION,
        version=API_VERSION,
        openapi_tags=list(TAGS),
        lifespan=lifespan,
        docs_url=PAGE,
        redoc_url=None,
        static_url=PAGE_ASSETS,
        redirect_slashes=False,
        middleware=layers,
        # Nothing collects it, and whether somebody does is looked up for every request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    # As the app's own: a router that is included is searched twice for each request.
    app.router.routes.extend(operations_served)
    app.state.stopping = stopping
    app.state.known_institutions = KnownInstitutions()
    app.state.rate_limiter = RateLimiter(0)
    app.state.import_jobs = ImportJobs()
    app.state.operations = operations_served
    app.state.resources = _collections()
    app.openapi = partial(openapi, app, _models)  # type: ignore[method-assign]  # how FastAPI is told
    handle_errors(app)
    app.build_middleware_stack = partial(_stack, app.build_middleware_stack, operations_served, layers)  # type: ignore[method-assign]  # likewise
    return app


def _stack(
    of_the_framework: Callable[[], ASGIApp], routes: Iterable[APIRoute], layers: Sequence[Middleware]
) -> ASGIApp:
    """Lean operations in front, and the framework with all others behind them."""
    return LeanOperations(of_the_framework(), routes, layers)


def _collections() -> dict[str, str]:
    names = [
        *(resource.collection for resource in RESOURCES),
        *(reading.collection for reading in READINGS),
        "imports",
        "queue-reviews",
        "registration-requests",
    ]
    return {name: f"{BASE_PATH}/{name}" for name in sorted(names)}


def _models() -> tuple[list[type[BaseModel]], list[type[BaseModel]]]:
    """The models of request bodies and of answers, for the document."""
    requests: list[type[BaseModel]] = [
        *(resource.fields for resource in RESOURCES),
        RegistrationRequestFields,
        Timetable,
        *accounts.REQUESTS,
    ]
    views: list[type[BaseModel]] = [
        *(resource.view for resource in RESOURCES),
        *(page_model(resource.view) for resource in RESOURCES),
        *(reading.view for reading in READINGS),
        *(page_model(reading.view) for reading in READINGS),
    ]
    views += [RegistrationRequestView, RosterView, ScheduleView, EligibilityView, EnrollmentHistory]
    return requests, [
        *views,
        NewClient,
        *oauth_contract.MODELS,
        *imports.MODELS,
        QueueReview,
        operations.Health,
        operations.Index,
        operations.ProblemDescription,
    ]
