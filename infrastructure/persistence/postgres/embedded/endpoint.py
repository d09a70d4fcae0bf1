"""How to reach a running server, and whether it answers: by a real connection, never by a process id."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infrastructure.persistence.postgres.embedded.account import Account, clean_environment
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError
from infrastructure.persistence.postgres.embedded.layout import Layout, make_private_dir

SUPERUSER = "postgres"
_PID_FILE_LINES = 8
_PROBE = "SELECT current_setting('data_directory')"
_PROBE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server's socket, its port (which names the socket, too) and whether it listens on TCP there."""

    bin_dir: Path
    socket_dir: Path
    port: int
    listens_on_tcp: bool

    def run_sql(
        self,
        script: str,
        *,
        database: str = "postgres",
        variables: Mapping[str, str] | None = None,
        timeout: float = 120.0,
    ) -> str:
        """Run a psql *script* as superuser up to the first error; its output, unaligned and without headers.

        In the script, :'name' is the variable as a literal and :"name" as an identifier.
        Raises EmbeddedPostgresError with psql's own words.
        """
        connection = ["-h", str(self.socket_dir), "-p", str(self.port), "-U", SUPERUSER, "-d", database]
        named = [argument for item in (variables or {}).items() for argument in ("-v", "=".join(item))]
        try:
            done = subprocess.run(
                [self.bin_dir / "psql", "-X", "-w", "-A", "-t", "-v", "ON_ERROR_STOP=1", *named, *connection],
                input=script,
                capture_output=True,
                text=True,
                errors="replace",
                env=clean_environment(PGCONNECT_TIMEOUT="5"),
                timeout=timeout,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EmbeddedPostgresError(f"could not run psql: {error}") from error
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"the embedded server refused: {done.stderr.strip()}")
        return done.stdout


def answering_endpoint(layout: Layout, bin_dir: Path, account: Account | None) -> Endpoint | None:
    """The server that is serving *layout* and has just answered a query, or None.

    The pid file only says where to knock; it may be a dead server's. What answers there must be a server
    of this very data directory, behind a folder that nobody else could have made.
    """
    endpoint = _announced_endpoint(layout, bin_dir)
    if endpoint is None:
        return None
    try:
        if not endpoint.socket_dir.exists():
            return None
        make_private_dir(endpoint.socket_dir, account)
        answer = endpoint.run_sql(_PROBE, timeout=_PROBE_SECONDS)
    except (EmbeddedPostgresError, OSError):
        return None
    return endpoint if answer.strip() == str(layout.cluster) else None


def _announced_endpoint(layout: Layout, bin_dir: Path) -> Endpoint | None:
    """What postmaster.pid says: pid, data directory, start, port, socket folder, address, memory, status."""
    try:
        descriptor = os.open(layout.cluster / "postmaster.pid", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, encoding="utf-8", errors="surrogateescape") as stream:
            lines = stream.read().splitlines()
    except OSError:
        return None
    if len(lines) < _PID_FILE_LINES or lines[7].strip() != "ready" or not lines[3].isdigit() or not lines[4]:
        return None
    return Endpoint(bin_dir, Path(lines[4]), int(lines[3]), listens_on_tcp=bool(lines[5].strip()))
