"""The account that PostgreSQL runs as: one's own, except for root, as whom PostgreSQL refuses to run."""

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An ordinary account to which root steps down for PostgreSQL."""

    name: str
    uid: int
    gid: int

    def may_enter(self, folder: Path) -> bool:
        """Whether the account may pass through *folder*, by its permission bits."""
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def server_account(cluster: Path) -> Account | None:
    """Whom PostgreSQL runs as: None for oneself; for root the owner of the *cluster*, or a system account.

    Raises EmbeddedPostgresError when root finds no account to step down to.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(_name_of(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedPostgresError(
        f"PostgreSQL refuses to run as root, and there is no account {' or '.join(_CANDIDATES)} for it; "
        "create one, or run as an ordinary user"
    )


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without what would redirect PostgreSQL's programs (PG*) or translate their messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "PYTHON"))}
    return kept | {"LC_ALL": "C"} | extra


def run_as(
    account: Account | None, argv: Sequence[str | Path], *, timeout: float = 60.0
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as *account* (None: as oneself) and capture its output.

    Raises EmbeddedPostgresError when it cannot be started or takes longer than *timeout* seconds.
    """
    try:
        return subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            env=clean_environment(),
            timeout=timeout,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EmbeddedPostgresError(f"could not run {argv[0]}: {error}") from error


def spawn_as(
    account: Account | None, argv: Sequence[str | Path], *, output: int, pass_fds: Sequence[int]
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own as *account*, writing to the descriptor *output*.

    Raises EmbeddedPostgresError when it cannot be started.
    """
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=clean_environment(),
            pass_fds=pass_fds,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as error:
        raise EmbeddedPostgresError(f"could not run {argv[0]}: {error}") from error
