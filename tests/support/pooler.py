"""The PgBouncer of a test run, in transaction mode before the run's server: a container, or a program on the PATH.

A server in a container gets one beside it (`MATRICULA_TEST_PGBOUNCER_IMAGE`); any other server a `pgbouncer` of this
machine where there is one. A database has five connections, so that clients do share them.
"""

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import tarfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import docker
from sqlalchemy import URL, make_url

from infrastructure.persistence.postgres.embedded.account import server_account
from infrastructure.persistence.postgres.embedded.lease import APP_ROLE

LABEL = "matricula.test"
_IMAGE = "MATRICULA_TEST_PGBOUNCER_IMAGE"
_OLDEST = (1, 21)
_PORT = 6432
_LOOPBACK = ("localhost", "127.0.0.1", "::1", "")
_SECONDS = 30.0
_MAY_WE_ENCRYPT = b"\0\0\0\x08\x04\xd2\x16\x2f"
"""The question of PostgreSQL's protocol that has an answer of one byte: `N` or `S`."""

_CONFIGURATION = """
[databases]
* = host={host} port={port}

[pgbouncer]
pool_mode = transaction
default_pool_size = 5
max_client_conn = 500
max_prepared_statements = {max_prepared_statements}
auth_type = scram-sha-256
auth_file = {folder}/userlist.txt
listen_addr = {listen_addr}
listen_port = {listen_port}
unix_socket_dir =
"""


class NoPooler(Exception):  # noqa: N818 - reads as what it is
    """A run through PgBouncer was asked for, and there is none to be had."""


def start_beside(server: str, engine_host: str, password: str, max_prepared_statements: int) -> tuple[str, str]:
    """A container beside the server's, on the same network: its id, and where it listens on the engine's host."""
    with closing(docker.from_env()) as engine:
        (network,) = engine.containers.get(server).attrs["NetworkSettings"]["Networks"].values()
    return _in_a_container(network["IPAddress"], 5432, engine_host, password, max_prepared_statements)


def start_for(url: str, folder: Path, password: str, max_prepared_statements: int) -> tuple[str | None, str]:
    """A program for the server of `url`, with its files in `folder`, else a container: its id, and where it listens."""
    server = make_url(url)
    host, port = str(server.query.get("host") or server.host or ""), _port_of(server)
    program = shutil.which("pgbouncer")
    if program is not None:
        return None, _as_a_program(program, folder, host, port, password, max_prepared_statements)
    if host.startswith("/"):
        detail = f"The server listens on a socket only: a pgbouncer {'.'.join(map(str, _OLDEST))} must be on the PATH."
        raise NoPooler(detail)
    from testcontainers.core.docker_client import DockerClient  # only where it is needed: it takes long to load

    reached = "host.docker.internal" if host in _LOOPBACK else host
    return _in_a_container(reached, port, DockerClient().host(), password, max_prepared_statements)


def stop_program(folder: Path) -> None:
    """End the program that was started in `folder`, if there is one."""
    noted = folder / "pgbouncer.pid"
    if not noted.exists():
        return
    process = int(noted.read_text())
    os.kill(process, signal.SIGQUIT)  # does not wait until clients have left
    _wait_until(lambda: not (noted.exists() and _is_there(process)), "PgBouncer did not end")


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _port_of(server: URL) -> int:
    return int(str(server.query.get("port") or server.port or 5432))


def _as_a_program(program: str, folder: Path, host: str, port: int, password: str, statements: int) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"PgBouncer (\d+)\.(\d+)", said)
    if version is None or tuple(map(int, version.groups())) < _OLDEST:
        detail = f"PgBouncer {'.'.join(map(str, _OLDEST))} or later is needed, and {program} is: {said.strip()}"
        raise NoPooler(detail)
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen_port = free.getsockname()[1]
    configuration = _CONFIGURATION.format(
        host=host,
        port=port,
        folder=folder,
        listen_addr="127.0.0.1",
        listen_port=listen_port,
        max_prepared_statements=statements,
    )
    configuration += f"pidfile = {folder}/pgbouncer.pid\nlogfile = {folder}/pgbouncer.log\n"
    # Root steps down: to whom the server's socket belongs, which is private.
    account = server_account(Path(host))
    if account is not None:
        configuration += f"user = {account.name}\n"
        shutil.chown(folder, account.name)
    (folder / "userlist.txt").write_text(_users(password))
    (folder / "pgbouncer.ini").write_text(configuration)
    subprocess.run([program, "-q", "-d", folder / "pgbouncer.ini"], check=True, timeout=_SECONDS)
    _wait_until(lambda: _listens("127.0.0.1", listen_port), "PgBouncer does not listen")
    return f"127.0.0.1:{listen_port}"


def _in_a_container(host: str, port: int, engine_host: str, password: str, statements: int) -> tuple[str, str]:
    image = os.environ.get(_IMAGE, "edoburu/pgbouncer")
    configuration = _CONFIGURATION.format(
        host=host,
        port=port,
        folder="/etc/pgbouncer",
        listen_addr="*",
        listen_port=_PORT,
        max_prepared_statements=statements,
    )
    with closing(docker.from_env()) as engine:
        container = engine.containers.create(
            image,
            ports={f"{_PORT}/tcp": None},
            labels={LABEL: "pgbouncer"},
            extra_hosts={"host.docker.internal": "host-gateway"},
        )
        try:
            files = {"pgbouncer.ini": configuration, "userlist.txt": _users(password)}
            container.put_archive("/etc/pgbouncer", _archive(files))
            container.start()
            container.reload()
            published = int(container.ports[f"{_PORT}/tcp"][0]["HostPort"])
            _wait_until(lambda: _listens(engine_host, published), "PgBouncer does not listen")
        except BaseException:
            container.remove(force=True)
            raise
    return str(container.id), f"{engine_host}:{published}"


def _users(password: str) -> str:
    return f'"{APP_ROLE}" "{password}"\n'


def _archive(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text.encode()), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def _listens(host: str, port: int) -> bool:
    """Whether somebody answers: an engine takes connections for a container before anybody in it does."""
    try:
        with socket.create_connection((host, port), timeout=1) as client:
            client.sendall(_MAY_WE_ENCRYPT)
            return client.recv(1) in (b"N", b"S")
    except OSError:
        return False


def _wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise NoPooler(otherwise)
        time.sleep(0.02)
