"""Where the PostgreSQL database comes from: a server the settings name, else the embedded one, held here.

The embedded database is ours, so it is created and migrated without asking. A database that the user named is
migrated by `matricula db upgrade` alone. Alembic is loaded when there is something to migrate or to compare: a start
does not wait for it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

from infrastructure.bootstrap.embedded import data_folder, embedded_database, explained
from infrastructure.bootstrap.settings import InvalidSettings, PersistenceKind, Settings
from infrastructure.persistence.postgres.embedded.binaries import installed_binaries
from infrastructure.persistence.postgres.embedded.lease import ServerLease
from infrastructure.persistence.postgres.embedded.locks import exclusive_lock
from infrastructure.persistence.postgres.revision import current, head_revision

if TYPE_CHECKING:
    from infrastructure.persistence.postgres.archive import Advance, Archived

_MIGRATION_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Database:
    """A database that is there until `close`.

    Attributes:
        settings: the settings with `database_url` filled in (None only for records in memory).
        origin: where the database is, for people; without passwords.
    """

    settings: Settings
    origin: str
    lease: ServerLease | None = None

    @property
    def owner_url(self) -> str:
        """The database as the role that owns its tables. Raises `InvalidSettings` when none is named."""
        if self.settings.persistence is PersistenceKind.MEMORY:
            raise InvalidSettings("MATRICULA_PERSISTENCE is memory: there is no database")
        if self.settings.database_owner_url is None:
            raise InvalidSettings(
                "MATRICULA_DATABASE_OWNER_URL is not set: the database as the role that owns its tables"
            )
        return self.settings.database_owner_url.get_secret_value()

    def upgrade(self, revision: str) -> None:
        """Bring the schema up to `revision`. Raises `Conflict` for one that is unknown, `Unavailable`."""
        from infrastructure.persistence.postgres.migrate import upgrade  # noqa: PLC0415 - see above

        upgrade(self.owner_url, revision)

    def downgrade(self, revision: str) -> None:
        """Take the schema back to `revision`. Raises `Conflict` for one that is unknown, `Unavailable`."""
        from infrastructure.persistence.postgres.migrate import downgrade  # noqa: PLC0415 - see above

        downgrade(self.owner_url, revision)

    def current(self) -> str | None:
        """The schema's revision, None before the first. Raises `Unavailable`."""
        return current(self.owner_url)

    def newest(self) -> str:
        """The revision that this program needs."""
        return head_revision()

    def differences(self) -> list[str]:
        """What differs between the schema and the tables that this program expects. Raises `Unavailable`."""
        from infrastructure.persistence.postgres.migrate import check  # noqa: PLC0415 - see above

        return check(self.owner_url)

    def backup(self, target: BinaryIO, advance: "Advance") -> "Archived":
        """Write all of the database to `target`. Raises `Conflict` when that fails, `Unavailable`."""
        from infrastructure.persistence.postgres.archive import backup  # noqa: PLC0415 - see above

        return backup(self.owner_url, self._programs(), target, advance)

    def restore(self, source: BinaryIO, size: int | None, advance: "Advance") -> "Archived":
        """Bring back an archive of `size` bytes, if known, into the empty database. Raises as `backup` does."""
        from infrastructure.persistence.postgres.archive import restore  # noqa: PLC0415 - see above

        return restore(self.owner_url, self._programs(), source, size, advance)

    def _programs(self) -> Path:
        with explained():
            return self.settings.postgres_programs or installed_binaries().bin_dir

    def close(self) -> None:
        """Let go of the embedded server, which stops when nobody else holds it."""
        if self.lease is not None:
            self.lease.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


_HELD: ContextVar[tuple[Settings, Database] | None] = ContextVar("held", default=None)


@contextmanager
def holding_database(settings: Settings) -> Iterator[Database]:
    """Open the database for a block, in which whoever opens it in this process shares it. Raises `Unavailable`."""
    with open_database(settings) as database:
        before = _HELD.set((settings, database))
        try:
            yield database
        finally:
            _HELD.reset(before)


def open_database(settings: Settings, *, migrate: bool = True) -> Database:
    """Find the database of the settings, or start the embedded server and make it there; blocks meanwhile.

    An embedded database is brought to the newest schema if `migrate`; one that the settings name is left as
    it is. Without `migrate` the database is administered: by its owner's URL. Call it while no event loop runs in this
    thread. Raises `Unavailable`.
    """
    held = _HELD.get()
    if held is not None and held[0] == settings:
        # Without the lease: it ends when the block does.
        return Database(held[1].settings, held[1].origin)
    if settings.persistence is PersistenceKind.MEMORY:
        return Database(settings, "memory")
    if settings.database_url is not None or settings.database_owner_url is not None:
        used = "MATRICULA_DATABASE_URL" if migrate else "MATRICULA_DATABASE_OWNER_URL"
        return Database(settings, f"the database of {used}")
    folder, name = data_folder(settings.data_dir), settings.database_name
    lease = embedded_database(folder, name)
    owner_url = lease.owner_url(name)
    if migrate:
        try:
            _migrate(owner_url, folder)
        except BaseException:
            lease.close()
            raise
    origin = f"the embedded server in {folder}, database {name}"
    return Database(settings.with_database(lease.app_url(name), owner_url), origin, lease)


def _migrate(owner_url: str, folder: Path) -> None:
    deadline = time.monotonic() + _MIGRATION_SECONDS
    lock = folder / ".migration.lock"
    with explained(), exclusive_lock(lock, deadline, awaited="another process that is migrating the database"):
        if current(owner_url) != head_revision():
            from infrastructure.persistence.postgres.migrate import upgrade  # noqa: PLC0415 - see above

            upgrade(owner_url)
