"""The embedded server as its users see it: start it, or join the one that runs, and hold a lease on it.

Processes agree through locks in the data directory (see `locks`). A client holds the lease lock shared
for as long as it needs the server. The keeper stops the server only while holding that lock exclusively,
so whoever has a lease has a server that is not about to stop.
"""

import asyncio
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from infrastructure.persistence.postgres.embedded.account import Account, server_account
from infrastructure.persistence.postgres.embedded.binaries import installed_binaries
from infrastructure.persistence.postgres.embedded.cluster import ensure_cluster
from infrastructure.persistence.postgres.embedded.endpoint import Endpoint, answering_endpoint
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError, with_log_tail
from infrastructure.persistence.postgres.embedded.keeper import FAILED, READY
from infrastructure.persistence.postgres.embedded.layout import Layout
from infrastructure.persistence.postgres.embedded.lease import ServerLease
from infrastructure.persistence.postgres.embedded.locks import (
    exclusive_lock,
    is_free,
    lock_before,
    open_lock_file,
    try_lock,
)
from infrastructure.persistence.postgres.embedded.roles import ensure_passwords, ensure_roles

_POLL_SECONDS = 0.03
_MOST_KEEPERS_LOST = 3
_KEEPER = "infrastructure.persistence.postgres.embedded.keeper"
_SOURCE_ROOT = Path(__file__).resolve().parents[4]


class EmbeddedPostgres:
    """The server of one data directory, shared by every process that starts it."""

    def __init__(
        self,
        data_dir: Path,
        *,
        settings: Mapping[str, str] | None = None,
        tcp_port: int | None = None,
        start_timeout: float = 60.0,
    ) -> None:
        """Nothing is touched yet.

        *settings* (PostgreSQL's names) and *tcp_port* (on 127.0.0.1, with passwords) take effect if this
        process turns out to start the server, and not if one runs already. *start_timeout* is in seconds,
        initdb not counted.
        """
        self._layout = Layout.of(data_dir)
        self._settings = dict(settings or {})
        self._tcp_port = tcp_port
        self._timeout = start_timeout

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self._layout.log

    def start(self) -> ServerLease:
        """Join the running server, or make and start one; blocks until it has answered a query.

        Raises EmbeddedPostgresError, with the reason and where useful the end of the server's log.
        """
        binaries = installed_binaries()
        account = server_account(self._layout.cluster)
        self._layout.prepare(account)
        deadline = time.monotonic() + self._timeout
        try:
            lease = open_lock_file(self._layout.lease_lock)
        except OSError as error:
            raise EmbeddedPostgresError(f"the data directory cannot be used: {error}") from error
        try:
            with exclusive_lock(
                self._layout.start_lock, deadline, awaited="another process that is starting the server"
            ):
                lock_before(deadline, lease, exclusive=False, awaited="the server to finish stopping")
                server_bin = binaries.usable_by(account, self._layout.root)
                ensure_cluster(self._layout, server_bin, binaries.major, account, durable=self._is_durable())
                endpoint = self._serve(binaries.bin_dir, server_bin, account)
                self._check_tcp(endpoint)
                ensure_roles(endpoint)
                passwords = ensure_passwords(endpoint, self._layout)
            return ServerLease(endpoint, lease, passwords, lambda: self._replace_lost_keeper(server_bin))
        except BaseException as error:
            os.close(lease)
            if isinstance(error, OSError):
                raise EmbeddedPostgresError(f"the embedded server could not be started: {error}") from error
            raise

    async def start_async(self) -> ServerLease:
        """`start` in a thread, for use inside an event loop."""
        return await asyncio.to_thread(self.start)

    def wait_until_stopped(self, timeout: float = 30.0) -> bool:
        """Wait up to *timeout* seconds for the server and its keeper to be gone; whether they are."""
        deadline = time.monotonic() + timeout
        while not (is_free(self._layout.keeper_lock) and is_free(self._layout.server_lock)):
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def _is_durable(self) -> bool:
        return self._settings.get("fsync", "on").lower() not in ("off", "false", "no", "0")

    def _serve(self, bin_dir: Path, server_bin: Path, account: Account | None) -> Endpoint:
        """The endpoint of a server that answers and has a keeper; starts a keeper unless there is one."""
        deadline = time.monotonic() + self._timeout
        keepers_lost = 0
        while True:
            if self._start_keeper_if_missing(server_bin, deadline) == "":
                keepers_lost += 1
            if (endpoint := answering_endpoint(self._layout, bin_dir, account)) is not None:
                return endpoint
            if time.monotonic() > deadline or keepers_lost >= _MOST_KEEPERS_LOST:
                raise with_log_tail(f"the embedded server in {self._layout.root} does not answer", self._layout.log)
            time.sleep(_POLL_SECONDS)

    def _start_keeper_if_missing(self, server_bin: Path, deadline: float) -> str | None:
        """Start a keeper and return its report ("" if it died without one), or None if there is one already.

        Raises EmbeddedPostgresError when the keeper reports a failure.
        """
        lock = open_lock_file(self._layout.keeper_lock)
        try:
            if not try_lock(lock, exclusive=True):
                return None
            reports = self._spawn_keeper(server_bin, lock)
        finally:
            os.close(lock)
        try:
            report = _read_before(deadline, reports)
        finally:
            os.close(reports)
        if report.startswith(FAILED):
            raise EmbeddedPostgresError(report.removeprefix(FAILED).strip())
        return report

    def _spawn_keeper(self, server_bin: Path, lock: int) -> int:
        """Start the keeper, which detaches itself and inherits *lock*; the pipe of its report."""
        settings = dict(self._settings)
        if self._tcp_port is not None:
            settings |= {"port": str(self._tcp_port), "listen_addresses": "127.0.0.1"}
        reports, output = os.pipe()
        log = os.open(self._layout.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            subprocess.run(
                [
                    *(sys.executable, "-P", "-S", "-m", _KEEPER, self._layout.root, server_bin),
                    *(str(lock), str(self._timeout), *map("=".join, settings.items())),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                cwd="/",
                env={**os.environ, "PYTHONPATH": str(_SOURCE_ROOT)},
                pass_fds=[lock],
                start_new_session=True,
                check=False,
            )
        except OSError:
            os.close(reports)
            raise
        finally:
            os.close(output)
            os.close(log)
        return reports

    def _check_tcp(self, endpoint: Endpoint) -> None:
        if self._tcp_port is not None and not (endpoint.listens_on_tcp and endpoint.port == self._tcp_port):
            raise EmbeddedPostgresError(
                f"the server runs already, without TCP port {self._tcp_port}; "
                "stop the processes that use it, then start again"
            )

    def _replace_lost_keeper(self, server_bin: Path) -> None:
        """Before a lease ends: replace a keeper that was killed, for else nobody would stop the server."""
        if is_free(self._layout.keeper_lock) and not is_free(self._layout.server_lock):
            deadline = time.monotonic() + self._timeout
            with exclusive_lock(
                self._layout.start_lock, deadline, awaited="another process that is starting the server"
            ):
                self._start_keeper_if_missing(server_bin, deadline)


def _read_before(deadline: float, descriptor: int) -> str:
    """What is written to a pipe until it says that all is well, its writers close it, or *deadline* passes."""
    received = bytearray()
    while (left := deadline - time.monotonic()) > 0:
        if select.select([descriptor], [], [], left)[0]:
            chunk = os.read(descriptor, 4096)
            received += chunk
            if not chunk or received == READY.encode():
                break
    return received.decode(errors="replace")
