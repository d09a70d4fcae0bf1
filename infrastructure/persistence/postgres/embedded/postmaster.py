"""Starting, watching and stopping the postmaster; used by the keeper alone.

Whether one is alive is told by a lock that it inherits and that all its children share, so neither a
stale pid file nor a foreign process that was given its old pid can mislead.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from infrastructure.persistence.postgres.embedded.account import Account, run_as, spawn_as
from infrastructure.persistence.postgres.embedded.endpoint import answering_endpoint
from infrastructure.persistence.postgres.embedded.errors import with_log_tail
from infrastructure.persistence.postgres.embedded.layout import Layout, choose_socket_dir, make_private_dir
from infrastructure.persistence.postgres.embedded.locks import is_free, open_lock_file, try_lock

_POLL_SECONDS = 0.03
_FAST_STOP_SECONDS = 120.0
_IMMEDIATE_STOP_SECONDS = 20.0
_LARGEST_LOG = 16 * 1024 * 1024
_DEFAULTS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "logging_collector": "off",
    "cluster_name": "matricula",
}


@dataclass(slots=True)
class Postmaster:
    """The server of one data directory, whether this process started it or found it running."""

    layout: Layout
    bin_dir: Path
    account: Account | None
    settings: Mapping[str, str]
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _socket_dir: Path | None = field(default=None, init=False)

    def is_gone(self) -> bool:
        """Whether no process of the server is left."""
        if self._child is not None:
            self._child.poll()
        return is_free(self.layout.server_lock)

    def ensure_running(self, timeout: float) -> None:
        """Return once the server answers, after starting it unless it runs already.

        Raises EmbeddedPostgresError, with the end of the log, when it ends or does not answer within
        *timeout* seconds.
        """
        deadline = time.monotonic() + timeout
        if self._child is not None and self._child.poll() is not None:
            self._child = None
        while not self._answers():
            if not self._launch_if_gone() and self._child is not None and self._child.poll() is not None:
                raise with_log_tail("PostgreSQL ended while starting", self.layout.log)
            if time.monotonic() > deadline:
                raise with_log_tail(f"PostgreSQL did not answer within {timeout:.0f} s", self.layout.log)
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Stop the server in an orderly way, ending open sessions; harshly if that takes minutes."""
        self._signal(signal.SIGINT, "fast")
        if not self._gone_within(_FAST_STOP_SECONDS):
            self._signal(signal.SIGQUIT, "immediate")
            self._gone_within(_IMMEDIATE_STOP_SECONDS)
        if self._socket_dir is not None and self._socket_dir.parent != self.layout.root:
            with suppress(OSError):
                self._socket_dir.rmdir()

    def limit_log(self) -> None:
        """Put an overlong log aside, so that the log never takes more than twice the limit."""
        try:
            if self.layout.log.stat().st_size > _LARGEST_LOG:
                content = self.layout.log.read_bytes()
                self.layout.log.with_suffix(".log.1").write_bytes(content)
                os.truncate(self.layout.log, 0)
        except OSError:
            return

    def _answers(self) -> bool:
        endpoint = answering_endpoint(self.layout, self.bin_dir, self.account)
        if endpoint is not None:
            self._socket_dir = endpoint.socket_dir
        return endpoint is not None

    def _launch_if_gone(self) -> bool:
        """Start the server, once, if no process of one is left."""
        if self._child is not None:
            return False
        lock = open_lock_file(self.layout.server_lock)
        try:
            if not try_lock(lock, exclusive=True):
                return False
            self._launch(lock)
        finally:
            os.close(lock)
        return True

    def _launch(self, lock: int) -> None:
        socket_dir = choose_socket_dir(self.layout, self.account)
        make_private_dir(socket_dir, self.account)
        for left_over in socket_dir.glob(".s.PGSQL.*"):
            left_over.unlink(missing_ok=True)
        self._disown_stale_pid_file()
        settings = {**_DEFAULTS, **self.settings, "unix_socket_directories": str(socket_dir)}
        options = [argument for item in settings.items() for argument in ("-c", "=".join(item))]
        log = os.open(self.layout.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            argv: list[str | Path] = [self.bin_dir / "postgres", "-D", self.layout.cluster, *options]
            self._child = spawn_as(self.account, argv, output=log, pass_fds=[lock])
        finally:
            os.close(log)

    def _disown_stale_pid_file(self) -> None:
        """Write this process's pid into a pid file left by a server that was killed.

        PostgreSQL would refuse to start if the old pid belonged to someone else by now, but it never
        minds its parent's. Deleting the file instead would also delete PostgreSQL's own guard against
        surviving backends (shared memory).
        """
        try:
            descriptor = os.open(self.layout.cluster / "postmaster.pid", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        with os.fdopen(descriptor, "r+b") as stream:
            lines = stream.read().split(b"\n")
            lines[0] = str(os.getpid()).encode()
            if len(lines) > 7:
                lines[7] = b"stopped "
            stream.seek(0)
            stream.truncate()
            stream.write(b"\n".join(lines))

    def _signal(self, number: signal.Signals, mode: str) -> None:
        """Signal one's own child directly; a server found running through pg_ctl, once it has answered."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(number)
        elif self._answers():
            run_as(self.account, [self.bin_dir / "pg_ctl", "stop", "-D", self.layout.cluster, "-m", mode, "-W"])

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self.is_gone():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True
