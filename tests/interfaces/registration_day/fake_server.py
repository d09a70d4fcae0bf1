"""A tiny server that answers registration requests as a test wants, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

Answer: TypeAlias = web.Response | list[dict[str, Any]]
"""A whole response, or the decisions of an ordinary one."""

ENROLLED: dict[str, Any] = {"outcome": "enrolled", "rejections": []}


def a_token(token: str, seconds: int = 900) -> web.Response:
    """What who signed in is given."""
    return web.json_response({"access_token": token, "token_type": "Bearer", "expires_in": seconds})


def rejected(*codes: str) -> dict[str, Any]:
    """A decision that refuses for these reasons."""
    return {"outcome": "rejected", "rejections": [{"code": code, "message": "No."} for code in codes]}


class FakeServer:
    """Answers `decide(student, courses)`; a request takes `seconds`. To who signs in it gives `tokens`, one by one.

    It has every term, unless it has `no_term`.
    """

    def __init__(self, decide: Callable[[str, list[str]], Answer], seconds: float = 0.0) -> None:
        self._decide = decide
        self._seconds = seconds
        self.asked: list[tuple[str, list[str]]] = []
        self.documents: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.connections: set[object] = set()
        self.at_once: list[set[str]] = []
        self.url = ""
        self.tokens: list[web.Response] = []
        self.no_term: web.Response | None = None
        self.forms: list[tuple[dict[str, str], str]] = []
        self.terms: list[tuple[str, str | None]] = []
        self._present: set[str] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FakeServer"]:
        """Serve while the context lasts."""
        application = web.Application()
        application.router.add_post("/v1/registration-requests", self._answer)
        application.router.add_post("/v1/oauth/token", self._token)
        application.router.add_get("/v1/terms/{term}", self._term)
        async with TestServer(application) as server:
            self.url = str(server.make_url(""))
            yield self

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append((form, request.headers["X-Matricula-Institution"]))
        return self.tokens.pop(0)

    async def _term(self, request: web.Request) -> web.Response:
        self.terms.append((request.match_info["term"], request.headers.get("Authorization")))
        return self.no_term or web.json_response({})

    async def _answer(self, request: web.Request) -> web.Response:
        document = orjson.loads(await request.read())
        student = document["student"].removeprefix("code:")
        courses = [action["offering"].removeprefix("code:") for action in document["actions"]]
        assert student not in self._present, "requests of one student overlap"
        self._present.add(student)
        self.at_once.append(set(self._present))
        self.documents.append(document)
        self.headers.append(dict(request.headers))
        self.connections.add(request.transport)
        self.asked.append((student, courses))
        await asyncio.sleep(self._seconds)
        self._present.remove(student)
        answer = self._decide(student, courses)
        if isinstance(answer, list):
            return web.Response(body=orjson.dumps({"decisions": answer}), content_type="application/json")
        return answer
