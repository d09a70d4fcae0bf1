"""What every measurement needs: a world on a durable server, and the servers of registration, started."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from infrastructure.persistence.postgres import migrate
from tests.performance import baseline, serving
from tests.performance.cluster import PRODUCT, BenchmarkError, Cluster, own_cluster
from tests.performance.load import LoadGenerator
from tests.performance.world import World, build

AT_REST = {"MATRICULA_QUEUE_REVIEW_SECONDS": "0"}
"""The setting of servers that are not to look at what is stored."""
_STARTED = time.monotonic()


@dataclass(frozen=True, slots=True)
class Stage:
    """A world, and the ports on which the product and its application with a no-op listen."""

    cluster: Cluster
    world: World
    generator: LoadGenerator
    product: int
    product_pid: int
    no_op: int


def say(text: str) -> None:
    """Tell people how far it is; programs read standard output."""
    sys.stderr.write(f"[{time.monotonic() - _STARTED:5.1f} s] {text}\n")
    sys.stderr.flush()


def explained(task: Callable[[], int]) -> int:
    """The exit code of a benchmark: its own, or 2 after one line when it could not be finished.

    Whoever ends it early has everything stopped and deleted, too.
    """
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        return task()
    except BenchmarkError as error:
        sys.stderr.write(f"No figures: {error}\n")
        return 2


@contextmanager
def staged(world: World, *, foreign_keys: bool = False) -> Iterator[Stage]:
    """Set up everything; afterwards all of it is stopped and deleted. Raises `BenchmarkError`."""
    with ExitStack() as stack:
        cluster = stack.enter_context(own_cluster())
        settings = ", ".join(f"{name}={value}" for name, value in cluster.durability().items())
        say(f"PostgreSQL {cluster.version()}: {settings}")
        migrate.upgrade(cluster.lease.owner_url(PRODUCT))
        environment, log = cluster.environment(), cluster.data_dir.parent / "server.log"
        # Comes up while the world is built.
        no_op = stack.enter_context(serving.serving(environment | AT_REST, log, serving.WITH_NO_OP))
        build(cluster, world, foreign_keys=foreign_keys)
        cluster.make_database(baseline.DATABASE)
        say(f"{world.students:,} students and {world.sections:,} sections are stored")
        product = stack.enter_context(serving.serving(environment, log))
        generator = stack.enter_context(LoadGenerator())
        product.wait_until_ready()
        no_op.wait_until_ready()
        say("the servers are ready")
        yield Stage(cluster, world, generator, product.port, product.pid, no_op.port)
    say("all is stopped and deleted")
