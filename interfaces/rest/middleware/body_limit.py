"""Refuses bodies that are too large: by their announced length, and while they stream in."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interfaces.rest.problems import RestError

MAXIMUM_BYTES = 1024 * 1024


class BodyLimit:
    """Pure ASGI middleware; an operation that reads more than `maximum` bytes meets a `RestError` (413)."""

    def __init__(self, app: ASGIApp, maximum: int = MAXIMUM_BYTES) -> None:
        self._app = app
        self._maximum = maximum

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            if received == 0 and _announced(scope) > self._maximum:
                raise self._too_large()
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._maximum:
                raise self._too_large()
            return message

        await self._app(scope, receive_within_limit, send)

    def _too_large(self) -> RestError:
        return RestError("body_too_large", f"A body has at most {self._maximum} bytes.")


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:18])
    return 0
