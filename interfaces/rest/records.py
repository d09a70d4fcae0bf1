"""The router of one kind of record: the same six operations for each, or four where history is not rewritten."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from application.shared.dto import Dto
from domain.shared.invalid import InvalidValue
from domain.shared.reference import Reference
from interfaces.rest import documentation as docs
from interfaces.rest.answers import changed_answer, created_answer, record_answer
from interfaces.rest.bodies import JSON, MERGE_PATCH, patch_fields, read_body, read_fields
from interfaces.rest.idempotency import REPLAYED, idempotency_key, marked
from interfaces.rest.kept import Kept
from interfaces.rest.lean import lean
from interfaces.rest.pages import asked_by, page_parameters, written_page_answer
from interfaces.rest.preconditions import Condition, versioned
from interfaces.rest.problems import InvalidPart, RestError
from interfaces.rest.resources import Resource, page_name

F = TypeVar("F", bound=Dto)
V = TypeVar("V", bound=Dto)

_REFERENCE = "The record's id, or `code:` and its natural code (within a term `code:TERM:CODE`)."
_WRITES = ("institution_required", "access_denied", "unknown_institution")
_BODIES = (*_WRITES, "malformed_json", "body_too_large", "unsupported_media_type", "invalid_field", "unknown_reference")
_CHANGES = ("not_found", "stale_write", "precondition_required")


def addressed(text: str) -> Reference:
    """The record that a path names. Raises `RestError` (400) when no record can have such a name."""
    try:
        return Reference.parse(text)
    except InvalidValue as error:
        raise RestError("invalid_request", f"The path names no record: it {error.reason}.") from None


def asked_for(parameter: str, text: str) -> Reference:
    """The record that a parameter of the query names. Raises `RestError` (400) when no record can have such a name."""
    try:
        return Reference.parse(text)
    except InvalidValue as error:
        part = InvalidPart(parameter=parameter, message=error.reason)
        raise RestError("invalid_request", f"{parameter}: {error.reason}", errors=[part]) from None


InPath = Annotated[str, Path(description=_REFERENCE, examples=["code:CS-101"])]


async def named(request: Request, ref: InPath) -> Reference:
    """A dependency on the record in the path, for operations without a query."""
    refuse_query(request)
    return addressed(ref)


def refuse_query(request: Request, *but: str) -> None:
    """Raise `RestError` (400) when the query has anything `but` these parameters, each once: it would be ignored."""
    if not request.scope["query_string"]:
        return
    if not but:
        raise RestError("invalid_request", "This operation has no query parameters.")
    given = [name for name, _ in request.query_params.multi_items()]
    if set(given) - set(but) or len(given) != len(set(given)):
        detail = f"The query parameters of this operation, each given once at most: {', '.join(but)}."
        raise RestError("invalid_request", detail)


Named = Annotated[Reference, Depends(named)]


def records_router(resource: Resource[F, V], kept_records: Callable[..., Awaitable[Kept[F, V]]]) -> APIRouter:
    """The operations of a resource on the records that the dependency `kept_records` provides."""
    router = APIRouter(prefix=resource.path, tags=[resource.collection])
    _add_collection(router, resource, kept_records)
    _add_reading(router, resource, kept_records)
    if resource.replaceable:
        _add_replacing(router, resource, kept_records)
    _add_removing(router, resource, kept_records)
    return router


def _add_collection(
    router: APIRouter, resource: Resource[F, V], kept_records: Callable[..., Awaitable[Kept[F, V]]]
) -> None:
    page = {"items": [resource.example_view], "next_cursor": None}
    asked_in = asked_by(resource.view, resource.listing)

    @router.get(
        "",
        operation_id=f"list_{resource.collection.replace('-', '_')}",
        summary=f"List {resource.collection}",
        description=f"{resource.about} Pages are linked by cursors.",
        responses={
            200: docs.answer(page_name(resource.view), "A page of the collection.", page, "ETag", "Link"),
            304: docs.empty_answer("The page is as the client has it.", "ETag"),
            **docs.problems("institution_required", "access_denied", "unknown_institution"),
        },
        openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
        dependencies=[Depends(page_parameters(resource.view, resource.listing))],
    )
    @lean
    async def list_records(request: Request) -> Response:
        asked = asked_in(request)
        kept = await kept_records(request)
        return written_page_answer(request, await kept.list(asked.query), asked, resource.caching)

    @router.post(
        "",
        operation_id=f"create_{resource.identifier}",
        summary=f"Create {resource.a_name}",
        description=resource.about,
        status_code=201,
        responses={
            201: docs.answer(
                resource.view, f"The new {resource.name}.", resource.example_view, "ETag", "Location", REPLAYED
            ),
            **docs.problems(*_BODIES, "already_exists", "idempotency_key_reused"),
        },
        openapi_extra={
            "parameters": docs.parameters("Institution", "IdempotencyKey"),
            "requestBody": docs.request_body(resource.fields, {resource.name: resource.example}),
        },
    )
    async def create_record(request: Request, kept: Annotated[Kept[F, V], Depends(kept_records)]) -> Response:
        refuse_query(request)
        fields = read_fields(resource.fields, await read_body(request, JSON))
        answer = await kept.create(fields, idempotency_key(request))
        return marked(created_answer(request, answer.view, resource.caching), answer)


def _add_reading(
    router: APIRouter, resource: Resource[F, V], kept_records: Callable[..., Awaitable[Kept[F, V]]]
) -> None:
    @router.get(
        "/{ref}",  # noqa: FAST003 - the lean operation reads it from the request
        operation_id=f"get_{resource.identifier}",
        summary=f"Read {resource.a_name}",
        description=resource.about,
        responses={
            200: docs.answer(resource.view, f"The {resource.name}.", resource.example_view, "ETag"),
            304: docs.empty_answer(f"The {resource.name} is as the client has it.", "ETag"),
            **docs.problems("institution_required", "access_denied", "unknown_institution", "not_found"),
        },
        openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
        dependencies=[Depends(named)],
    )
    @lean
    async def get_record(request: Request) -> Response:
        reference = await named(request, request.path_params["ref"])
        kept = await kept_records(request)
        return record_answer(request, await kept.read(reference), resource.caching)


def _add_replacing(
    router: APIRouter, resource: Resource[F, V], kept_records: Callable[..., Awaitable[Kept[F, V]]]
) -> None:
    shared: dict[str, Any] = {
        "responses": {
            200: docs.answer(resource.view, f"The {resource.name} as it is now.", resource.example_view, "ETag"),
            **docs.problems(*_BODIES, *_CHANGES, "already_exists", "still_referenced", "conflict"),
        },
    }

    @router.put(
        "/{ref}",
        operation_id=f"replace_{resource.identifier}",
        summary=f"Replace {resource.a_name}",
        description=f"Gives the {resource.name} new fields; those left out get their defaults.",
        openapi_extra={
            "parameters": docs.parameters("Institution", "IfMatch"),
            "requestBody": docs.request_body(resource.fields, {resource.name: resource.example}),
        },
        **shared,
    )
    async def replace_record(
        request: Request, reference: Named, kept: Annotated[Kept[F, V], Depends(kept_records)]
    ) -> Response:
        condition = Condition.of(request, resource.name)
        fields = read_fields(resource.fields, await read_body(request, JSON))
        record, version = await condition.about(reference, lambda: kept.get_to_change(reference))
        return changed_answer(await kept.replace(record, fields, version), resource.caching)

    @router.patch(
        "/{ref}",
        operation_id=f"patch_{resource.identifier}",
        summary=f"Change part of {resource.a_name}",
        description=f"Applies a merge patch (RFC 7396) to the fields of the {resource.name}.",
        openapi_extra={
            "parameters": docs.parameters("Institution", "IfMatch"),
            "requestBody": docs.patch_body(resource.example_patch, resource.fields, (MERGE_PATCH, JSON)),
        },
        **shared,
    )
    async def patch_record(
        request: Request, reference: Named, kept: Annotated[Kept[F, V], Depends(kept_records)]
    ) -> Response:
        condition = Condition.of(request, resource.name)
        body = await read_body(request, MERGE_PATCH, JSON)
        view = await kept.get_to_change(reference)
        condition.require(view)
        fields, seen = patch_fields(resource.fields, view, body), versioned(view)
        changed = await kept.replace(Reference.of(seen.id), fields, seen.version)
        return changed_answer(changed, resource.caching)


def _add_removing(
    router: APIRouter, resource: Resource[F, V], kept_records: Callable[..., Awaitable[Kept[F, V]]]
) -> None:
    @router.delete(
        "/{ref}",
        operation_id=f"{resource.removal.lower()}_{resource.identifier}",
        summary=f"{resource.removal} {resource.a_name}",
        status_code=204,
        responses={
            204: docs.empty_answer("Done."),
            **docs.problems(*_WRITES, *_CHANGES, "still_referenced"),
        },
        openapi_extra={"parameters": docs.parameters("Institution", "IfMatch")},
    )
    async def remove_record(
        request: Request, reference: Named, kept: Annotated[Kept[F, V], Depends(kept_records)]
    ) -> Response:
        condition = Condition.of(request, resource.name)
        await kept.remove(*await condition.about(reference, lambda: kept.get_to_change(reference)))
        return Response(status_code=204)
