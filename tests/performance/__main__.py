"""`make bench`: every row of the targets table, measured in one run; prints it and writes docs/benchmarks.md."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.performance import baseline, report, serving, targets
from tests.performance.bulk import BulkImport
from tests.performance.cluster import BenchmarkError, Cluster
from tests.performance.reads import Idle, Reads
from tests.performance.registration import Pace, Registration, Students
from tests.performance.stage import AT_REST, Stage, explained, say, staged
from tests.performance.targets import Figure
from tests.performance.world import INSTITUTION_CODE, TERM_CODE, World

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
PACE = Pace(pgbench=5, registrations=5, no_op=3, slice=25_000, baseline_students=1_000_000)
_READ_SECONDS = 2.0
_IDLE_STUDENTS = 2_000
_BULK_STUDENTS = 10_000
_VERIFY_SECONDS = 900.0


@dataclass(slots=True)
class Starts:
    """Rounds of a server's start on a migrated database, while the others rest."""

    cluster: Cluster
    seconds: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """One more round."""
        log = self.cluster.data_dir.parent / "start.log"
        with serving.serving(self.cluster.environment(), log) as server:
            self.seconds.append(server.wait_until_ready())

    def figures(self) -> list[Figure]:
        """The row of the targets table."""
        return [Figure(targets.START, tuple(self.seconds), (1.0,) * len(self.seconds))]


def measure(stage: Stage, rounds: int, *, by_code: bool) -> tuple[list[Figure], float]:
    """All figures, and what a request cost the load generator in microseconds."""
    students = Students(stage.world)
    registration = Registration(stage, PACE, students, by_code)
    bulk = BulkImport(stage.cluster, _BULK_STUDENTS)
    bulk.prepare()
    environment, log = stage.cluster.environment() | AT_REST, stage.cluster.data_dir.parent / "hello.log"
    with serving.serving(environment, log, serving.HELLO) as hello:
        hello.wait_until_ready()
        reads = Reads(stage, hello.port, _READ_SECONDS)
        parts = (registration, Idle(stage, students), reads, bulk, Starts(stage.cluster))
        for number in range(1, rounds + 1):
            for part in parts:
                part.measure()
            say(f"round {number} of {rounds}")
    return [figure for part in parts for figure in part.figures()], registration.load_cost


def verify(cluster: Cluster) -> str:
    """What `matricula verify` says of the term. Raises `BenchmarkError` when it finds an offence."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "interfaces.main.cli", "verify"),
            *("--term", TERM_CODE, "--institution", INSTITUTION_CODE),
        ],
        env=cluster.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_VERIFY_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise BenchmarkError(f"matricula verify: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout.strip()


def main(arguments: Sequence[str]) -> int:
    """Measure, print and write; answers the exit code, which is 1 when a floor is missed."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often both sides are measured (default: 5)")
    parser.add_argument("--output", type=Path, default=PAGE, help="the page to write")
    parser.add_argument("--by-code", action="store_true", help="name records by natural codes instead of ids")
    chosen = parser.parse_args(arguments)
    each = chosen.rounds * PACE.slice
    students = 2 * each + chosen.rounds * _IDLE_STUDENTS
    world = World(students, pairs=1000, fillers=400, hot=each, uniform=each + chosen.rounds * _IDLE_STUDENTS)
    with staged(world) as stage:
        figures, cost = measure(stage, chosen.rounds, by_code=chosen.by_code)
        locking = baseline.enrollments_per_second(
            stage.cluster,
            "for_update_hot",
            clients=32,
            seconds=PACE.pgbench,
            students=PACE.baseline_students,
        )
        notes = (
            f"Stored: {world.students:,} students and {world.sections:,} sections; 64 connections, idle: 1.",
            f"The load generator is a process of its own; a request cost it {cost:.0f} µs of CPU.",
            f"For comparison, once: pgbench with `SELECT … FOR UPDATE`, hot, 32 clients: {locking:,.0f} /s.",
            f"Afterwards, `matricula verify`: {verify(stage.cluster)}",
        )
        text = report.page(
            figures,
            day=datetime.now(UTC).date(),
            postgres=stage.cluster.version(),
            durability=stage.cluster.durability(),
            rounds=chosen.rounds,
            notes=notes,
        )
    sys.stdout.write(report.table(figures) + "\n\n" + "\n".join(notes) + "\n")
    chosen.output.write_text(text, encoding="utf-8")
    return int(any(figure.is_missed for figure in figures))


if __name__ == "__main__":
    sys.exit(explained(lambda: main(sys.argv[1:])))
