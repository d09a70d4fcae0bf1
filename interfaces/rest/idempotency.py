"""Requests that may come again: the header with their key, and the mark of an answer that was given before."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from application.shared.idempotency import Answer
from interfaces.rest.callers import as_text
from interfaces.rest.problems import RestError

IDEMPOTENCY_KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"


def idempotency_key(request: Request) -> str | None:
    """The key of a request, if it has one. Raises `RestError` (400) for several."""
    given = request.headers.getlist(IDEMPOTENCY_KEY)
    if len(given) > 1:
        raise RestError("invalid_request", f"{IDEMPOTENCY_KEY} is given more than once.")
    return as_text(given[0]) if given else None


def marked(response: Response, answer: Answer[Any]) -> Response:
    """The response, with a header when the answer in it was given before."""
    if answer.is_replay:
        response.headers[REPLAYED] = "true"
    return response
