"""`make bench-quick`: the rows about registration in less than a minute, one JSON line each."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from infrastructure.persistence.postgres import migrate
from tests.performance import baseline, serving
from tests.performance.cluster import PRODUCT, own_cluster
from tests.performance.load import LoadGenerator
from tests.performance.registration import Pace, Rounds, Students
from tests.performance.targets import Figure
from tests.performance.world import World, build

ROUNDS = 2
PACE = Pace(seconds=3, measured=2.5, no_op=1.5, slice=12_000, baseline_students=100_000)
WORLD = World(
    students=2 * ROUNDS * PACE.slice, pairs=1000, fillers=400, hot=ROUNDS * PACE.slice, uniform=ROUNDS * PACE.slice
)

_AT_REST = {"MATRICULA_QUEUE_REVIEW_SECONDS": "0"}


def say(text: str) -> None:
    """Tell people how far it is; programs read standard output."""
    sys.stderr.write(f"[{time.monotonic() - _STARTED:5.1f} s] {text}\n")


@contextmanager
def rounds_on(world: World, pace: Pace, *, by_code: bool = False) -> Iterator[Rounds]:
    """A world of its own on a server of its own, with everything started that its rounds need."""
    with ExitStack() as stack:
        cluster = stack.enter_context(own_cluster())
        say(f"PostgreSQL {cluster.version()}: " + ", ".join(f"{k}={v}" for k, v in cluster.durability().items()))
        migrate.upgrade(cluster.lease.owner_url(PRODUCT))
        environment, log = cluster.environment(), cluster.data_dir.parent / "server.log"
        # Comes up meanwhile; it never looks at what is stored.
        no_op = stack.enter_context(serving.serving({**environment, **_AT_REST}, log, serving.WITH_NO_OP))
        build(cluster, world)
        cluster.make_database(baseline.DATABASE)
        say(f"{world.students:,} students and {2 * world.pairs + world.fillers + 2:,} sections are stored")
        product = stack.enter_context(serving.serving(environment, log))
        generator = stack.enter_context(LoadGenerator())
        product.wait_until_ready()
        no_op.wait_until_ready()
        say("the servers are ready")
        yield Rounds(cluster, world, generator, product.port, no_op.port, pace, Students(world), by_code)


def main() -> int:
    """Measure and print; answers the exit code."""
    with rounds_on(WORLD, PACE) as rounds:
        for number in range(1, ROUNDS + 1):
            rounds.measure()
            cost = rounds.no_ops[-1].cpu
            say(f"round {number} of {ROUNDS}; a request cost the load generator {cost:.0f} µs of CPU")
        figures = rounds.figures()
        print_lines(figures)
    say("all is stopped and deleted")
    return int(any(figure.is_missed for figure in figures))


def print_lines(figures: list[Figure]) -> None:
    """One JSON line a figure."""
    for figure in figures:
        sys.stdout.write(json.dumps(figure.summary(), ensure_ascii=False) + "\n")
    sys.stdout.flush()


_STARTED = time.monotonic()

if __name__ == "__main__":
    sys.exit(main())
