"""Turns exceptions into problems: those of use cases, of the domain, of this adapter and of the framework."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from application.shared.errors import ApplicationError, InvalidField, UnknownReference
from application.shared.plain_words import in_plain_words
from domain.shared.invalid import InvalidValue
from interfaces.rest.answers import path_in_header
from interfaces.rest.bodies import JSON, MERGE_PATCH
from interfaces.rest.problems import PROBLEMS, InvalidPart, RestError, problem_response

_CODES_OF_STATUS = {404: "not_found", 405: "method_not_allowed"}


def handle_errors(app: FastAPI) -> None:
    """Register the handlers."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


async def refusal(request: Request, error: Exception) -> Response:
    """The problem that one of the `REFUSALS` is for the client. Raises the error itself when it is a defect."""
    handler = next(handler for kind, handler in _HANDLERS.items() if isinstance(error, kind))
    return await handler(request, error)


def allowed_methods(app: FastAPI, path: str) -> list[str]:
    """The methods that some operation at `path` supports, sorted; OPTIONS everywhere, HEAD wherever GET is.

    Where no operation is, there is documentation, which can be read.
    """
    methods = {method for route in _operations_at(app, path) for method in route.methods or ()} or {"GET"}
    return sorted(methods | {"HEAD", "OPTIONS"} if "GET" in methods else methods | {"OPTIONS"})


def _operations_at(app: FastAPI, path: str) -> list[APIRoute]:
    routes: list[APIRoute] = app.state.operations
    return [route for route in routes if route.path_regex.match(path)]


def _options(allowed: str) -> Response:
    """What is supported here (RFC 9110, 9.3.7), and in which formats a PATCH may come (RFC 5789)."""
    patches = {"Accept-Patch": f"{MERGE_PATCH}, {JSON}"} if "PATCH" in allowed else {}
    return Response(status_code=204, headers={"Allow": allowed, **patches})


def _moved(request: Request, path: str) -> Response:
    """To the path without its last slash, with the same method, body and query."""
    query: bytes = request.scope["query_string"]
    location = path_in_header(path) + (f"?{query.decode('latin-1')}" if query else "")
    return Response(status_code=308, headers={"Location": location})


async def _application_error(request: Request, error: ApplicationError) -> Response:
    if error.code not in PROBLEMS:
        raise error
    return problem_response(
        request.state.request_id,
        error.code,
        error.detail,
        parameters=error.parameters,
        errors=_invalid_parts(error),
    )


def _invalid_parts(error: ApplicationError) -> list[InvalidPart]:
    if not isinstance(error, InvalidField | UnknownReference):
        return []
    reason = error.parameters.get("reason") or f"there is no record {error.parameters.get('reference')}"
    return [InvalidPart(field=str(error.parameters["field"]), message=str(reason))]


async def _invalid_value(request: Request, error: InvalidValue) -> Response:
    part = InvalidPart(field=error.field, message=error.reason)
    parameters = {"field": error.field, "reason": error.reason}
    return problem_response(
        request.state.request_id, InvalidField.code, str(error), parameters=parameters, errors=[part]
    )


async def _rest_error(request: Request, error: RestError) -> Response:
    return problem_response(
        request.state.request_id, error.code, error.detail, errors=error.errors, headers=error.headers
    )


async def _invalid_parameters(request: Request, error: RequestValidationError) -> Response:
    parts = [InvalidPart(parameter=str(part["loc"][-1]), message=_message(part)) for part in error.errors()[:20]]
    detail = "; ".join(f"{part.parameter}: {part.message}" for part in parts)
    return problem_response(request.state.request_id, "invalid_request", detail, errors=parts)


def _message(part: Mapping[str, Any]) -> str:
    return "is no parameter of this operation" if part["type"] == "extra_forbidden" else in_plain_words(part)


async def _http_exception(request: Request, error: HTTPException) -> Response:
    code = _CODES_OF_STATUS.get(error.status_code, "invalid_request")
    path: str = request.scope["path"]
    if code == "not_found" and path.endswith("/") and _operations_at(request.app, path[:-1]):
        return _moved(request, path[:-1])
    if code == "method_not_allowed":
        allowed = ", ".join(allowed_methods(request.app, path))
        if request.method == "OPTIONS":
            return _options(allowed)
        detail = f"{request.method} is not supported here; these are: {allowed}."
        return problem_response(request.state.request_id, code, detail, headers={"Allow": allowed})
    detail = "There is no resource at this path." if code == "not_found" else str(error.detail)
    return problem_response(request.state.request_id, code, detail)


_HANDLERS: Mapping[type[Exception], Callable[..., Awaitable[Response]]] = {
    ApplicationError: _application_error,
    InvalidValue: _invalid_value,
    RestError: _rest_error,
    RequestValidationError: _invalid_parameters,
    HTTPException: _http_exception,
}

REFUSALS = (ApplicationError, InvalidValue, RestError, RequestValidationError, HTTPException)
"""The errors that are answers, not defects."""
