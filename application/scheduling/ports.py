"""The ports of scheduling: the transaction of an import."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from application.shared.records import Work
from domain.shared.identifiers import InstitutionId


class ImportWork(Work, Protocol):
    """A transaction that stores much at once."""

    async def refresh_statistics(self) -> None:
        """Let the storage count what it holds, so that it answers the first questions after the import quickly, too."""
        ...


class ImportUnitOfWork(Protocol):
    """Opens the transaction of an import: committed when its block ends, undone when an exception leaves it."""

    def __call__(self, institution: InstitutionId) -> AbstractAsyncContextManager[ImportWork]:
        """A transaction on the records of `institution` and no other."""
        ...
