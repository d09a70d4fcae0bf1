"""Lean operations: the busiest ones, served in front of FastAPI, behind the same middleware as all others.

A lean operation takes the request and nothing else, and reads from it with the same functions as every other. FastAPI
documents it, and would serve it too: what the operation's parameters are stands in the route's `dependencies`.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.middleware import Middleware
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


_Served: TypeAlias = tuple[APIRoute, ASGIApp]


class LeanOperations:
    """Plain ASGI: serves the lean operations among `routes`, each behind `middleware`, the outermost first.

    All other requests go on to `others`. Errors become problems as they do there, by the same handlers.
    """

    def __init__(self, others: ASGIApp, routes: Iterable[APIRoute], middleware: Sequence[Middleware]) -> None:
        self._others = others
        self._exact: dict[tuple[str, str], _Served] = {}
        self._below: dict[tuple[str, str], tuple[_Served, str]] = {}
        for route in routes:
            if route.endpoint in _LEAN:
                self._add(route, (route, _behind(middleware, _serving(route.endpoint))))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        served = self._served(scope) if scope["type"] == "http" else None
        await (served or self._others)(scope, receive, send)

    def _add(self, route: APIRoute, served: _Served) -> None:
        collection, _, last = route.path.rpartition("/")
        methods = set(route.methods or ())
        for method in methods | {"HEAD"} if "GET" in methods else methods:
            if last.startswith("{"):
                self._below[method, collection] = (served, last[1:-1])
            else:
                self._exact[method, route.path] = served

    def _served(self, scope: Scope) -> ASGIApp | None:
        method, path = scope["method"], scope["path"]
        served = self._exact.get((method, path))
        if served is None:
            collection, _, last = path.rpartition("/")
            below = self._below.get((method, collection))
            if below is None or not last:
                return None
            served, parameter = below
            scope["path_params"] = {parameter: last}
        # As the framework does for the others: whoever measures asks for it.
        scope["route"], app = served
        return app


def _behind(middleware: Sequence[Middleware], app: ASGIApp) -> ASGIApp:
    for layer, arguments, options in reversed(middleware):
        app = layer(app, *arguments, **options)
    return app


def _serving(operation: Operation) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = _LeanRequest(scope, receive, send)
        try:
            answer = await operation(request)
        except REFUSALS as error:
            answer = await refusal(request, error)
        await answer(scope, receive, send)

    return serve


class _LeanRequest(Request):
    """A request whose headers are found without a search."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self._headers = _IndexedHeaders(scope["headers"])


class _IndexedHeaders(Headers):
    """Headers of which the first of each name is at hand."""

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        super().__init__(raw=raw)
        self._first = dict(reversed(raw))

    def __getitem__(self, key: str) -> str:
        return self._first[key.lower().encode("latin-1")].decode("latin-1")

    def __contains__(self, key: Any) -> bool:  # noqa: ANN401 - as it is inherited
        return key.lower().encode("latin-1") in self._first

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as it is inherited
        value = self._first.get(key.lower().encode("latin-1"))
        return default if value is None else value.decode("latin-1")
