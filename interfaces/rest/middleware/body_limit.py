"""Refuses bodies that are too large: by their announced length, and while they stream in."""

from collections.abc import Container

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interfaces.rest.problems import RestError

MAXIMUM_BYTES = 1024 * 1024


class BodyLimit:
    """Pure ASGI middleware; an operation that reads more than `maximum` bytes meets a `RestError` (413).

    What is at the paths in `uploads` has a limit of its own, and looks after it itself.
    """

    def __init__(self, app: ASGIApp, maximum: int = MAXIMUM_BYTES, uploads: Container[str] = ()) -> None:
        self._app = app
        self._maximum = maximum
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._uploads:
            await self._app(scope, receive, send)
        else:
            await self._app(scope, within_limit(scope, receive, self._maximum), send)


def within_limit(scope: Scope, receive: Receive, maximum: int) -> Receive:
    """What receives as `receive` does, and raises `RestError` (413) for more than `maximum` bytes.

    What announces that it is more is refused before any of it is received.
    """
    received = 0

    async def receive_within_limit() -> Message:
        nonlocal received
        if received == 0 and _announced(scope) > maximum:
            raise _too_large(maximum)
        message = await receive()
        received += len(message.get("body", b""))
        if received > maximum:
            raise _too_large(maximum)
        return message

    return receive_within_limit


def _too_large(maximum: int) -> RestError:
    return RestError("body_too_large", f"A body has at most {maximum} bytes here.")


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:18])
    return 0
