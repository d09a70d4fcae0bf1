r"""The row about bulk imports: `matricula import attempts` against psql's `\copy` of the same rows into the same table.

Both are whole processes, started and ended, and both begin with an empty table in a database of their own.
"""

import csv
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from infrastructure.persistence.postgres import migrate
from tests.performance import targets, world
from tests.performance.cluster import BenchmarkError, Cluster
from tests.performance.targets import Figure
from tests.performance.world import World, build

DATABASE = "bulk"
_INSTITUTION = ("--institution", world.INSTITUTION_CODE)
ATTEMPTS = 12
_IMPORT_SECONDS = 600.0
_COLUMNS = (
    "institution_id, id, student_id, course_id, term, credits, grade, scheme_id, passed, in_progress, transfer, version"
)


@dataclass(slots=True)
class BulkImport:
    """Rounds of imports of as many rows as `students` have twelve attempts."""

    cluster: Cluster
    students: int
    ours: list[float] = field(default_factory=list)
    against: list[float] = field(default_factory=list)

    def prepare(self) -> None:
        """Make the database, and write both files."""
        self.cluster.make_database(DATABASE)
        migrate.upgrade(self.cluster.lease.owner_url(DATABASE))
        build(self.cluster, World(self.students, pairs=4, fillers=4, hot=1, uniform=1), database=DATABASE)
        write_attempts(self._named, self.students)
        write_resolved(self._resolved, self.students)

    def measure(self) -> None:
        """One more round."""
        self.ours.append(self._rate(self._import))
        self.against.append(self._rate(self._copy))

    def figures(self) -> list[Figure]:
        """The row of the targets table."""
        return [Figure(targets.BULK, tuple(self.ours), tuple(self.against))]

    @property
    def _named(self) -> Path:
        return self.cluster.data_dir.parent / "attempts.csv"

    @property
    def _resolved(self) -> Path:
        return self.cluster.data_dir.parent / "resolved.csv"

    def _rate(self, side: Callable[[], None]) -> float:
        """Rows a second. Raises `BenchmarkError` when other rows are stored than were sent."""
        rows = ATTEMPTS * self.students
        self.cluster.psql(DATABASE, "TRUNCATE course_attempts")
        started = time.perf_counter()
        side()
        taken = time.perf_counter() - started
        stored = int(self.cluster.psql(DATABASE, "SELECT count(*) FROM course_attempts"))
        if stored != rows:
            raise BenchmarkError(f"{stored} of {rows} rows are stored")
        return rows / taken

    def _import(self) -> None:
        import_attempts(self.cluster, DATABASE, self._named)

    def _copy(self) -> None:
        self.cluster.psql(DATABASE, rf"\copy course_attempts ({_COLUMNS}) FROM '{self._resolved}' WITH (FORMAT csv)")


def import_attempts(cluster: Cluster, database: str, path: Path) -> None:
    """Import a file as an operator would. Raises `BenchmarkError` when that is refused."""
    done = subprocess.run(
        [sys.executable, "-m", "interfaces.main.cli", "import", "attempts", str(path), *_INSTITUTION],
        env=cluster.environment(database),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_IMPORT_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise BenchmarkError(f"the import failed: {done.stderr.strip()}")


def write_attempts(path: Path, students: int, term: str = "2024-1") -> None:
    """A file for the product, which knows records by their codes: twelve attempts of each student."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("student_code", "course_code", "term", "credits", "grade", "scheme"))
        for student in range(1, students + 1):
            for course in range(1, ATTEMPTS + 1):
                writer.writerow((f"S-{student}", f"GEN-{course}", term, "3", "B", "LETTERS"))


def write_resolved(path: Path, students: int) -> None:
    """The same rows as the table has them, for whom nothing is looked up and nothing validated."""
    institution, scheme = world.institution_id(), world.identifier(4, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for student in range(1, students + 1):
            for course in range(1, ATTEMPTS + 1):
                own = (world.identifier(15, 16 * student + course), world.student_id(student))
                rest = ("2024-1", "3", "B", scheme, "t", "f", "f", "1")
                writer.writerow((institution, *own, world.identifier(7, course), *rest))
