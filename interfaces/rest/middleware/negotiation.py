"""Refuses (406) what asks for anything but JSON under the base path of the API."""

from starlette.types import ASGIApp, Receive, Scope, Send

from interfaces.rest.problems import PROBLEMS, problem_response

_ACCEPTED = {"application/json": 3, "application/*": 2, "*/*": 1}
"""Media ranges that JSON falls in, by how specific they are."""


class Negotiation:
    """Pure ASGI middleware."""

    def __init__(self, app: ASGIApp, base_path: str) -> None:
        self._app = app
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(self._base_path):
            accept = b",".join([value for name, value in scope["headers"] if name == b"accept"])
            if not accepts_json(accept.decode("latin-1")):
                detail = PROBLEMS["not_acceptable"].meaning
                refusal = problem_response(scope["state"]["request_id"], "not_acceptable", detail)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


def accepts_json(accept: str) -> bool:
    """Whether an Accept header leaves room for application/json; the most specific range that fits decides."""
    if accept in ("", "*/*", "application/json"):
        return True
    best, accepted = 0, False
    for part in accept.lower().split(","):
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        specificity = _ACCEPTED.get(media_range, 0)
        if specificity > best:
            best, accepted = specificity, _quality(parameters) > 0
    return accepted


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0
    return 1
