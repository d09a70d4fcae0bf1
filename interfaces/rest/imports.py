"""Imports over REST: an upload is taken, and its import followed until there is a result."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from application.registration.import_attempts import AttemptsReport
from application.scheduling.timetable import ImportReport, Timetable
from application.shared.imports import FollowImports, ImportKind, ImportState, ImportView
from interfaces.rest import documentation as docs
from interfaces.rest import import_examples as examples
from interfaces.rest.answers import PERSONAL, body_answer, json_answer
from interfaces.rest.bodies import JSON, require_media_type
from interfaces.rest.callers import Calling
from interfaces.rest.idempotency import REPLAYED, idempotency_key, marked
from interfaces.rest.import_jobs import ImportJob, ImportJobs
from interfaces.rest.provided import provided, provider
from interfaces.rest.readings import READS
from interfaces.rest.records import refuse_query
from interfaces.rest.resources import BASE_PATH
from interfaces.rest.uploads import received_upload

CSV = "text/csv"
PATH = f"{BASE_PATH}/imports"
MODELS = (ImportView, AttemptsReport, ImportReport)
ASK_AGAIN_SECONDS = "1"

_MEDIA_TYPES = {ImportKind.COURSE_ATTEMPTS: CSV, ImportKind.TIMETABLE: JSON}
_MEBIBYTE = 1024 * 1024


class _Limited(Protocol):
    """What the settings say of uploads."""

    @property
    def import_limit_mib(self) -> int:
        """How many mebibytes an upload has at most."""
        ...


_settings: Callable[[], _Limited] = provider("settings")

UseImports = Annotated[FollowImports, Depends(provided("imports"))]
InPath = Annotated[UUID, Path(description="The import's id.", examples=[examples.IMPORT["id"]])]

router = APIRouter(prefix=BASE_PATH, tags=["imports"])


@router.post(
    "/imports",
    operation_id="create_import",
    summary="Import a file",
    description="Takes a table of course attempts (CSV in UTF-8, as `matricula import attempts` reads it) or a"
    " timetable (JSON) and imports it in the background: all of it or nothing. With `Expect: 100-continue` the body is"
    " asked for only when it is wanted.",
    status_code=202,
    responses={
        202: docs.answer(
            ImportView, "The import, which goes on.", examples.IMPORT, "Location", "Retry-After", REPLAYED
        ),
        **docs.problems(*READS, "body_too_large", "unsupported_media_type", "invalid_field", "idempotency_key_reused"),
    },
    openapi_extra={
        "parameters": docs.parameters("Institution", "IdempotencyKey"),
        "requestBody": {
            "required": True,
            "content": {
                CSV: {"schema": {"type": "string"}, "examples": {"attempts": {"value": examples.ATTEMPTS}}},
                **docs.request_body(Timetable, {"timetable": examples.TIMETABLE})["content"],
            },
        },
    },
)
async def create_import(
    request: Request,
    caller: Calling,
    kind: Annotated[ImportKind, Query(description="What is imported: CSV of course attempts, or a JSON timetable.")],
    imports: UseImports,
) -> Response:
    """Take an upload, and let its import go on by itself."""
    imports.admit(caller)
    refuse_query(request, "kind")
    key = idempotency_key(request)
    require_media_type(request, _MEDIA_TYPES[kind])
    jobs: ImportJobs = request.app.state.import_jobs
    is_again = key is not None and await imports.is_answered(caller, key)
    # What was answered before takes no place; whether it is the same is known when all of it is here.
    with nullcontext() if is_again else jobs.place():
        upload = await received_upload(request, _settings().import_limit_mib * _MEBIBYTE)
        try:
            answer = await imports.submit(caller, kind, upload.digest, key)
        except BaseException:
            upload.file.close()
            raise
        if answer.is_replay:
            upload.file.close()
        else:
            jobs.start(ImportJob(caller, answer.view.id, kind, upload))
    location = f"{PATH}/{answer.view.id}"
    return marked(_told(answer.view, 202, Location=location, Retry_After=ASK_AGAIN_SECONDS), answer)


@router.get(
    "/imports/{id}",
    operation_id="get_import",
    summary="Ask how an import is",
    description="Answers 200 while it goes on and when it has failed, and 303 with the place of its result when it is"
    " done. An import whose process has died is found as failed; of what failed, nothing was stored.",
    responses={
        200: docs.answer(ImportView, "How far it is, or why it failed.", examples.FAILED_IMPORT, "Retry-After"),
        303: docs.empty_answer("It is done; the result is at `Location`.", "Location"),
        **docs.problems(*READS, "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution")},
)
async def get_import(request: Request, caller: Calling, id: InPath, imports: UseImports) -> Response:  # noqa: A002 - its name in the path
    """Answer how an import is, or where its result is."""
    refuse_query(request)
    view = await imports.get(caller, id)
    match view.state:
        case ImportState.DONE:
            headers = {"Location": f"{PATH}/{id}/result", "Cache-Control": "no-store"}
            return Response(status_code=303, headers=headers)
        case ImportState.FAILED:
            return _told(view, 200)
        case _:
            return _told(view, 200, Retry_After=ASK_AGAIN_SECONDS)


@router.get(
    "/imports/{id}/result",
    operation_id="get_import_result",
    summary="Read the result of an import",
    description="How many records it stored. There is none until the import is done.",
    responses={
        200: {
            "description": "The report.",
            "content": {
                JSON: {
                    "schema": {"anyOf": [docs.reference_to(AttemptsReport), docs.reference_to(ImportReport)]},
                    "examples": {
                        "attempts": {"value": examples.ATTEMPTS_REPORT},
                        "timetable": {"value": examples.TIMETABLE_REPORT},
                    },
                }
            },
            "headers": docs.headers("ETag"),
        },
        304: docs.empty_answer("The result is as the client has it.", "ETag"),
        **docs.problems(*READS, "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def get_import_result(request: Request, caller: Calling, id: InPath, imports: UseImports) -> Response:  # noqa: A002 - its name in the path
    """Answer what an import stored."""
    refuse_query(request)
    return body_answer(request, (await imports.result(caller, id)).encode(), PERSONAL)


def _told(view: ImportView, status: int, **headers: Any) -> Response:  # noqa: ANN401 - as `json_answer` has it
    return json_answer(view.model_dump_json(), status, Cache_Control="no-store", **headers)


ROUTERS = (router,)
