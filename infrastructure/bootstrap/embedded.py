"""A database on the embedded server, made when missing; nothing is migrated and no driver loaded here."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from application.shared.errors import Conflict, Unavailable
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError
from infrastructure.persistence.postgres.embedded.layout import default_data_dir
from infrastructure.persistence.postgres.embedded.lease import ServerLease
from infrastructure.persistence.postgres.embedded.locks import open_lock_file, try_lock
from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres


def data_folder(given: Path | None) -> Path:
    """The folder of the embedded server: the given one, or the user's own."""
    return (given or default_data_dir()).expanduser()


def embedded_database(data_dir: Path, name: str) -> ServerLease:
    """Start or join the server of a folder and make sure of a database.

    Raises `Unavailable` with the server's own words.
    """
    with explained():
        lease = EmbeddedPostgres(data_dir).start()
        try:
            lease.ensure_database(name)
        except BaseException:
            lease.close()
            raise
        return lease


@contextmanager
def new_embedded_database(data_dir: Path, name: str) -> Iterator[None]:
    """An empty database on the server of a folder, which no other program makes anew while the block lasts.

    Raises `Conflict` while another one does, `Unavailable` with the server's own words.
    """
    with explained():
        lease = EmbeddedPostgres(data_dir).start()
    with lease:
        lock = open_lock_file(data_dir / f".{name}.lock")
        try:
            if not try_lock(lock, exclusive=True):
                raise Conflict(f"another program is using the database {name} in {data_dir}: end it first")
            with explained():
                lease.ensure_database(name, recreate=True)
            yield
        finally:
            os.close(lock)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what goes wrong with the embedded server into `Unavailable`."""
    try:
        yield
    except EmbeddedPostgresError as error:
        raise Unavailable(str(error)) from error
