"""The load generator: a closed loop over raw connections, in a process of its own that costs less than any server.

Nothing is parsed while the clock runs but status and length; what the answers say is read afterwards.
"""

import asyncio
import gc
import json
import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing import get_context
from typing import Self, cast

import uvloop

from tests.performance.cluster import BenchmarkError

_DRAIN_SECONDS = 30.0
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: each connection the next request as soon as it has an answer, for `seconds` after `warmup`.

    Requests are sent once each, and the run ends early when there are none left; with `repeat` they go round.
    """

    port: int
    requests: tuple[bytes, ...]
    connections: int
    seconds: float
    warmup: float = 0.5
    repeat: bool = False
    registrations: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, its body, and when its request went out and it came in."""

    status: int
    body: bytes
    sent: float
    received: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to.

    `good` are the answers of status 2xx and 304, of registrations those that enrolled; `rate` is good ones a second
    after the warm-up, latencies are milliseconds after it. `cpu` is what an answer cost the load generator in
    microseconds. `unexpected` is a body that was not good.
    """

    statuses: Mapping[int, int]
    good: int
    rate: float
    p50: float
    p99: float
    maximum: float
    cpu: float
    unexpected: str = ""


@dataclass(slots=True)
class _Run:
    port: int
    pending: Iterator[bytes]
    deadline: float
    answers: list[Answer] = field(default_factory=list)
    exhausted_at: float = math.inf

    def next_request(self, now: float) -> bytes | None:
        """What to send now, None when the run is over."""
        if now >= self.deadline:
            return None
        request = next(self.pending, None)
        if request is None:
            self.exhausted_at = min(self.exhausted_at, now)
        return request


class _Connection(asyncio.Protocol):
    """One connection, kept alive through the run; `done` is fulfilled when it has nothing left to send."""

    def __init__(self, run: _Run, done: "asyncio.Future[None]") -> None:
        self._run = run
        self._done = done
        self._received = b""
        self._sent = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes.
        self._transport = cast("asyncio.Transport", transport)
        self._send_next(time.perf_counter())

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        try:
            parsed = parse(received)
        except ValueError as error:
            self._fail(BenchmarkError(str(error)))
            return
        if parsed is None:
            self._received = received
            return
        self._received = b""
        now = time.perf_counter()
        self._run.answers.append(Answer(*parsed, self._sent, now))
        self._send_next(now)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(BenchmarkError(f"the server closed a connection: {exc}"))

    def _send_next(self, now: float) -> None:
        request = self._run.next_request(now)
        if request is None:
            if not self._done.done():
                self._done.set_result(None)
            self._transport.close()
            return
        self._sent = now
        self._transport.write(request)

    def _fail(self, error: BenchmarkError) -> None:
        if not self._done.done():
            self._done.set_exception(error)
            self._transport.abort()


def parse(received: bytes) -> tuple[int, bytes] | None:
    """Status and body of one answer, None while it is not whole. Raises `ValueError` for one without a length."""
    end = received.find(_END_OF_HEAD)
    if end < 0:
        return None
    status = int(received[9:12])
    if status == 304:
        return status, b""
    head = received[: end + 2].lower()
    at = head.find(_LENGTH)
    if at < 0:
        raise ValueError(f"an answer of status {status} does not say how long it is")
    length = int(head[at + len(_LENGTH) : head.index(b"\r\n", at + 2)])
    start = end + len(_END_OF_HEAD)
    return None if len(received) < start + length else (status, received[start : start + length])


def is_good(answer: Answer, *, registrations: bool) -> bool:
    """Whether the answer is what was asked for: of a registration, that every action enrolled."""
    if not registrations:
        return answer.status == 304 or 200 <= answer.status < 300
    if answer.status != 200:
        return False
    return all(decision["outcome"] == "enrolled" for decision in json.loads(answer.body)["decisions"])


def outcome(answers: Sequence[Answer], start: float, end: float, cpu_seconds: float, *, registrations: bool) -> Outcome:
    """Sum up what came in; the rate and the latencies are about what came between `start` and `end`."""
    good = [answer for answer in answers if is_good(answer, registrations=registrations)]
    bad = next((answer for answer in answers if not is_good(answer, registrations=registrations)), None)
    counted = [answer for answer in good if start <= answer.received <= end]
    latencies = sorted(1000 * (answer.received - answer.sent) for answer in counted)
    if not latencies:
        said = "" if bad is None else bad.body.decode(errors="replace")[:500]
        raise BenchmarkError(f"no good answer came in: {said}")
    return Outcome(
        statuses=dict(Counter(answer.status for answer in answers)),
        good=len(good),
        rate=len(counted) / (end - start),
        p50=percentile(latencies, 50),
        p99=percentile(latencies, 99),
        maximum=latencies[-1],
        cpu=1e6 * cpu_seconds / len(answers),
        unexpected="" if bad is None else f"{bad.status} {bad.body.decode(errors='replace')[:500]}",
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest of the ordered values that as many percent of them do not exceed."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def run(load: Load) -> Outcome:
    """Send the load, and answer what it came to."""
    gc.disable()
    try:
        return uvloop.run(_send(load))
    finally:
        gc.enable()


async def _send(load: Load) -> Outcome:
    loop = asyncio.get_running_loop()
    cpu = time.process_time()
    start = time.perf_counter() + load.warmup
    pending = cycle(load.requests) if load.repeat else iter(load.requests)
    sending = _Run(load.port, pending, start + load.seconds)
    done = [loop.create_future() for _ in range(load.connections)]
    async with asyncio.timeout(load.warmup + load.seconds + _DRAIN_SECONDS):
        for finished in done:
            await loop.create_connection(lambda own=finished: _Connection(sending, own), "127.0.0.1", load.port)  # type: ignore[misc]  # bound now
        await asyncio.gather(*done)
    cpu = time.process_time() - cpu
    end = min(sending.deadline, sending.exhausted_at)
    if end <= start:
        raise BenchmarkError("the requests were used up during the warm-up")
    return outcome(sending.answers, start, end, cpu, registrations=load.registrations)


class LoadGenerator:
    """The process that sends loads, one after the other."""

    def __init__(self) -> None:
        self._process = ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    def send(self, load: Load) -> Outcome:
        """Run a load to its end. Raises `BenchmarkError`."""
        return self._process.submit(run, load).result(load.warmup + load.seconds + 2 * _DRAIN_SECONDS)

    def close(self) -> None:
        """End the process."""
        self._process.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
