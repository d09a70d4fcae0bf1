"""Answers: views written as JSON by pydantic itself, with entity tags and caching headers."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from application.shared.dto import Dto
from interfaces.rest.preconditions import is_known_to_client, tag_of, tag_of_body, tag_of_written, versioned

SHARED = "private, no-cache"
"""Kept by the client, and asked for again with its entity tag."""

PERSONAL = "no-store"
"""Data about people is kept nowhere."""


def json_answer(body: str | bytes, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body; underscores in the names of headers stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(body, status_code=status, media_type="application/json", headers=named)


def path_in_header(path: str) -> str:
    """A decoded path as headers carry it: percent-encoded, since a code may be of any script."""
    return quote(path, safe="/:@!$&'()*+,;=")


def record_answer(request: Request, written: str, caching: str) -> Response:
    """A record, written as JSON, or 304."""
    body = written.encode()
    tag = tag_of_written(body)
    if is_known_to_client(request, tag):
        return not_modified(tag, caching)
    return json_answer(body, ETag=tag, Cache_Control=caching)


def changed_answer(view: Dto, caching: str) -> Response:
    """A record as it is after a change."""
    body = _written(view)
    return json_answer(body, ETag=tag_of(view, body), Cache_Control=caching)


def created_answer(request: Request, view: Dto, caching: str) -> Response:
    """A new record, and where it is."""
    location = f"{request.scope['path']}/{versioned(view).id}"
    body = _written(view)
    return json_answer(body, 201, ETag=tag_of(view, body), Location=location, Cache_Control=caching)


def body_answer(request: Request, body: bytes, caching: str) -> Response:
    """What is no single record, with a tag made from its body, or 304."""
    tag = tag_of_body(body)
    if is_known_to_client(request, tag):
        return not_modified(tag, caching)
    return json_answer(body, ETag=tag, Cache_Control=caching)


def _written(view: Dto) -> bytes:
    return view.model_dump_json().encode()


def not_modified(tag: str, caching: str) -> Response:
    """The client has it already."""
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": caching})
