"""Errors as clients see them (RFC 9457), and the one table that says which error code has which HTTP status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem: its HTTP status, and what it means and what to do about it."""

    status: int
    title: str
    meaning: str


PROBLEMS: Mapping[str, ProblemKind] = {
    "invalid_request": ProblemKind(
        400, "Invalid request", "A parameter of the path, the query or the headers is unknown or not valid."
    ),
    "malformed_json": ProblemKind(400, "Malformed JSON", "The body is not JSON (RFC 8259, UTF-8)."),
    "institution_required": ProblemKind(
        400,
        "Institution required",
        "There is no institution yet, or more than one: name one, by code or id, in the header"
        " X-Matricula-Institution; POST /v1/institutions founds one.",
    ),
    "unknown_actor": ProblemKind(
        400, "Unknown actor", "The header X-Matricula-Actor names a student or instructor who does not exist."
    ),
    "unauthenticated": ProblemKind(
        401,
        "Unauthenticated",
        "The header Authorization has no bearer token, or one that is not valid (any more): POST /v1/oauth/token gives"
        " one.",
    ),
    "actor_refused": ProblemKind(
        403,
        "Actor refused",
        "The server is for development (MATRICULA_AUTHENTICATION): it believes who acts, with or without the header"
        " X-Matricula-Actor, only of this machine.",
    ),
    "access_denied": ProblemKind(
        403, "Access denied", "The caller's roles, or the client's scopes, do not allow this."
    ),
    "not_found": ProblemKind(404, "Not found", "There is no such record, or no resource at this path."),
    "unknown_institution": ProblemKind(
        404,
        "Unknown institution",
        "The header X-Matricula-Institution names no institution: GET /v1/institutions lists all of them.",
    ),
    "method_not_allowed": ProblemKind(
        405, "Method not allowed", "The resource does not support the method; the header Allow lists those it does."
    ),
    "not_acceptable": ProblemKind(
        406, "Not acceptable", "The header Accept leaves out application/json, which is what there is."
    ),
    "body_too_slow": ProblemKind(408, "Body too slow", "The body took longer to arrive than the server waits for it."),
    "already_exists": ProblemKind(
        409, "Already exists", "Another record of the institution (or term) already has what must be unique."
    ),
    "still_referenced": ProblemKind(
        409, "Still referenced", "A record cannot go, or change so, while others point to it."
    ),
    "conflict": ProblemKind(409, "Conflict", "The request contradicts the present state of the record."),
    "stale_write": ProblemKind(
        412,
        "Stale write",
        "The record has changed since it was read, or another one is in its place (the header If-Match has another"
        " version or record): read it again.",
    ),
    "body_too_large": ProblemKind(413, "Body too large", "The body is larger than the server takes."),
    "unsupported_media_type": ProblemKind(
        415,
        "Unsupported media type",
        "The body is of another media type than the header Accept (for PATCH Accept-Patch) of the answer names, or"
        " compressed.",
    ),
    "invalid_field": ProblemKind(
        422, "Invalid field", "Fields of the body are missing, unknown or not valid; `errors` lists each."
    ),
    "unknown_reference": ProblemKind(
        422, "Unknown reference", "A field of the body names a record that does not exist."
    ),
    "idempotency_key_reused": ProblemKind(
        422,
        "Idempotency key reused",
        "The Idempotency-Key came before, with another request: every new request needs a new key.",
    ),
    "invalid_credentials": ProblemKind(
        400, "Invalid credentials", "Address and password, client and secret, or token let nobody in."
    ),
    "invalid_scope": ProblemKind(400, "Invalid scope", "There is no such scope, or the client was not given it."),
    "too_many_attempts": ProblemKind(
        429,
        "Too many attempts",
        "Too many attempts to sign in failed lately, or come at once: try again after Retry-After seconds.",
    ),
    "precondition_required": ProblemKind(
        428,
        "Precondition required",
        "A change must say in If-Match which version it is about (the ETag of a GET), or * for whichever.",
    ),
    "too_many_requests": ProblemKind(
        429,
        "Too many requests",
        "The caller has sent more requests in a minute than RateLimit-Policy allows: go on after Retry-After seconds.",
    ),
    "internal_error": ProblemKind(
        500, "Internal error", "A defect of the server; the request id finds it in the server's log."
    ),
    "unavailable": ProblemKind(
        503,
        "Unavailable",
        "The database is away, too many requests wait, this one took too long, or the server is stopping: try again"
        " after Retry-After seconds.",
    ),
}
"""Every problem that a client may meet, by its stable code."""


class InvalidPart(BaseModel):
    """What is not valid: at `pointer` in the body (RFC 6901), in a query `parameter`, or a `field` wherever it is."""

    model_config = ConfigDict(frozen=True)

    pointer: str | None = None
    parameter: str | None = None
    field: str | None = None
    message: str


class Problem(BaseModel):
    """An error (RFC 9457). `type` is a relative reference that describes the code; `request_id` finds it in logs."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(examples=["/problems/not_found"])
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    parameters: dict[str, str | int | None] | None = None
    errors: list[InvalidPart] | None = None


class RestError(Exception):
    """A request that this adapter refuses by itself, before any use case is asked."""

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        *,
        errors: Sequence[InvalidPart] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail or PROBLEMS[code].meaning
        self.errors = errors
        self.headers = headers


def problem_response(
    request_id: str,
    code: str,
    detail: str,
    *,
    parameters: Mapping[str, str | int | None] | None = None,
    errors: Sequence[InvalidPart] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The HTTP answer for a problem."""
    kind = PROBLEMS[code]
    problem = Problem(
        type=f"/problems/{code}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        code=code,
        request_id=request_id,
        parameters=dict(parameters) if parameters else None,
        errors=list(errors) or None,
    )
    return Response(
        problem.model_dump_json(exclude_none=True),
        status_code=kind.status,
        media_type=PROBLEM_JSON,
        headers={
            "Cache-Control": "no-store",
            **({"Retry-After": str(RETRY_AFTER_SECONDS)} if code == "unavailable" else {}),
            **(headers or {}),
        },
    )
