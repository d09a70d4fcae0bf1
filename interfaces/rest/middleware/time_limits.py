"""Bounds how long a request may take, and how long its body may take to arrive."""

import asyncio
import math

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interfaces.rest.problems import RestError, problem_response

_LOOKS = 10
"""How often the watch looks within the shorter limit; so much of it a request may last longer."""


class Watch:
    """Looks at all requests under way from time to time: a timer for each would cost more than some of them."""

    def __init__(self, request_seconds: float, body_seconds: float) -> None:
        self.request_seconds = request_seconds
        self.body_seconds = body_seconds
        self._interval = min(request_seconds, body_seconds) / _LOOKS
        self._requests: set[_Underway] = set()
        self._looks_in: asyncio.AbstractEventLoop | None = None

    def begin(self, request: "_Underway", loop: asyncio.AbstractEventLoop) -> None:
        """Look after a request."""
        self._requests.add(request)
        if loop is not self._looks_in:
            self._looks_in = loop
            loop.call_later(self._interval, self._look, loop)

    def end(self, request: "_Underway") -> None:
        """The request is answered."""
        self._requests.discard(request)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for request in self._requests:
            request.give_up_if_overdue(now)
        if self._requests and loop is self._looks_in:
            loop.call_later(self._interval, self._look, loop)
        else:
            self._looks_in = None


class TimeLimits:
    """Pure ASGI middleware; all instances of an application share a watch.

    What takes too long is cancelled and answered with 503. A registration request that a batch has taken up is decided
    all the same: whoever sends it again with its Idempotency-Key gets its answer. An operation that waits too long for
    a body meets a `RestError` (408).
    """

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self._app = app
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        if scope["type"] != "http" or task is None:
            await self._app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        request = _Underway(task, loop, self._watch, receive, send)
        self._watch.begin(request, loop)
        try:
            await self._app(scope, request.receive, request.send)
        except asyncio.CancelledError:
            if not request.is_given_up or task.uncancel() > 0:
                raise
            detail = (
                f"The request was given up after {self._watch.request_seconds:g} seconds. If it had an Idempotency-Key,"
                " send it again with that."
            )
            if request.is_answering:
                raise TimeoutError(detail) from None
            await problem_response(scope["state"]["request_id"], "unavailable", detail)(scope, receive, send)
        finally:
            self._watch.end(request)


class _Underway:
    """A request that is being served by a task."""

    def __init__(
        self,
        task: "asyncio.Task[object]",
        loop: asyncio.AbstractEventLoop,
        watch: Watch,
        receive: Receive,
        send: Send,
    ) -> None:
        self._task = task
        self._loop = loop
        self._watch = watch
        self._receive = receive
        self._send = send
        self._due = loop.time() + watch.request_seconds
        self._body_due = math.inf
        self._body = _NOT_ASKED_FOR
        self.is_given_up = False
        self.is_answering = False

    def give_up_if_overdue(self, now: float) -> None:
        """Cancel the task, once for each limit."""
        if now >= self._due and not self.is_given_up:
            self.is_given_up = True
            self._task.cancel()
        elif self._body == _AWAITED and now >= self._body_due:
            self._body = _TOO_SLOW
            self._task.cancel()

    async def receive(self) -> Message:
        """What comes next of the request. Raises `RestError` (408) when it is the body and does not come in time."""
        if self._body == _COMPLETE:
            return await self._receive()  # that the client hangs up
        if self._body == _NOT_ASKED_FOR:
            self._body_due = self._loop.time() + self._watch.body_seconds
        self._body = _AWAITED
        try:
            message = await self._receive()
        except asyncio.CancelledError:
            if self._body != _TOO_SLOW or self._task.uncancel() > 0:
                raise
            detail = f"The body did not arrive within {self._watch.body_seconds:g} seconds."
            raise RestError("body_too_slow", detail, headers={"Connection": "close"}) from None
        self._body = _ARRIVING if message.get("more_body", False) else _COMPLETE
        return message

    async def send(self, message: Message) -> None:
        """Hand on a part of the answer."""
        self.is_answering = True
        await self._send(message)


_NOT_ASKED_FOR, _AWAITED, _ARRIVING, _COMPLETE, _TOO_SLOW = range(5)
"""How far a body is."""
