"""Advisory file locks (flock), the only thing that processes sharing a server use to learn of each other.

The kernel drops a lock when the last process holding it dies, however it dies; that is why no process id
is ever trusted.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError

_POLL_SECONDS = 0.02


def open_lock_file(path: Path) -> int:
    """A descriptor of the lock file, created when missing; not inherited by programs that are started."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int, *, exclusive: bool) -> bool:
    """Take the lock if nobody holds a conflicting one; False when somebody does."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_before(deadline: float, descriptor: int, *, exclusive: bool, awaited: str) -> None:
    """Take the lock, waiting until *deadline* (monotonic seconds).

    Raises EmbeddedPostgresError, naming what was *awaited*, when the deadline passes.
    """
    while not try_lock(descriptor, exclusive=exclusive):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"timed out waiting for {awaited}")
        time.sleep(_POLL_SECONDS)


@contextmanager
def exclusive_lock(path: Path, deadline: float, *, awaited: str) -> Iterator[None]:
    """Hold the exclusive lock of *path* for the length of a block; waits and raises like `lock_before`."""
    descriptor = open_lock_file(path)
    try:
        lock_before(deadline, descriptor, exclusive=True, awaited=awaited)
        yield
    finally:
        os.close(descriptor)


def is_free(path: Path) -> bool:
    """Whether nobody holds a lock of *path*; a missing folder counts as free."""
    try:
        descriptor = open_lock_file(path)
    except FileNotFoundError:
        return True
    try:
        return try_lock(descriptor, exclusive=True)
    finally:
        os.close(descriptor)
