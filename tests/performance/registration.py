"""The rows about registration: every rule, over REST, against pgbench and against a request that does nothing."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.performance import baseline, no_op, requests, targets
from tests.performance.load import Load, Outcome
from tests.performance.stage import Stage
from tests.performance.stored import next_decision, require_all_stored, stored_since
from tests.performance.targets import Figure, Target
from tests.performance.world import HOT, World

CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds for which pgbench runs, and for which registrations and requests that do nothing are measured.

    `slice` is how many students a run may use up, `baseline_students` how many the baseline's schema has.
    """

    pgbench: int
    registrations: float
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
class Registration:
    """Rounds that measure all sides, one after the other; `by_code` sends natural codes instead of ids."""

    stage: Stage
    pace: Pace
    students: Students
    by_code: bool = False
    hot: list[Outcome] = field(default_factory=list)
    uniform: list[Outcome] = field(default_factory=list)
    no_ops: list[Outcome] = field(default_factory=list)
    hot_baseline: list[float] = field(default_factory=list)
    uniform_baseline: list[float] = field(default_factory=list)

    @property
    def load_cost(self) -> float:
        """CPU of the load generator for one request, in microseconds, at the last run's pace."""
        return self.no_ops[-1].cpu

    def measure(self) -> None:
        """One more round."""
        self.hot.append(self.register_hot())
        self.hot_baseline.append(self._pgbench("one_cte_hot", clients=32))
        self.uniform.append(self.register_uniform())
        self.uniform_baseline.append(self._pgbench("one_cte_uniform", clients=8))
        self.no_ops.append(self._no_op())

    def register_hot(self) -> Outcome:
        """Everybody wants the hot sections."""
        students = self.students.take(self.pace.slice)
        sent = requests.hot_registrations(students, by_code=self.by_code)
        return register(self.stage, sent, CONNECTIONS, self.pace.registrations, self.pace.warmup)

    def register_uniform(self) -> Outcome:
        """Everybody wants one of the pairs."""
        students = self.students.take(self.pace.slice)
        pairs = self.stage.world.pairs
        sent = requests.uniform_registrations(students, pairs, seed=students[0], by_code=self.by_code)
        return register(self.stage, sent, CONNECTIONS, self.pace.registrations, self.pace.warmup)

    def figures(self) -> list[Figure]:
        """The rows of the targets table."""
        no_ops = _rates(self.no_ops)
        return [
            Figure(targets.HOT, _rates(self.hot), tuple(self.hot_baseline)),
            Figure(targets.UNIFORM, _rates(self.uniform), tuple(self.uniform_baseline)),
            Figure(targets.HOT_HTTP, _rates(self.hot), no_ops),
            Figure(targets.UNIFORM_HTTP, _rates(self.uniform), no_ops),
            _spread(targets.HOT_SPREAD, self.hot),
            _spread(targets.UNIFORM_SPREAD, self.uniform),
        ]

    def _no_op(self) -> Outcome:
        """The same bytes as a registration's, to where nothing happens."""
        body = requests.registration(1, HOT).partition(b"\r\n\r\n")[2]
        sent = (requests.post(no_op.PATH, body, Idempotency_Key="bench"),)
        return self.stage.generator.send(Load(self.stage.no_op, sent, CONNECTIONS, self.pace.no_op, repeat=True))

    def _pgbench(self, script: str, *, clients: int) -> float:
        return baseline.enrollments_per_second(
            self.stage.cluster,
            script,
            clients=clients,
            seconds=self.pace.pgbench,
            students=self.pace.baseline_students,
        )


def register(stage: Stage, sent: tuple[bytes, ...], connections: int, seconds: float, warmup: float = 0.5) -> Outcome:
    """Send registrations. Raises `BenchmarkError` unless what was acknowledged is what is stored afterwards."""
    since = next_decision(stage.cluster)
    before = stored_since(stage.cluster, since)
    outcome = stage.generator.send(Load(stage.product, sent, connections, seconds, warmup, registrations=True))
    require_all_stored(outcome, before, stored_since(stage.cluster, since))
    return outcome


def _rates(outcomes: Sequence[Outcome]) -> tuple[float, ...]:
    return tuple(outcome.rate for outcome in outcomes)


def _spread(target: Target, outcomes: Sequence[Outcome]) -> Figure:
    return Figure(target, tuple(one.p99 for one in outcomes), tuple(one.p50 for one in outcomes))
