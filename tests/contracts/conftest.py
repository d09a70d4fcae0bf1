"""The adapters under contract, empty, and an institution founded in them."""

import pytest

from infrastructure.bootstrap.persistence import Persistence
from infrastructure.persistence.memory.persistence import MemoryPersistence
from tests.contracts.arranging import Stored
from tests.support.builders import an_institution


@pytest.fixture(params=["memory", "postgres"])
def persistence(request: pytest.FixtureRequest) -> Persistence:
    """An adapter without a record."""
    if request.param == "memory":
        return MemoryPersistence()
    adapter: Persistence = request.getfixturevalue("postgres_persistence")
    return adapter


@pytest.fixture
async def stored(persistence: Persistence) -> Stored:
    """The records of an institution that has just been founded."""
    institution = an_institution()
    await persistence.directory.add(institution)
    return Stored(persistence, institution.id)
