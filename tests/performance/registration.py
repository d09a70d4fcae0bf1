"""The rows about registration: every rule, over REST, against pgbench and against a request that does nothing."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.performance import baseline, no_op, requests, targets
from tests.performance.cluster import Cluster
from tests.performance.load import Load, LoadGenerator, Outcome
from tests.performance.stored import next_decision, require_all_stored, stored_since
from tests.performance.targets import Figure, Target
from tests.performance.world import World

CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Pace:
    """How long pgbench runs, registrations are measured after a warm-up, and so are requests that do nothing.

    `slice` is how many students a run may use up, `baseline_students` how many the baseline's schema has.
    """

    seconds: int
    measured: float
    no_op: float
    slice: int
    baseline_students: int
    warmup: float = 0.5


class Students:
    """Students who have not registered yet, in random order; nobody is handed out twice."""

    def __init__(self, world: World, *, seed: int = 4) -> None:
        self._waiting = list(range(1, world.students + 1))
        random.Random(seed).shuffle(self._waiting)

    def take(self, count: int) -> Sequence[int]:
        """The next ones. Raises `ValueError` when there are not as many."""
        if count > len(self._waiting):
            raise ValueError(f"{count} students are wanted, and {len(self._waiting)} are left")
        taken, self._waiting = self._waiting[-count:], self._waiting[:-count]
        return taken


@dataclass(slots=True)
class Rounds:
    """Rounds of the registration rows: each measures all sides, one after the other."""

    cluster: Cluster
    world: World
    generator: LoadGenerator
    port: int
    no_op_port: int
    pace: Pace
    students: Students
    by_code: bool = False
    hot: list[Outcome] = field(default_factory=list)
    uniform: list[Outcome] = field(default_factory=list)
    no_ops: list[Outcome] = field(default_factory=list)
    hot_baseline: list[float] = field(default_factory=list)
    uniform_baseline: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """One more round."""
        self.hot.append(self.register_hot())
        self.hot_baseline.append(self._pgbench("one_cte_hot", clients=32))
        self.uniform.append(self.register_uniform())
        self.uniform_baseline.append(self._pgbench("one_cte_uniform", clients=8))
        self.no_ops.append(self._no_op())

    def register_hot(self) -> Outcome:
        """Everybody wants the hot sections."""
        return self._register(requests.hot_registrations(self.students.take(self.pace.slice), by_code=self.by_code))

    def register_uniform(self) -> Outcome:
        """Everybody wants one of the pairs."""
        students = self.students.take(self.pace.slice)
        return self._register(
            requests.uniform_registrations(students, self.world.pairs, seed=students[0], by_code=self.by_code)
        )

    def figures(self) -> list[Figure]:
        """The rows of the targets table."""
        no_ops = _rates(self.no_ops)
        return [
            Figure(targets.HOT, _rates(self.hot), tuple(self.hot_baseline)),
            Figure(targets.UNIFORM, _rates(self.uniform), tuple(self.uniform_baseline)),
            Figure(targets.HOT_HTTP, _rates(self.hot), no_ops),
            Figure(targets.UNIFORM_HTTP, _rates(self.uniform), no_ops),
            _spread(targets.SPREAD, self.hot),
            _spread(targets.UNIFORM_SPREAD, self.uniform),
        ]

    def _register(self, sent: tuple[bytes, ...]) -> Outcome:
        since = next_decision(self.cluster)
        before = stored_since(self.cluster, since)
        outcome = self.generator.send(
            Load(self.port, sent, CONNECTIONS, self.pace.measured, self.pace.warmup, registrations=True)
        )
        require_all_stored(outcome, before, stored_since(self.cluster, since))
        return outcome

    def _no_op(self) -> Outcome:
        """The same bytes as a registration's, to where nothing happens."""
        body = requests.registration(1, 100_000).partition(b"\r\n\r\n")[2]
        sent = (requests.post(no_op.PATH, body, Idempotency_Key="bench"),)
        return self.generator.send(
            Load(self.no_op_port, sent, CONNECTIONS, self.pace.no_op, self.pace.warmup, repeat=True)
        )

    def _pgbench(self, script: str, *, clients: int) -> float:
        return baseline.enrollments_per_second(
            self.cluster,
            script,
            clients=clients,
            seconds=self.pace.seconds,
            students=self.pace.baseline_students,
        )


def _rates(outcomes: Sequence[Outcome]) -> tuple[float, ...]:
    return tuple(outcome.rate for outcome in outcomes)


def _spread(target: Target, outcomes: Sequence[Outcome]) -> Figure:
    return Figure(target, tuple(one.p99 for one in outcomes), tuple(one.p50 for one in outcomes))
