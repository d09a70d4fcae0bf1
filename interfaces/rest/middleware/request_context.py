"""The outermost layer: names each request, logs and measures it, sends the headers that all answers share, and lets no
error out. A server that has been told to stop answers nothing else any more.
"""

import asyncio
import re
import time
from collections.abc import Callable
from os import urandom
from typing import TypeAlias

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interfaces.rest.problems import PROBLEMS, problem_response
from interfaces.rest.stopping import Stopping

SANE_ID = re.compile(rb"[A-Za-z0-9._:+/=@-]{1,128}")
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
NO_CONTENT = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_SCRIPTS = b"script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
_OWN_CONTENT = (b"content-security-policy", b"default-src 'self'; %b; frame-ancestors 'none'" % _SCRIPTS)
_CLOSING = (b"connection", b"close")
_CLIENT_GONE = 499

PAGE = "/docs"
"""The only page for people: it runs a script of its own and loads what else it needs from this server."""

Measure: TypeAlias = Callable[[str, str, int, float], None]
"""Hears of each request: its method, the template of its route, its status, and the seconds it took."""

UNMATCHED = "unmatched"
"""The route of requests that no route is for: paths that clients make up are never told apart."""

_log = structlog.get_logger("matricula.rest")


class RequestContext:
    """Pure ASGI middleware.

    `shown` makes of a path what the log may show of it. With `hsts_seconds`, browsers are told to come over TLS alone
    for that long; it is for servers that have TLS in front of them.
    """

    def __init__(
        self, app: ASGIApp, measure: Measure, stopping: Stopping, shown: Callable[[str], str], hsts_seconds: int = 0
    ) -> None:
        self._app = app
        self._measure = measure
        self._stopping = stopping
        self._shown = shown
        self._always = list(SECURITY)
        if hsts_seconds:
            self._always.append((b"strict-transport-security", b"max-age=%d" % hsts_seconds))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id, shared_headers, expects = self._headers_of(scope)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["shared_headers"] = shared_headers
        status = 0
        if expects:
            receive = _closing_unless_received(receive, shared_headers)

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *shared_headers]
                if self._stopping.has_begun:
                    message["headers"].append(_CLOSING)
            await send(message)

        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            if self._stopping.has_begun:
                await _read(receive)
                refused = problem_response(request_id, "unavailable", "The server is stopping.")
                await refused(scope, receive, send_with_headers)
            else:
                await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = _CLIENT_GONE
        except (Exception, asyncio.CancelledError) as error:
            problem = await self._problem_in(error, scope)
            if problem is None or status:
                raise
            await problem_response(request_id, *problem)(scope, receive, send_with_headers)
        finally:
            seconds = time.perf_counter() - started
            self._measure(scope["method"], getattr(scope.get("route"), "path", UNMATCHED), status, seconds)
            milliseconds = round(seconds * 1000, 2)
            path = self._shown(scope["path"])
            _log.info("request", method=scope["method"], path=path, status=status, ms=milliseconds)
            structlog.contextvars.reset_contextvars(**bound)

    async def _problem_in(self, error: BaseException, scope: Scope) -> tuple[str, str] | None:
        """The code and detail that answer a request which an error ended; None where nobody waits for an answer."""
        if isinstance(error, asyncio.CancelledError):
            # A server that stops waits only so long for what it had accepted.
            return ("unavailable", "The server stopped before this was done.") if self._stopping.has_begun else None
        await _log.aexception("unhandled_error", method=scope["method"], path=self._shown(scope["path"]))
        return "internal_error", PROBLEMS["internal_error"].meaning

    def _headers_of(self, scope: Scope) -> tuple[str, list[tuple[bytes, bytes]], bool]:
        """The request's id, given or new, its answer's headers, and whether the client waits for 100 (Continue)."""
        given = trace = None
        expects = False
        for name, value in scope["headers"]:
            if name == b"x-request-id" and SANE_ID.fullmatch(value):
                given = value
            elif name == b"traceparent" and _TRACEPARENT.fullmatch(value):
                trace = value
            elif name == b"expect":
                expects = True
        identifier = given or urandom(16).hex().encode()
        policy = _OWN_CONTENT if scope["path"] == PAGE else NO_CONTENT
        headers = [*self._always, policy, (b"x-request-id", identifier)]
        if trace is not None:
            headers.append((b"traceparent", trace))
        return identifier.decode(), headers, expects


async def _read(receive: Receive) -> None:
    """Let the request come to its end: a connection that closes over something unread may lose the answer."""
    while (await receive()).get("more_body", False):
        pass


def _closing_unless_received(receive: Receive, headers: list[tuple[bytes, bytes]]) -> Receive:
    """For a client that waits for 100 (Continue): one that is answered without it may send the body or leave it, so the
    connection is good for no other request (RFC 9110, 10.1.1).
    """
    closing = (b"connection", b"close")
    headers.append(closing)

    async def receive_body() -> Message:
        if closing in headers:
            headers.remove(closing)
        return await receive()

    return receive_body
