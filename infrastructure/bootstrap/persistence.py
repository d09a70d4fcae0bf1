"""The choice of a persistence adapter: what both offer, and how each is made from the settings."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from application.access.ports import AccessWork
from application.registration.ports import RegistrationViews, RegistrationWork
from application.shared.imports import ImportingWork
from application.shared.institutions import InstitutionDirectory
from application.shared.written import WrittenViews
from domain.shared.identifiers import InstitutionId
from infrastructure.bootstrap.settings import InvalidSettings, Settings
from infrastructure.persistence.pools import PoolUse

_MOST_LINES = 4
"""How many of a process's connections serve reads of one statement: more are never busy at once."""


class StoredWork(RegistrationWork, ImportingWork, Protocol):
    """A transaction as the adapters offer it: of the desk, and of everybody else."""


class Persistence(Protocol):
    """Where records live, whichever adapter keeps them."""

    @property
    def directory(self) -> InstitutionDirectory:
        """The institutions that there are."""
        ...

    @property
    def written(self) -> WrittenViews:
        """Records as JSON, each question in a transaction of its own."""
        ...

    def work(self, institution: InstitutionId) -> AbstractAsyncContextManager[StoredWork]:
        """A transaction that reads and writes, registration included."""
        ...

    def reading(self, institution: InstitutionId) -> AbstractAsyncContextManager[RegistrationViews]:
        """A transaction that reads, registration included."""
        ...

    def access(self, institution: InstitutionId) -> AbstractAsyncContextManager[AccessWork]:
        """A transaction on who may come in."""
        ...

    async def has_accounts(self) -> bool:
        """Whether there is an account, anywhere, that lets somebody in. Raises `Unavailable`."""
        ...

    async def check(self) -> None:
        """Raise `Unavailable` when records cannot be reached or their schema is another one."""
        ...

    def pools(self) -> Sequence[PoolUse]:
        """How busy its pools of connections are at this moment."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


def postgres_persistence(settings: Settings) -> Persistence:
    """The PostgreSQL adapter on the settings' database. Raises `InvalidSettings` when there is none."""
    if settings.database_url is None:
        raise InvalidSettings("MATRICULA_DATABASE_URL is not set, and no embedded server was started")

    # A process loads the adapter it uses and not the other.
    from infrastructure.persistence.postgres.engine import make_engine  # noqa: PLC0415
    from infrastructure.persistence.postgres.persistence import PostgresPersistence  # noqa: PLC0415
    from infrastructure.persistence.postgres.readers.lines import Lines  # noqa: PLC0415

    url = settings.database_url.get_secret_value()
    lines = min(_MOST_LINES, settings.pool_size // 2)
    pooler = settings.database_pooler
    engine = make_engine(url, pool_size=settings.pool_size - lines, pooler=pooler)
    return PostgresPersistence(engine, Lines(url, lines, pooler) if lines else None)


def memory_persistence() -> Persistence:
    """The memory adapter, empty."""
    from infrastructure.persistence.memory.persistence import MemoryPersistence  # noqa: PLC0415

    return MemoryPersistence()
