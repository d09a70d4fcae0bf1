"""The application on records in memory, with the Python door to the same use cases, and a campus in it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import fields

import httpx
import pytest
import pytest_asyncio

from infrastructure.bootstrap.container import Container
from interfaces.inprocess import Matricula
from tests.interfaces.access.campus import Campus
from tests.interfaces.access.serving import campus_in, container_of, in_memory, on_postgres, serving, two_campuses
from tests.interfaces.access.stored import Stored


@pytest.fixture(scope="module")
def container() -> Container:
    return container_of(in_memory())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(container) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def built_campus(container: Container, client: httpx.AsyncClient) -> Campus:
    return await campus_in(container, client, "here")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(container: Container, client: httpx.AsyncClient) -> Campus:
    """A campus in a second institution, which looks like the first."""
    return await campus_in(container, client, "there")


@pytest.fixture
def campus(built_campus: Campus, container: Container) -> Iterator[Campus]:
    """The campus of the module's tests, as it was built: what a test stores is gone when it ends."""
    stored = Stored(container)
    yield built_campus
    stored.restore()


@pytest.fixture(scope="module")
def matricula(container: Container) -> Matricula:
    return Matricula(**{field.name: container.providers[field.name]() for field in fields(Matricula)})


@pytest.fixture(params=["memory", "postgres"])
async def both(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Campus, Campus]]:
    """Two campuses that look alike, in two institutions of one server: on each adapter."""
    is_memory = request.param == "memory"
    async with two_campuses(
        in_memory() if is_memory else on_postgres(request.getfixturevalue("postgres_database"))
    ) as both:
        yield both
