"""What commands get from the composition root besides use cases; they never see how it is done."""

from contextlib import AbstractContextManager
from typing import Protocol, cast

import typer


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
    def allow_unauthenticated(self) -> bool:
        """Whether other addresses than the loopback are allowed."""
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

    def administration(self) -> AbstractContextManager[DatabaseAdministration]:
        """The database as it is, held for a block."""
        ...

    def ready_database(self) -> AbstractContextManager[str]:
        """The database, held for a block and of the newest schema; answers where it is. Raises `Unavailable`."""
        ...

    def new_database(self, name: str) -> AbstractContextManager[str]:
        """An empty database, not migrated, on the embedded server; answers where it is. Raises `Unavailable`."""
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
