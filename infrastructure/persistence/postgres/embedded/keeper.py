"""The keeper: a small detached process that runs a server and stops it when no client is left.

Started as `python -m …keeper DATA_DIR BIN_DIR LOCK_FD TIMEOUT [NAME=VALUE …]`, it inherits the keeper
lock as LOCK_FD and reports on its standard output: `ready`, or `failed` and the reason. If it is killed,
a later client starts another.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

from infrastructure.persistence.postgres.embedded.account import server_account
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError
from infrastructure.persistence.postgres.embedded.layout import Layout
from infrastructure.persistence.postgres.embedded.locks import open_lock_file, try_lock
from infrastructure.persistence.postgres.embedded.postmaster import Postmaster

READY = "ready"
FAILED = "failed"
_POLL_SECONDS = 0.2
_RETRY_SECONDS = 5.0
_STDOUT = 1


def main(arguments: list[str]) -> int:
    """Detach, bring the server up, report, keep it until nobody holds a lease (or SIGTERM), stop it."""
    if os.fork():
        os._exit(0)
    data_dir, bin_dir, _inherited_lock, timeout, *settings = arguments
    terminated = _terminated()
    layout = Layout(Path(data_dir))
    account = server_account(layout.cluster)
    postmaster = Postmaster(layout, Path(bin_dir), account, dict(item.split("=", 1) for item in settings))
    lease = open_lock_file(layout.lease_lock)
    try:
        postmaster.ensure_running(float(timeout))
    except EmbeddedPostgresError as error:
        _report(f"{FAILED}\n{error}")
        postmaster.stop()
        return 1
    _report(READY)
    while not terminated() and not try_lock(lease, exclusive=True):
        _look_after(postmaster, float(timeout))
        time.sleep(_POLL_SECONDS)
    postmaster.stop()
    return 0


def _look_after(postmaster: Postmaster, timeout: float) -> None:
    """Start a server again that died while clients need it."""
    postmaster.limit_log()
    if not postmaster.is_gone():
        return
    try:
        postmaster.ensure_running(timeout)
    except (EmbeddedPostgresError, OSError) as error:
        sys.stderr.write(f"keeper: {error}\n")
        time.sleep(_RETRY_SECONDS)


def _terminated() -> Callable[[], bool]:
    """Ignore the terminal's signals, and tell whether SIGTERM has come."""
    received: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    signal.signal(signal.SIGTERM, remember)
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    return lambda: bool(received)


def _report(message: str) -> None:
    """Tell the client that started this keeper, if it still lives, and let go of the pipe."""
    with suppress(BrokenPipeError):
        os.write(_STDOUT, message.encode())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDOUT)
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
