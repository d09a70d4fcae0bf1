"""Pages of other origins (CORS): Starlette's middleware, whose refusals are problems as everywhere else."""

from os import urandom

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from interfaces.rest.middleware.request_context import NO_CONTENT, SANE_ID, SECURITY
from interfaces.rest.problems import problem_response

_ALWAYS = {name.decode(): value.decode() for name, value in (*SECURITY, NO_CONTENT)}
_OF_THE_BODY = ("content-type", "content-length")


class CrossOrigin(CORSMiddleware):
    """Stands outermost, so that pages can read every answer, and names the preflights that it refuses by itself."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer a browser that asks whether a page may send what it wants to send."""
        answer = super().preflight_response(request_headers)
        if answer.status_code == 200:
            return answer
        told = {name: value for name, value in answer.headers.items() if name not in _OF_THE_BODY}
        given = request_headers.get("x-request-id", "").encode("latin-1")
        identifier = given.decode() if SANE_ID.fullmatch(given) else urandom(16).hex()
        detail = f"{bytes(answer.body).decode()}."
        headers = {**_ALWAYS, **told, "X-Request-ID": identifier}
        return problem_response(identifier, "invalid_request", detail, headers=headers)
