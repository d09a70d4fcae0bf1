"""The data directory: what lies where in it, whose it is, and where the server's socket goes."""

import hashlib
import os
import re
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infrastructure.persistence.postgres.embedded.account import Account
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError

# sun_path holds 108 bytes on Linux and 104 on macOS, one of them a closing zero.
_LONGEST_SOCKET_DIR = 103 - len("/.s.PGSQL.65535")
# A comma separates hosts in a connection string, so it and all else that is unusual is kept out of the path.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
_ROOT_DATA_DIR = Path("/var/lib/matricula")


def default_data_dir() -> Path:
    """/var/lib/matricula for root; for others `matricula` in the platform's folder for a user's data."""
    if os.geteuid() == 0:
        return _ROOT_DATA_DIR
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "matricula"
    configured = os.environ.get("XDG_DATA_HOME", "")
    base = Path(configured) if Path(configured).is_absolute() else Path.home() / ".local" / "share"
    return base / "matricula"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths in a data directory; *root* is absolute and free of symbolic links."""

    root: Path

    @classmethod
    def of(cls, data_dir: Path) -> "Layout":
        """The layout of *data_dir*, which need not exist yet."""
        return cls(data_dir.expanduser().resolve())

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory (PGDATA)."""
        return self.root / "cluster"

    @property
    def log(self) -> Path:
        """What the server and its keeper print."""
        return self.root / "server.log"

    @property
    def passwords(self) -> Path:
        """The generated passwords of the roles for TCP, as JSON."""
        return self.root / "tcp-passwords.json"

    @property
    def start_lock(self) -> Path:
        """Held exclusively by the one process that is starting."""
        return self.root / ".start.lock"

    @property
    def lease_lock(self) -> Path:
        """Held shared by every client, exclusively by the keeper once nobody is left."""
        return self.root / ".lease.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held exclusively by the keeper as long as it lives."""
        return self.root / ".keeper.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the postmaster and all its children, by inheritance, as long as one of them lives."""
        return self.root / ".server.lock"

    def prepare(self, account: Account | None) -> None:
        """Create the data directory, or check an existing one, so that *account* can reach what is below it.

        Nothing above the data directory is changed. Raises EmbeddedPostgresError, naming a folder in the way.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check_owner(account)
            if account is not None:
                self._open_to(account)
        except OSError as error:
            raise EmbeddedPostgresError(f"the data directory {self.root} cannot be used: {error.strerror}") from error

    def _check_owner(self, account: Account | None) -> None:
        owner = self.root.stat().st_uid
        if owner != os.geteuid() and (account is None or owner != account.uid):
            raise EmbeddedPostgresError(
                f"the data directory {self.root} belongs to another user (uid {owner}); "
                "run as that user or choose another data directory"
            )

    def _open_to(self, account: Account) -> None:
        for folder in reversed(self.root.parents):
            if not account.may_enter(folder):
                mode = stat.S_IMODE(folder.stat().st_mode)
                raise EmbeddedPostgresError(
                    f"PostgreSQL runs as the system account {account.name}, which cannot enter {folder} "
                    f"(mode {mode:04o}), so the data directory {self.root} is out of its reach; choose one "
                    f"elsewhere (root's default is {_ROOT_DATA_DIR}), or let it pass with: chmod o+x {folder}"
                )
        if not account.may_enter(self.root):
            os.chown(self.root, -1, account.gid)
            self.root.chmod(0o710)


def make_private_dir(folder: Path, account: Account | None) -> None:
    """Create *folder* for the server alone (0700), or check that an existing one is just that.

    Raises EmbeddedPostgresError when someone else owns the folder or can enter it.
    """
    owner = os.geteuid() if account is None else account.uid
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if account is not None:
            os.chown(folder, account.uid, account.gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise EmbeddedPostgresError(
            f"{folder} must be a folder that belongs to uid {owner} and is closed to others; remove it"
        )


def choose_socket_dir(layout: Layout, account: Account | None) -> Path:
    """A folder with a path short enough for a socket: `run` in the data directory, else one in a temp dir.

    Raises EmbeddedPostgresError when no folder will do.
    """
    inside = layout.root / "run"
    if _fits(inside):
        return inside
    name = f"matricula-{hashlib.sha256(os.fsencode(layout.root)).hexdigest()[:16]}"
    for base in (Path(tempfile.gettempdir()).resolve(), Path("/tmp").resolve()):  # noqa: S108  # in a folder of 0700
        if _fits(base / name) and (account is None or all(map(account.may_enter, (base, *base.parents)))):
            return base / name
    raise EmbeddedPostgresError(f"{inside} is too long a path for a socket, and no temporary folder will do")


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder)) <= _LONGEST_SOCKET_DIR and _PLAIN_PATH.fullmatch(str(folder)) is not None
