"""As root the server runs as an ordinary account; an ordinary user runs it as it is."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from infrastructure.persistence.postgres.embedded.account import Account, server_account
from infrastructure.persistence.postgres.embedded.binaries import Binaries, installed_binaries
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError
from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres
from tests.integration.embedded_postgres.processes import FAST, SOURCE_ROOT, postmaster_pid, stops

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can step down to another account")

_CYCLE = """
import os, sys
from pathlib import Path
from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"})
for _ in range(2):
    with server.start() as lease, server.start() as other:
        lease.ensure_database("university")
        assert lease.socket_dir.stat().st_uid == os.getuid() == Path(sys.argv[1]).stat().st_uid
    assert server.wait_until_stopped()
print("done as", os.getuid())
"""


@pytest.fixture
def account() -> Account:
    found = server_account(Path("/nonexistent"))
    assert found is not None
    return found


@as_root
def test_root_runs_the_server_as_an_ordinary_account(data_dir: Path, folder: Path, account: Account) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST).start():
        assert set(psutil.Process(postmaster_pid(data_dir)).uids()) == {account.uid}
        assert set(psutil.Process(postmaster_pid(data_dir)).gids()) == {account.gid}
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o710
        assert stat.S_IMODE((data_dir / "cluster").stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.stat().st_mode) == 0o711


@as_root
def test_a_folder_that_the_account_cannot_enter_is_named_and_left_alone(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedPostgresError, match=f"cannot enter {closed} .*chmod o\\+x {closed}"):
        EmbeddedPostgres(closed / "data").start()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_root_refuses_the_data_directory_of_somebody_else(folder: Path, account: Account) -> None:
    (folder / "theirs").mkdir()
    os.chown(folder / "theirs", account.uid + 1, -1)
    with pytest.raises(EmbeddedPostgresError, match="belongs to another user"):
        EmbeddedPostgres(folder / "theirs").start()


@as_root
def test_programs_out_of_the_accounts_reach_are_copied_to_the_data_directory(folder: Path, account: Account) -> None:
    package = installed_binaries().package
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for part in package.parent.glob("embedded_postgres*"):
        shutil.copytree(part, closed / part.name)
    binaries = Binaries(closed / "embedded_postgres", "18.0")
    found = binaries.usable_by(account, folder)
    assert found.is_relative_to(folder / "postgresql-18.0")
    done = subprocess.run([found / "initdb", "--version"], user=account.uid, check=True, capture_output=True)
    assert b"PostgreSQL" in done.stdout
    assert installed_binaries().usable_by(None, folder) == installed_binaries().bin_dir


def test_an_ordinary_user_starts_shares_and_restarts_a_server(folder: Path) -> None:
    if os.geteuid() != 0:
        assert _cycle(sys.executable, folder / "data", [SOURCE_ROOT, *sys.path], None)
        return
    account = server_account(Path("/nonexistent"))
    assert account is not None
    home = folder / "home"
    home.mkdir(mode=0o700)
    shutil.copytree(SOURCE_ROOT / "infrastructure", home / "infrastructure")
    for part in installed_binaries().package.parent.glob("embedded_postgres*"):
        shutil.copytree(part, home / part.name)
    for path in (home, *home.rglob("*")):
        os.chown(path, account.uid, account.gid)
    assert _cycle(_python_for(account), home / "data", [home], account)
    assert stops(home / "data")


def test_an_ordinary_user_is_told_when_the_data_directory_is_not_theirs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "data").mkdir()
    stranger = os.geteuid() + 4242
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    with pytest.raises(EmbeddedPostgresError, match="belongs to another user"):
        EmbeddedPostgres(folder / "data").start()


@pytest.mark.parametrize("obstacle", ["file", "read only"])
def test_a_data_directory_that_cannot_be_made_is_one_clear_error(folder: Path, obstacle: str) -> None:
    (folder / "file").write_text("")
    parent = folder / "file" if obstacle == "file" else Path("/proc/self")
    with pytest.raises(EmbeddedPostgresError, match=r"cannot be used: \w"):
        EmbeddedPostgres(parent / "data").start()


def test_a_file_in_the_place_of_the_data_directory_is_told_in_words(folder: Path) -> None:
    (folder / "data").write_text("")
    with pytest.raises(EmbeddedPostgresError, match=r"^the data directory .*/data cannot be used: File exists$"):
        EmbeddedPostgres(folder / "data").start()


def _python_for(account: Account) -> str:
    """An interpreter that the account can run; root's own often lies in root's home."""
    for candidate in (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin")):
        check = "import sys; sys.exit(sys.version_info < (3, 11))"
        try:
            done = subprocess.run(
                [candidate or "python3", "-c", check], user=account.uid, group=account.gid, check=False
            )
        except OSError:
            continue
        if done.returncode == 0:
            return candidate or "python3"
    pytest.skip(f"the account {account.name} can run no Python from 3.11 on")


def _cycle(python: str, data_dir: Path, path: list[Path | str], account: Account | None) -> bool:
    done = subprocess.run(
        [python, "-P", "-c", _CYCLE, data_dir],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    assert done.returncode == 0, done.stderr
    return "done as" in done.stdout
