"""What stands beside the API: health, figures, the index, and descriptions of problems."""

import asyncio
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response

from application.shared.errors import NotFound, Unavailable
from interfaces.rest import documentation as docs
from interfaces.rest.answers import SHARED, body_answer, json_answer
from interfaces.rest.callers import was_forwarded
from interfaces.rest.problems import PROBLEMS
from interfaces.rest.provided import provided

_READY_WITHIN_SECONDS = 5


class Checkable(Protocol):
    """What readiness asks."""

    async def check(self) -> None:
        """Raise `Unavailable` when records cannot be reached or their schema is another one."""
        ...


class Exposed(Protocol):
    """What Prometheus is shown."""

    @property
    def content_type(self) -> str:
        """The media type of the text, with its version."""
        ...

    async def text(self) -> bytes:
        """The figures of this moment."""
        ...


class Health(BaseModel):
    """The state of the server."""

    status: str


class Index(BaseModel):
    """Where everything is: paths by name."""

    resources: dict[str, str]
    documentation: dict[str, str]


class ProblemDescription(BaseModel):
    """What a problem code means; `type` is how problems refer to this description."""

    model_config = ConfigDict(frozen=True)

    type: str
    code: str
    status: int
    title: str
    meaning: str


router = APIRouter()


@router.get(
    "/livez",
    tags=["operations"],
    operation_id="live",
    summary="Tell whether the process lives",
    responses={200: docs.answer(Health, "It does.", {"status": "ok"}), **docs.problems()},
    openapi_extra={"parameters": docs.parameters()},
)
async def live() -> Response:
    """Answer, which is all that is asked."""
    return json_answer('{"status":"ok"}', Cache_Control="no-store")


@router.get(
    "/readyz",
    tags=["operations"],
    operation_id="ready",
    summary="Tell whether requests can be served",
    description="Looks whether the database answers and has the schema that this release needs.",
    responses={200: docs.answer(Health, "They can.", {"status": "ready"}), **docs.problems()},
    openapi_extra={"parameters": docs.parameters()},
)
async def ready(persistence: Annotated[Checkable, Depends(provided("persistence"))]) -> Response:
    """Answer 200, or 503 while records are out of reach."""
    checking = asyncio.ensure_future(persistence.check())
    # Letting go of a connection that was lost takes its time, too: nobody waits for that, nor hears of it.
    checking.add_done_callback(lambda checked: checked.cancelled() or checked.exception())
    try:
        in_time, _ = await asyncio.wait([checking], timeout=_READY_WITHIN_SECONDS)
    finally:
        checking.cancel()
    if not in_time:
        raise Unavailable("The database does not answer in time.")
    checking.result()
    return json_answer('{"status":"ready"}', Cache_Control="no-store")


# For machines that know its format, which is not this API's: it is no part of the API's contract.
@router.get("/metrics", operation_id="metrics", include_in_schema=False)
async def metrics(request: Request, exposition: Annotated[Exposed, Depends(provided("exposition"))]) -> Response:
    """Answer the figures for Prometheus; whoever asks through a proxy is not Prometheus."""
    if was_forwarded(request):
        raise HTTPException(404)
    headers = {"Content-Type": exposition.content_type, "Cache-Control": "no-store"}
    return Response(await exposition.text(), headers=headers)


@router.get(
    "/",
    tags=["operations"],
    operation_id="index",
    summary="List the resources",
    responses={
        200: docs.answer(
            Index,
            "The paths of all collections, and of the documentation.",
            {"resources": {"courses": "/v1/courses"}, "documentation": {"openapi": "/openapi.json"}},
            "ETag",
        ),
        304: docs.empty_answer("The index is as the client has it.", "ETag"),
        **docs.problems(),
    },
    openapi_extra={"parameters": docs.parameters("IfNoneMatch")},
)
async def index(request: Request) -> Response:
    """Answer where everything is."""
    listed = Index(
        resources=request.app.state.resources,
        documentation={"openapi": "/openapi.json", "html": "/docs", "problems": "/problems/not_found"},
    )
    return body_answer(request, listed.model_dump_json().encode(), SHARED)


@router.get(
    "/problems/{code}",
    tags=["operations"],
    operation_id="describe_problem",
    summary="Describe a problem code",
    responses={
        200: docs.answer(
            ProblemDescription,
            "What the code means.",
            {
                "type": "/problems/not_found",
                "code": "not_found",
                "status": 404,
                "title": "Not found",
                "meaning": PROBLEMS["not_found"].meaning,
            },
            "ETag",
        ),
        304: docs.empty_answer("The description is as the client has it.", "ETag"),
        **docs.problems("not_found"),
    },
    openapi_extra={"parameters": docs.parameters("IfNoneMatch")},
)
async def describe_problem(
    request: Request, code: Annotated[str, Path(description="The code of a problem.", examples=["not_found"])]
) -> Response:
    """Answer what a problem code means."""
    if code not in PROBLEMS:
        kind = "problem with the code"
        raise NotFound(kind, code)
    described = PROBLEMS[code]
    body = ProblemDescription(
        type=f"/problems/{code}",
        code=code,
        status=described.status,
        title=described.title,
        meaning=described.meaning,
    )
    return body_answer(request, body.model_dump_json().encode(), SHARED)


ROUTERS = (router,)
