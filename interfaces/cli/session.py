"""What commands get from the composition root besides use cases; they never see how it is done."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol, cast

import typer

Advance = Callable[[str, int, int | None], None]
"""Told what is counted, how much of it is done, and of how much if that is known."""


class Archived(Protocol):
    """What went into an archive of the database, or came out of it."""

    @property
    def revision(self) -> str:
        """The revision of the schema."""
        ...

    @property
    def tables(self) -> int:
        """How many tables."""
        ...

    @property
    def bytes(self) -> int:
        """The size of the archive."""
        ...


class DatabaseAdministration(Protocol):
    """The database that the settings name, or the embedded one, as its owner sees it."""

    @property
    def origin(self) -> str:
        """Where the database is, for people."""
        ...

    def upgrade(self, revision: str) -> None:
        """Bring the schema up to a revision."""
        ...

    def downgrade(self, revision: str) -> None:
        """Take the schema back to a revision."""
        ...

    def current(self) -> str | None:
        """The revision of the schema; None before the first."""
        ...

    def newest(self) -> str:
        """The revision that this program needs."""
        ...

    def differences(self) -> list[str]:
        """What differs between the schema and what this program expects, a line each."""
        ...

    def backup(self, target: BinaryIO, advance: Advance) -> Archived:
        """Write all of the database. Raises `Conflict` when that fails, `Unavailable`."""
        ...

    def restore(self, source: BinaryIO, size: int | None, advance: Advance) -> Archived:
        """Bring back an archive of so many bytes, if known, into the empty database. Raises as `backup` does."""
        ...


class ServerSettings(Protocol):
    """Where the server listens when no option says so, and to how many."""

    @property
    def host(self) -> str:
        """The address."""
        ...

    @property
    def port(self) -> int:
        """The port; 0 for any free one."""
        ...

    @property
    def trusted_proxies(self) -> str:
        """Whose X-Forwarded-For is believed: addresses and networks, `*` for everybody's, empty for nobody's."""
        ...

    @property
    def connection_limit(self) -> int:
        """How many connections a process serves at a time."""
        ...


class Session(Protocol):
    """One run of the program."""

    debug: bool
    """Whether an error shows its traceback."""

    def server(self) -> ServerSettings:
        """The settings of the server."""
        ...

    def log_as_a_server(self) -> None:
        """Log from now on in the format of the settings."""
        ...

    def administration(self) -> AbstractContextManager[DatabaseAdministration]:
        """The database as it is, held for a block."""
        ...

    def ready_database(self, *, for_strangers: bool = False) -> AbstractContextManager[str]:
        """The database, held for a block and of the newest schema; answers where it is.

        Raises `Unavailable`, and, if it is `for_strangers`, `InvalidSettings` unless the settings and the accounts that
        there are tell them apart.
        """
        ...

    def new_database(self, name: str) -> AbstractContextManager[str]:
        """An empty database, not migrated, on the embedded server; answers where it is.

        Raises `Conflict` while another program has the one of that name, `Unavailable`.
        """
        ...

    def new_signing_key(self) -> str:
        """A new private key that signs access tokens, in PEM."""
        ...

    def data_model(self) -> str:
        """The document that shows the schema as a diagram."""
        ...

    def settings_reference(self) -> str:
        """The document that lists the settings."""
        ...


def session_of(context: typer.Context) -> Session:
    """The session of a command's context."""
    return cast("Session", context.obj)
