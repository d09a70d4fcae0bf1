"""`make scaling`: what a registration, a page, an import and a server's memory cost as the university grows."""

import argparse
import csv
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median

import psutil

from tests.performance import curves, requests, world
from tests.performance.bulk import ATTEMPTS, import_attempts, write_attempts
from tests.performance.cluster import PRODUCT, BenchmarkError, Cluster
from tests.performance.load import Load
from tests.performance.registration import CONNECTIONS, Students, register
from tests.performance.stage import Stage, explained, say, staged
from tests.performance.world import World

FOLDER = Path(__file__).parents[2] / "docs" / "performance"
SIZES = ((10_000, 1_000), (50_000, 3_000), (200_000, 10_000), (1_000_000, 50_000))
_RUNS = 3
_RUN_SECONDS = 4.0
_WARMUP_SECONDS = 0.2
_LONGEST_TOUR_SECONDS = 300.0
_SLICE = 3_000
_PAGE_SECONDS = 3.0
_IMPORTED_STUDENTS = 2_000
_IMPORTED_TERM = "2012-2"


@dataclass(frozen=True, slots=True)
class Size:
    """What one size of university costs: microseconds, milliseconds, rows a second, and mebibytes."""

    students: int
    sections: int
    registration_us: float
    page_ms: float
    import_rows_per_s: float
    server_mib: float
    database_mib: float


def measure(students: int, sections: int) -> Size:
    """Build a university of a size and measure it."""
    with staged(_world(students, sections)) as stage:
        registration = _registration(stage)
        return Size(
            students=students,
            sections=stage.world.sections,
            registration_us=round(registration, 1),
            page_ms=round(_page(stage), 3),
            import_rows_per_s=round(_import(stage.cluster)),
            server_mib=round(_resident(stage.product_pid) / 2**20, 1),
            database_mib=round(_stored(stage.cluster) / 2**20, 1),
        )


def _world(students: int, sections: int) -> World:
    """A university with room for the runs, and for a registration in each pair before them."""
    pairs = World.of_size(students, sections, 1).pairs
    return World.of_size(students, sections, _RUNS * _SLICE + pairs)


def _registration(stage: Stage) -> float:
    """Microseconds for each registration with all rules, the median of the runs.

    Before them every offering has been wanted once, which costs more: on a registration day a hundred others follow.
    """
    students = Students(stage.world)
    tour = random.Random(0).sample(range(1, stage.world.pairs + 1), stage.world.pairs)
    wanted = zip(students.take(len(tour)), tour, strict=True)
    sent = tuple(requests.registration(student, world.HOT + pair) for student, pair in wanted)
    register(stage, sent, CONNECTIONS, _LONGEST_TOUR_SECONDS, _WARMUP_SECONDS)
    costs = []
    for run in range(_RUNS):
        sent = requests.uniform_registrations(students.take(_SLICE), stage.world.pairs, seed=run)
        costs.append(1e6 / register(stage, sent, CONNECTIONS, _RUN_SECONDS, _WARMUP_SECONDS).rate)
    return median(costs)


def _page(stage: Stage) -> float:
    """Milliseconds until one client has a page of a hundred sections, in the middle of the term's."""
    page = (requests.get(f"/v1/sections?term={world.term_id()}&limit=100"),)
    outcome = stage.generator.send(Load(stage.product, page, 1, _PAGE_SECONDS, repeat=True))
    if set(outcome.statuses) != {200}:
        raise BenchmarkError(f"a page was answered with {dict(outcome.statuses)}")
    return outcome.p50


def _import(cluster: Cluster) -> float:
    """Rows a second of an import of attempts, its process's start and end included."""
    path = cluster.data_dir.parent / "attempts.csv"
    write_attempts(path, _IMPORTED_STUDENTS, _IMPORTED_TERM)
    started = time.perf_counter()
    import_attempts(cluster, PRODUCT, path)
    return ATTEMPTS * _IMPORTED_STUDENTS / (time.perf_counter() - started)


def _resident(pid: int) -> int:
    """Bytes of memory that a process and its children occupy."""
    process = psutil.Process(pid)
    return sum(int(one.memory_info().rss) for one in (process, *process.children(recursive=True)))


def _stored(cluster: Cluster) -> int:
    """Bytes of the product's database."""
    return int(cluster.psql(PRODUCT, "SELECT pg_database_size(current_database())"))


def write(sizes: Sequence[Size], folder: Path) -> None:
    """Write the numbers and their curves."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "scaling.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Size)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(size) for size in sizes)
    students = [size.students for size in sizes]
    for name, title, unit, series in (
        ("registration", "A registration with all rules", "µs", {"cost": [size.registration_us for size in sizes]}),
        ("page", "A page of 100 sections", "ms", {"latency": [size.page_ms for size in sizes]}),
        ("import", "An import of course attempts", "rows/s", {"rate": [size.import_rows_per_s for size in sizes]}),
        (
            "memory",
            "Memory and storage",
            "MiB",
            {"server": [size.server_mib for size in sizes], "database": [size.database_mib for size in sizes]},
        ),
    ):
        curves.draw(folder / f"{name}.svg", title, unit, students, series)


def main(arguments: Sequence[str]) -> int:
    """Measure each size, writing after each what there is so far; answers the exit code."""
    parser = argparse.ArgumentParser(prog="make scaling", description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1][0], help="the most students (default: 1000000)")
    parser.add_argument("--output", type=Path, default=FOLDER, help="the folder to write to")
    chosen = parser.parse_args(arguments)
    measured: list[Size] = []
    for students, sections in SIZES:
        if students <= chosen.largest:
            measured.append(measure(students, sections))
            say(str(asdict(measured[-1])))
            write(measured, chosen.output)
    return 0


if __name__ == "__main__":
    sys.exit(explained(lambda: main(sys.argv[1:])))
