"""The benchmark's own embedded PostgreSQL, durable as it ships, with its psql and pgbench."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infrastructure.bootstrap.embedded import embedded_database
from infrastructure.persistence.postgres.embedded.account import clean_environment
from infrastructure.persistence.postgres.embedded.endpoint import SUPERUSER
from infrastructure.persistence.postgres.embedded.lease import APP_ROLE, ServerLease
from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres

SQL = Path(__file__).parent / "sql"
PRODUCT = "matricula"
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
_MUST_BE_ON = ("fsync", "synchronous_commit")
_QUIETLY = ("-X", "-w", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1")
_LONGEST_SCRIPT = 1800.0
_DELETIONS = 50


class BenchmarkError(Exception):
    """The benchmark cannot go on, or what it found contradicts itself; the message says how."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server that this process holds, and its folder."""

    data_dir: Path
    lease: ServerLease

    def make_database(self, name: str) -> None:
        """Make an empty database, or empty an existing one."""
        self.lease.ensure_database(name, recreate=True)

    def psql(self, database: str, script: str | Path, **variables: object) -> str:
        """Run a script or a file as superuser up to the first error; answers what it shows, unaligned."""
        named = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        text = script.read_text(encoding="utf-8") if isinstance(script, Path) else script
        return self._run("psql", *_QUIETLY, *named, database=database, text=text)

    def pgbench(self, database: str, script: Path, *, clients: int, seconds: int) -> str:
        """Run pgbench with one of the scripts; answers its report."""
        options = ("-n", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", str(script))
        return self._run("pgbench", *options, database=database, seconds=seconds + 60.0)

    def version(self) -> str:
        """PostgreSQL's version."""
        return self.psql("postgres", "SHOW server_version").strip()

    def durability(self) -> Mapping[str, str]:
        """The settings on which durability rests, as the application's connections have them."""
        asked = ", ".join(f"current_setting('{name}')" for name in DURABILITY)
        values = (
            self._run("psql", *_QUIETLY, database=PRODUCT, text=f"SELECT {asked}", role=APP_ROLE).strip().split("|")
        )
        return dict(zip(DURABILITY, values, strict=True))

    def environment(self, database: str = PRODUCT) -> dict[str, str]:
        """What a process of the product needs to find this server."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MATRICULA_")}
        settings = {
            "DATA_DIR": str(self.data_dir),
            "DATABASE_NAME": database,
            "LOG_LEVEL": "error",
            "AUTHENTICATION": "development",
        }
        return kept | {f"MATRICULA_{name}": value for name, value in settings.items()}

    def _run(
        self,
        program: str,
        *options: str,
        database: str,
        text: str = "",
        seconds: float = _LONGEST_SCRIPT,
        role: str = SUPERUSER,
    ) -> str:
        where = ("-h", str(self.lease.socket_dir), "-p", str(self.lease.port), "-U", role)
        done = subprocess.run(
            [self.lease.bin_dir / program, *options, *where, database],
            input=text,
            capture_output=True,
            text=True,
            env=clean_environment(),
            timeout=seconds,
            check=False,
        )
        if done.returncode != 0:
            raise BenchmarkError(f"{program} failed: {done.stderr.strip()}")
        return done.stdout


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Start a server in a folder of its own, which is deleted afterwards.

    Raises `BenchmarkError` when it would not be durable: such figures say nothing.
    """
    folder = Path(tempfile.mkdtemp(prefix="mbench-"))
    # Root's PostgreSQL runs as another account, which must get there.
    folder.chmod(0o755)
    data_dir = folder / "data"
    try:
        with embedded_database(data_dir, PRODUCT) as lease:
            cluster = Cluster(data_dir, lease)
            require_durable(cluster.durability())
            yield cluster
    finally:
        EmbeddedPostgres(data_dir).wait_until_stopped()
        _delete(folder)


def _delete(folder: Path) -> None:
    """Delete a folder in which the server's last process may still be about to touch its lock."""
    for _ in range(_DELETIONS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
    raise BenchmarkError(f"{folder} could not be deleted")


def require_durable(settings: Mapping[str, str]) -> None:
    """Raise `BenchmarkError` unless a commit that was answered survives a crash."""
    off = [name for name in _MUST_BE_ON if settings.get(name) != "on"]
    if off:
        raise BenchmarkError(f"the server is not durable: {', '.join(off)} must be on")
