"""`make bench-against`: registrations by this tree and by an older commit, in turn, each on a PostgreSQL of its own.

This tree's requests carry access tokens: `one` for all of them, or each student's own, with which a page was read
before (`seen`), or nothing (`new`). The older commit's carry none, as development has it.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from application.access.ports import AccessTokens, Claims
from domain.shared.identifiers import InstitutionId, SessionId, StudentId
from domain.shared.role import Role
from infrastructure.bootstrap.access import make_signing_keys, make_tokens
from infrastructure.bootstrap.settings import Settings
from infrastructure.clock import SystemClock
from infrastructure.persistence.postgres import migrate
from tests.performance import requests, serving, world
from tests.performance.cluster import PRODUCT, BenchmarkError, own_cluster
from tests.performance.load import Load, LoadGenerator
from tests.performance.registration import CONNECTIONS, Students, register
from tests.performance.stage import Stage, explained, say
from tests.performance.world import World, build

TREE = Path(__file__).parents[2]
_AUTHENTICATION = "MATRICULA_AUTHENTICATION"
SECONDS = 5.0
_LONGEST_READING = 60.0
SLICE = 9_000
_MIGRATE = "import sys; from infrastructure.persistence.postgres import migrate; migrate.upgrade(sys.argv[1])"


@dataclass(slots=True)
class Side:
    """One of the two: its server, and students who have not registered yet."""

    name: str
    stage: Stage
    students: Students
    token: requests.TokenOf | None
    is_seen: bool
    hot: list[float] = field(default_factory=list)
    uniform: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """One more round. Raises `BenchmarkError` unless what was acknowledged is what is stored."""
        students, token = self._students()
        self.hot.append(self._rate(requests.hot_registrations(students, token=token)))
        students, token = self._students()
        pairs = self.stage.world.pairs
        sent = requests.uniform_registrations(students, pairs, seed=students[0], token=token)
        self.uniform.append(self._rate(sent))
        say(f"{self.name}: {self.hot[-1]:.0f} hot and {self.uniform[-1]:.0f} uniform registrations a second")

    def _students(self) -> tuple[Sequence[int], requests.TokenOf | None]:
        """Students of a run and what their requests carry, which the server knows if it is to."""
        students = self.students.take(SLICE)
        if self.token is None:
            return students, None
        tokens = {student: self.token(student) for student in students}
        if self.is_seen:
            page = f"/v1/terms/{world.term_id()}"
            reads = tuple(requests.get(page, Authorization=f"Bearer {tokens[student]}") for student in students)
            self.stage.generator.send(Load(self.stage.product, reads, CONNECTIONS, _LONGEST_READING, warmup=0.0))
        return students, tokens.__getitem__

    def _rate(self, sent: tuple[bytes, ...]) -> float:
        return register(self.stage, sent, CONNECTIONS, SECONDS).rate


def tokens_of(kind: str, settings: Settings) -> requests.TokenOf | None:
    """What a student's request carries: nothing, one registrar's token for all, or the student's own.

    They are signed as the server signs them, for accounts that it never asks after.
    """
    if kind == "none":
        return None
    tokens = make_tokens(make_signing_keys(settings), SystemClock(), settings.token_issuer)
    if kind == "one":
        token = _token(tokens, Role.REGISTRAR)
        return lambda student: token
    return lambda student: _token(tokens, Role.STUDENT, StudentId(world.student_id(student)))


def _token(tokens: AccessTokens, role: Role, student: StudentId | None = None) -> str:
    """A token as signing in gives it, good for as long as the benchmark may take."""
    now = datetime.now(UTC)
    claims = Claims(
        institution=InstitutionId(world.institution_id()),
        subject=uuid4(),
        roles=frozenset({role.value}),
        issued_at=now,
        expires_at=now + timedelta(hours=1),
        session=SessionId(uuid4()),
        scopes=None,
        student=student,
        instructor=None,
    )
    return tokens.issue(claims)


@contextmanager
def older_tree(commit: str) -> Iterator[Path]:
    """The commit's files, in a working tree that is deleted afterwards. Raises `BenchmarkError`."""
    with tempfile.TemporaryDirectory(prefix="mbench-tree-") as folder:
        tree = Path(folder) / "tree"
        made = _git("worktree", "add", "--detach", str(tree), commit)
        if made.returncode != 0:
            raise BenchmarkError(f"{commit} cannot be checked out: {made.stderr.strip()}")
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["git", *arguments], cwd=TREE, capture_output=True, text=True, check=False)


def migrate_by(tree: Path) -> Callable[[str], None]:
    """Bring a database to the schema of another tree. Raises `BenchmarkError`."""

    def upgrade(url: str) -> None:
        done = subprocess.run(
            [sys.executable, "-c", _MIGRATE, url],
            cwd=tree,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BenchmarkError(f"the older schema was not made: {done.stderr.strip()[-2000:]}")

    return upgrade


def knows_authentication(tree: Path) -> bool:
    """Whether callers can be told apart there; trees from before that refuse a setting that they don't know."""
    return " authentication:" in (tree / "infrastructure" / "bootstrap" / "settings.py").read_text(encoding="utf-8")


@contextmanager
def side(
    name: str,
    measured: World,
    generator: LoadGenerator,
    tree: Path,
    upgrade: Callable[[str], None],
    tokens: str,
) -> Iterator[Side]:
    """A server of a tree with a world of its own, stopped and deleted afterwards."""
    with own_cluster() as cluster:
        upgrade(cluster.lease.owner_url(PRODUCT))
        build(cluster, measured)
        environment = cluster.environment()
        if not knows_authentication(tree):
            del environment[_AUTHENTICATION]
        elif tokens != "none":
            environment[_AUTHENTICATION] = "accounts"
        with serving.serving(environment, cluster.data_dir.parent / "server.log", tree=tree) as server:
            server.wait_until_ready()
            say(f"{name} is ready")
            settings = Settings.from_environment(data_dir=cluster.data_dir)
            stage = Stage(cluster, measured, generator, server.port, server.pid, no_op=0)
            yield Side(name, stage, Students(measured), tokens_of(tokens, settings), is_seen=tokens == "seen")


def main(arguments: Sequence[str]) -> int:
    """Measure and print; answers the exit code, which is 1 when this tree is slower than wanted."""
    parser = argparse.ArgumentParser(prog="make bench-against", description=__doc__)
    parser.add_argument("commit", help="the older commit")
    parser.add_argument(
        "--tokens", choices=("none", "one", "seen", "new"), default="seen", help="what requests carry here"
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often the two take turns (%(default)s)")
    parser.add_argument("--at-least", type=float, default=0.85, help="the median ratio that is wanted (%(default)s)")
    chosen = parser.parse_args(arguments)
    each = chosen.rounds * SLICE
    measured = World(students=2 * each, pairs=1000, fillers=400, hot=each, uniform=each)
    with (
        LoadGenerator() as generator,
        older_tree(chosen.commit) as tree,
        side(chosen.commit, measured, generator, tree, migrate_by(tree), "none") as older,
        side("this tree", measured, generator, TREE, migrate.upgrade, chosen.tokens) as newer,
    ):
        for number in range(chosen.rounds):
            # Who goes first alternates, too: what comes second finds warmer files.
            for one in (older, newer) if number % 2 else (newer, older):
                one.measure()
    ratios = [
        statistics.median(new / old for new, old in zip(ours, theirs, strict=True))
        for ours, theirs in ((newer.hot, older.hot), (newer.uniform, older.uniform))
    ]
    sys.stdout.write(f"to {chosen.commit}, tokens {chosen.tokens}: hot {ratios[0]:.2f}, uniform {ratios[1]:.2f}\n")
    return int(min(ratios) < chosen.at_least)


if __name__ == "__main__":
    sys.exit(explained(lambda: main(sys.argv[1:])))
