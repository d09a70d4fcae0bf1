"""A database on the embedded server, made when missing; nothing is migrated and no driver loaded here."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from application.shared.errors import Unavailable
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError
from infrastructure.persistence.postgres.embedded.layout import default_data_dir
from infrastructure.persistence.postgres.embedded.lease import ServerLease
from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres


def data_folder(given: Path | None) -> Path:
    """The folder of the embedded server: the given one, or the user's own."""
    return (given or default_data_dir()).expanduser()


def embedded_database(data_dir: Path, name: str, *, recreate: bool = False) -> ServerLease:
    """Start or join the server of a folder and make sure of a database; with `recreate` an empty one.

    Raises `Unavailable` with the server's own words.
    """
    with explained():
        lease = EmbeddedPostgres(data_dir).start()
        try:
            lease.ensure_database(name, recreate=recreate)
        except BaseException:
            lease.close()
            raise
        return lease


@contextmanager
def explained() -> Iterator[None]:
    """Turn what goes wrong with the embedded server into `Unavailable`."""
    try:
        yield
    except EmbeddedPostgresError as error:
        raise Unavailable(str(error)) from error
