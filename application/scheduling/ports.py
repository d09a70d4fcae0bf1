"""The ports of scheduling: the transaction of an import, and where it gathers what it will store."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from application.shared.imports import ImportingWork
from application.shared.records import Entity
from domain.shared.identifiers import InstitutionId

E = TypeVar("E", bound=Entity)
E_contra = TypeVar("E_contra", bound=Entity, contravariant=True)


class RecordStaging(Protocol[E_contra]):
    """Where new records of one kind wait, of whatever number, until all of them are known to be good."""

    async def stage(self, entities: Sequence[E_contra]) -> None:
        """Take more records in. Nobody finds them yet."""
        ...

    async def merge(self) -> None:
        """Store what was staged. Raises `AlreadyExists`, `UnknownReference`."""
        ...


class ImportWork(ImportingWork, Protocol):
    """A transaction that stores much at once."""

    async def stage_records(self, entity: type[E]) -> RecordStaging[E]:
        """A staging of this transaction, empty; one at a time for an entity type."""
        ...

    async def refresh_statistics(self) -> None:
        """Let the storage count what it holds, so that it answers the first questions after the import quickly, too."""
        ...


class ImportUnitOfWork(Protocol):
    """Opens the transaction of an import: committed when its block ends, undone when an exception leaves it."""

    def __call__(self, institution: InstitutionId) -> AbstractAsyncContextManager[ImportWork]:
        """A transaction on the records of `institution` and no other."""
        ...
