"""Lean operations: the busiest ones, served without what FastAPI does for each request between its router and them.

A lean operation takes the request and nothing else, and reads from it with the same functions as every other. FastAPI
documents it, and would serve it too: what the operation's parameters are stands in the route's `dependencies`.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from interfaces.rest.handlers import REFUSALS, refusal

Operation = Callable[[Request], Awaitable[Response]]
O = TypeVar("O", bound=Operation)  # noqa: E741 - one letter, as type variables here are named

_LEAN: set[Operation] = set()


def lean(operation: O) -> O:
    """Mark an operation as lean; its path has no parameter, or one as its last segment."""
    _LEAN.add(operation)
    return operation


class LeanOperations:
    """Pure ASGI middleware, the innermost: serves the lean operations among `routes`, and hands on all other requests.

    Errors become problems as they do elsewhere, by the same handlers.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[APIRoute]) -> None:
        self._app = app
        self._exact: dict[tuple[str, str], Operation] = {}
        self._below: dict[tuple[str, str], tuple[Operation, str]] = {}
        for route in routes:
            if route.endpoint in _LEAN:
                self._add(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = self._operation(scope) if scope["type"] == "http" else None
        if operation is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            answer = await operation(request)
        except REFUSALS as error:
            answer = await refusal(request, error)
        await answer(scope, receive, send)

    def _add(self, route: APIRoute) -> None:
        collection, _, last = route.path.rpartition("/")
        for method in route.methods or ():
            if last.startswith("{"):
                self._below[method, collection] = (route.endpoint, last[1:-1])
            else:
                self._exact[method, route.path] = route.endpoint

    def _operation(self, scope: Scope) -> Operation | None:
        method, path = scope["method"], scope["path"]
        operation = self._exact.get((method, path))
        if operation is None:
            collection, _, last = path.rpartition("/")
            below = self._below.get((method, collection))
            if below is None or not last:
                return None
            operation, parameter = below
            scope["path_params"] = {parameter: last}
        return operation
