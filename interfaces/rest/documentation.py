"""The OpenAPI document: what operations say of themselves, and the document made of all of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from application.shared.access_table import ACCESS, SCOPES
from interfaces.rest.bodies import JSON
from interfaces.rest.callers import ACTOR_HEADER, INSTITUTION_HEADER
from interfaces.rest.collected import link_records, thin_items
from interfaces.rest.problems import PROBLEM_JSON, PROBLEMS, Problem

Json = dict[str, Any]


def _said(scope: str) -> str:
    what, _, how = scope.partition(":")
    return f"{ {'read': 'Read', 'write': 'Change'}.get(how, 'Use the own') } {what}."


_SCHEMA = "#/components/schemas/{model}"
_EXAMPLE_ID = "7c9e6679f0b94c7d8a3f1c2d3e4f5a6b"

_PARAMETERS: Mapping[str, Json] = {
    "Institution": {
        "name": INSTITUTION_HEADER,
        "in": "header",
        "description": "The institution, by code or id; not needed while there is only one.",
        "schema": {"type": "string"},
        "example": "main",
    },
    "InstitutionAlone": {
        "name": INSTITUTION_HEADER,
        "in": "header",
        "description": "The institution to come in at, by code or id; not needed while there is only one.",
        "schema": {"type": "string"},
        "example": "main",
    },
    "Actor": {
        "name": ACTOR_HEADER,
        "in": "header",
        "description": "Who acts, `ROLE` or `ROLE:SUBJECT`; a student is named as `student:code:CODE` or by id,"
        " an instructor or advisor who is on record likewise. For servers for development: refused from"
        " other machines. Without it an administrator acts.",
        "schema": {"type": "string"},
        "example": "registrar:office-1",
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "1 to 200 printable characters of the client's choice. The same request with the same key gets"
        " the same answer again, and has no second effect; another request is refused. Each caller has keys of their"
        " own. Answers are kept for 24 hours, those to registration requests and permissions, whose keys are the"
        " caller's in each term, as long as the term.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag of what the change is about, or `*` for whichever version. A version alone is about"
        " whichever record is at the path.",
        "schema": {"type": "string"},
        "example": '"1.0192f0c1-2f5a-7c3e-9d59-2b9f3a6f1c01.9f86d081884c7d659a2feaa0"',
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of what the client has: 304 when it still is so.",
        "schema": {"type": "string"},
        "example": '"1.0192f0c1-2f5a-7c3e-9d59-2b9f3a6f1c01.9f86d081884c7d659a2feaa0"',
    },
    "RequestId": {
        "name": "X-Request-ID",
        "in": "header",
        "description": "Names the request in answers and logs; made up when absent.",
        "schema": {"type": "string"},
        "example": _EXAMPLE_ID,
    },
}

_TOKENS_AT = "/v1/oauth/token"

SECURITY_SCHEMES: Mapping[str, Json] = {
    "OAuth2": {
        "type": "oauth2",
        "description": "An account's address and password, for first-party clients, or a client's id and secret, get an"
        " access token; the scopes limit clients alone.",
        "flows": {
            "password": {"tokenUrl": _TOKENS_AT, "refreshUrl": _TOKENS_AT, "scopes": {}},
            "clientCredentials": {"tokenUrl": _TOKENS_AT, "scopes": {scope: _said(scope) for scope in sorted(SCOPES)}},
        },
    },
    "Bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of this server, or of the OpenID Connect provider that its settings name.",
    },
    "Actor": {
        "type": "apiKey",
        "in": "header",
        "name": ACTOR_HEADER,
        "description": "For servers for development: who acts is believed, from this machine alone.",
    },
}
"""How callers say who they are."""


def security_of(operation: str) -> list[Json]:
    """What an operation wants of its caller: one of these sets of schemes, or nothing of whoever asks."""
    scope = ACCESS[operation].scope
    return [] if scope is None else [{"OAuth2": [scope]}, {"Bearer": []}, {"Actor": []}]


TAGS: Sequence[Json] = (
    {"name": "registration-requests", "description": "Registering, dropping, swapping: the only way to a seat."},
    {"name": "enrollments", "description": "Who sits where, and what was decided about it."},
    {"name": "waitlist-entries", "description": "Who waits for what, and in which position."},
    {"name": "permissions", "description": "What a student may do although a rule refuses it."},
    {"name": "audit-events", "description": "Every decided command, and what every rule said."},
    {"name": "institutions", "description": "The universities that share this server, and see nothing of each other."},
    {"name": "departments", "description": "Who offers courses."},
    {"name": "programs", "description": "What students follow."},
    {"name": "courses", "description": "The catalog, with requisites."},
    {"name": "grading-schemes", "description": "How grades become grade points."},
    {"name": "students", "description": "People who study, their schedules and what they may take."},
    {"name": "instructors", "description": "People who teach."},
    {"name": "holds", "description": "What keeps a student from registering."},
    {"name": "course-attempts", "description": "What students took before, with grades."},
    {"name": "terms", "description": "When registration is open, and for what."},
    {"name": "time-tickets", "description": "Who may register from when on."},
    {"name": "rooms", "description": "Where sections meet."},
    {"name": "offerings", "description": "Courses in a term."},
    {"name": "sections", "description": "What students take seats in, and their rosters."},
    {"name": "access", "description": "Coming in and going out: tokens, and how to verify them."},
    {"name": "accounts", "description": "Who may come in."},
    {"name": "clients", "description": "Which programs may come in."},
    {"name": "imports", "description": "Uploads of whole terms and histories, followed until they end."},
    {"name": "operations", "description": "The server itself: health, the index, what problems mean."},
)
"""What operations are about, in the order in which people are shown them."""

_ACTOR_TOO = {"Institution": ("Institution", "Actor")}
"""Whoever names an institution may name who acts there."""

_TOGETHER = {
    "institution_required": (
        "institution_required",
        "unauthenticated",
        "unknown_actor",
        "actor_refused",
        "too_many_requests",
    ),
    "body_too_large": ("body_too_large", "body_too_slow"),
}
"""Whoever must name an institution may be refused for who acts there, too, and for asking too often; what is large may
be slow.
"""

_HEADERS_OF_PROBLEMS = {
    401: ("WWW-Authenticate",),
    429: ("RateLimit", "RateLimit-Policy", "Retry-After"),
    503: ("Retry-After",),
}

_HEADERS: Mapping[str, Json] = {
    "ETag": {"description": "The entity tag of the representation.", "schema": {"type": "string"}},
    "Location": {"description": "Where the new record is.", "schema": {"type": "string"}},
    "Link": {"description": 'The next page, as `rel="next"`; absent on the last.', "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to come in (RFC 6750).", "schema": {"type": "string"}},
    "Idempotency-Replayed": {
        "description": "`true` when the answer is one that was given to the same key before; else absent.",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "For callers with a limit, on every answer: how many requests are left (`r`), and in how many"
        " seconds all of them are again (`t`).",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "How many requests (`q`) a caller may send in how many seconds (`w`).",
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "In how many seconds to ask again.", "schema": {"type": "integer"}},
    "X-Request-ID": {"description": "The request's name in the logs.", "schema": {"type": "string"}},
}


def parameters(*names: str) -> list[Json]:
    """References to shared parameters, the request id among them."""
    every = (name for given in (*names, "RequestId") for name in _ACTOR_TOO.get(given, (given,)))
    return [{"$ref": f"#/components/parameters/{name}"} for name in every]


def headers(*names: str) -> Json:
    """References to shared response headers, the request id among them."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "X-Request-ID")}


def request_body(model: type[BaseModel], examples: Mapping[str, object]) -> Json:
    """A JSON body; `examples` are values by their names."""
    media = {
        "schema": {"$ref": _SCHEMA.format(model=model.__name__)},
        "examples": {name: {"value": value} for name, value in examples.items()},
    }
    return {"required": True, "content": {JSON: media}}


def patch_body(content: Mapping[str, object], model: type[BaseModel], media_types: Sequence[str]) -> Json:
    """A merge patch of `model`: an object with any of its fields."""
    schema = {
        "type": "object",
        "description": f"Any fields of {model.__name__}; null removes one, what is absent stays as it is.",
        "additionalProperties": True,
    }
    media = {"schema": schema, "examples": {"patch": {"value": content}}}
    return {"required": True, "content": dict.fromkeys(media_types, media)}


def reference_to(model: type[BaseModel]) -> Json:
    """The schema of a model, by reference."""
    return {"$ref": _SCHEMA.format(model=model.__name__)}


def answer(model: type[BaseModel] | str, description: str, example: object, *header_names: str) -> Json:
    """What FastAPI's `responses` takes for an answer with a JSON body, of a model or of the one with that name."""
    name = model if isinstance(model, str) else model.__name__
    content = {JSON: {"schema": {"$ref": _SCHEMA.format(model=name)}, "examples": {"answer": {"value": example}}}}
    return {"description": description, "content": content, "headers": headers(*header_names)}


def empty_answer(description: str, *header_names: str) -> Json:
    """What FastAPI's `responses` takes for an answer without a body."""
    return {"description": description, "headers": headers(*header_names)}


def problems(*codes: str) -> dict[int | str, Json]:
    """What FastAPI's `responses` takes for problems with these codes, and for those that every operation may meet."""
    by_status: dict[int | str, Json] = {}
    met = (code for given in codes for code in _TOGETHER.get(given, (given,)))
    for code in (*met, "invalid_request", "not_acceptable", "internal_error", "unavailable"):
        kind = PROBLEMS[code]
        documented = by_status.setdefault(
            kind.status, {"description": "", "content": {PROBLEM_JSON: {"schema": _problem_schema(), "examples": {}}}}
        )
        names = documented["content"][PROBLEM_JSON]["examples"]
        names[code] = {"$ref": f"#/components/examples/{code}"}
        documented["description"] = ", ".join(names)
        documented["headers"] = headers(*_HEADERS_OF_PROBLEMS.get(kind.status, ()))
    return by_status


def example_problem(code: str) -> Json:
    """What a problem with that code looks like."""
    kind = PROBLEMS[code]
    return {
        "type": f"/problems/{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.meaning,
        "code": code,
        "request_id": _EXAMPLE_ID,
    }


def _problem_schema() -> Json:
    return {"$ref": _SCHEMA.format(model=Problem.__name__)}


def openapi(app: FastAPI, models: Callable[[], tuple[Sequence[type[BaseModel]], Sequence[type[BaseModel]]]]) -> Json:
    """The document; `models` are those of request bodies and of answers."""
    if app.openapi_schema is None:
        requests, answers = models()
        document = get_openapi(
            title=app.title,
            version=app.version,
            openapi_version=app.openapi_version,
            summary=app.summary,
            description=app.description,
            tags=app.openapi_tags,
            routes=app.routes,
        )
        _, definitions = models_json_schema(
            _with_modes(requests, answers), ref_template=_SCHEMA, schema_generator=_Schemas
        )
        document["components"] = {
            "schemas": definitions["$defs"],
            "parameters": dict(_PARAMETERS),
            "headers": dict(_HEADERS),
            "securitySchemes": dict(SECURITY_SCHEMES),
            "examples": {
                code: {"summary": kind.title, "value": example_problem(code)} for code, kind in PROBLEMS.items()
            },
        }
        thin_items(definitions["$defs"])
        link_records(document["paths"])
        refusals: dict[str, Json] = {}
        for operations in document["paths"].values():
            for operation in operations.values():
                if PROBLEM_JSON not in operation["responses"].get("422", {}).get("content", {}):
                    # FastAPI adds its own to whatever has parameters, which this API answers with 400.
                    operation["responses"].pop("422", None)
                operation["security"] = security_of(operation["operationId"])
                _share_refusals(operation["responses"], refusals)
        document["components"]["responses"] = refusals
        app.openapi_schema = document
    return app.openapi_schema


class _Schemas(GenerateJsonSchema):
    """Schemas as pydantic makes them, but for times of day: those of this API have no offset, as `time` wants one."""

    def time_schema(self, schema: core_schema.TimeSchema) -> JsonSchemaValue:  # noqa: ARG002 - as it is inherited
        return {"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$", "examples": ["10:00:00"]}


def _share_refusals(responses: dict[str, Json], shared: dict[str, Json]) -> None:
    """Let every operation that is refused in the same ways refer to one description of it."""
    for status, response in responses.items():
        content = response.get("content", {})
        if content.keys() == {PROBLEM_JSON}:
            name = ".".join((status, *content[PROBLEM_JSON]["examples"]))
            shared[name] = response
            responses[status] = {"$ref": f"#/components/responses/{name}"}


def _with_modes(
    requests: Sequence[type[BaseModel]], answers: Sequence[type[BaseModel]]
) -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    read: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in requests]
    written: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in answers]
    return [*read, *written, (Problem, "serialization")]
