"""The rows about reading, against the smallest FastAPI application; and one registration on an idle system."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

import asyncpg

from tests.performance import baseline, hello, requests, targets, world
from tests.performance.cluster import BenchmarkError, Cluster
from tests.performance.load import Load, Outcome
from tests.performance.registration import CONNECTIONS, Students, register
from tests.performance.serving import fetch
from tests.performance.stage import Stage
from tests.performance.targets import Figure

_INSERTS = 300
_IDLE_SECONDS = 2.0
_IDLE_STUDENTS = 2_000
_INSERT = "INSERT INTO audit (actor, action, student_id, section_id) VALUES ('s1', 'enrol', 1, 1)"


@dataclass(slots=True)
class Reads:
    """Rounds of a section, a page of sections with their seats, a section that has not changed, and a hello."""

    stage: Stage
    hello_port: int
    seconds: float
    section: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    unchanged: list[float] = field(default_factory=list)
    hello: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """One more round. Raises `BenchmarkError` when something else is answered than is measured."""
        one = f"/v1/sections/{world.section_ids(world.HOT + 1)[0]}"
        hundred = f"/v1/sections?term={world.term_id()}&limit=100"
        etag = fetch(self.stage.product, one)[1]["etag"]
        self.section.append(self._rate(self.stage.product, requests.get(one), 200))
        self.page.append(self._rate(self.stage.product, requests.get(hundred), 200))
        self.unchanged.append(self._rate(self.stage.product, requests.get(one, If_None_Match=etag), 304))
        self.hello.append(self._rate(self.hello_port, requests.get(hello.PATH), 200))

    def figures(self) -> list[Figure]:
        """The rows of the targets table."""
        against = tuple(self.hello)
        return [
            Figure(targets.SECTION, tuple(self.section), against),
            Figure(targets.PAGE, tuple(self.page), against),
            Figure(targets.UNCHANGED, tuple(self.unchanged), against),
        ]

    def _rate(self, port: int, request: bytes, status: int) -> float:
        outcome = self.stage.generator.send(Load(port, (request,), CONNECTIONS, self.seconds, repeat=True))
        if set(outcome.statuses) != {status}:
            raise BenchmarkError(f"answered with {dict(outcome.statuses)} instead of {status}: {outcome.unexpected}")
        return outcome.rate


@dataclass(slots=True)
class Idle:
    """Rounds of one registration at a time, and of one INSERT at a time through the bare driver."""

    stage: Stage
    students: Students
    registration: list[Outcome] = field(default_factory=list)
    insert: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """One more round."""
        sent = requests.uniform_registrations(self.students.take(_IDLE_STUDENTS), self.stage.world.pairs, seed=1)
        self.registration.append(register(self.stage, sent, 1, _IDLE_SECONDS))
        self.insert.append(median(asyncio.run(_insert(self.stage.cluster))))

    def figures(self) -> list[Figure]:
        """The row of the targets table, in milliseconds."""
        return [Figure(targets.IDLE, tuple(one.p50 for one in self.registration), tuple(self.insert))]


async def _insert(cluster: Cluster) -> Sequence[float]:
    """Milliseconds that each INSERT took, its commit included."""
    lease = cluster.lease
    connection = await asyncpg.connect(
        host=str(lease.socket_dir), port=lease.port, user=lease.superuser, database=baseline.DATABASE
    )
    taken = []
    try:
        statement = await connection.prepare(_INSERT)
        for _ in range(_INSERTS):
            started = time.perf_counter()
            await statement.fetch()
            taken.append(1000 * (time.perf_counter() - started))
    finally:
        await connection.close()
    return taken
