"""The outermost layer: names each request, logs it, sends the headers that all answers share, and lets no error out."""

import re
import time
from collections.abc import Callable
from os import urandom

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interfaces.rest.problems import PROBLEMS, problem_response

_SANE_ID = re.compile(rb"[A-Za-z0-9._:+/=@-]{1,128}")
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_NO_CONTENT = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_SCRIPTS = b"script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
_OWN_CONTENT = (b"content-security-policy", b"default-src 'self'; %b; frame-ancestors 'none'" % _SCRIPTS)
_CLIENT_GONE = 499

PAGE = "/docs"
"""The only page for people: it runs a script of its own and loads what else it needs from this server."""

_log = structlog.get_logger("matricula.rest")


class RequestContext:
    """Pure ASGI middleware.

    `shown` makes of a path what the log may show of it. With `hsts_seconds`, browsers are told to come over TLS alone
    for that long; it is for servers that have TLS in front of them.
    """

    def __init__(self, app: ASGIApp, shown: Callable[[str], str], hsts_seconds: int = 0) -> None:
        self._app = app
        self._shown = shown
        self._always = list(_SECURITY)
        if hsts_seconds:
            self._always.append((b"strict-transport-security", b"max-age=%d" % hsts_seconds))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id, shared_headers = self._headers_of(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *shared_headers]
            await send(message)

        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = _CLIENT_GONE
        except Exception:
            await _log.aexception("unhandled_error", method=scope["method"], path=self._shown(scope["path"]))
            if status:
                raise
            detail = PROBLEMS["internal_error"].meaning
            await problem_response(request_id, "internal_error", detail)(scope, receive, send_with_headers)
        finally:
            milliseconds = round((time.perf_counter() - started) * 1000, 2)
            path = self._shown(scope["path"])
            _log.info("request", method=scope["method"], path=path, status=status, ms=milliseconds)
            structlog.contextvars.reset_contextvars(**bound)

    def _headers_of(self, scope: Scope) -> tuple[str, list[tuple[bytes, bytes]]]:
        """The request's id, given or new, and the headers of its answer."""
        given = trace = None
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _SANE_ID.fullmatch(value):
                given = value
            elif name == b"traceparent" and _TRACEPARENT.fullmatch(value):
                trace = value
        identifier = given or urandom(16).hex().encode()
        policy = _OWN_CONTENT if scope["path"] == PAGE else _NO_CONTENT
        headers = [*self._always, policy, (b"x-request-id", identifier)]
        if trace is not None:
            headers.append((b"traceparent", trace))
        return identifier.decode(), headers
