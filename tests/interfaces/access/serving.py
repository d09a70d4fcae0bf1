"""The application with its container, served to a client, and campuses in it, in which people come in by tokens."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count

import httpx
from dependency_injector import providers

from application.access.dto import AccountFields
from application.shared.caller import Caller, Role
from application.shared.institutions import InstitutionFields
from domain.shared.identifiers import InstitutionId
from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from infrastructure.security.bearer import SECONDS_BELIEVED, BearerTokens
from infrastructure.security.keys import SigningKeys, new_key, read_keys
from interfaces.inprocess.door import SettingsGiven
from interfaces.main.asgi import app_for
from tests.interfaces.access.campus import EMAILS, PASSWORD, Campus
from tests.support.postgres import PostgresDatabase

ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})


class OpenForRegistration:
    """A clock that stands near a moment when the term of the campus is open: each time it is asked it is later.

    So a token that was issued after others were made void is told from them.
    """

    def __init__(self) -> None:
        self._moment = datetime(2026, 1, 20, 15, tzinfo=UTC)

    def now(self) -> datetime:
        self._moment += timedelta(milliseconds=1)
        return self._moment


class PlainPasswords:
    """The `Passwords` port, without the time that a hash takes."""

    async def check(self, password: str, *, about: Collection[str]) -> None:
        """Every password is good enough."""

    async def hash(self, password: str) -> str:
        return f"hash of {password}"

    async def digest(self, password: str, *, about: str) -> str:
        return f"digest of {password} about {about}"

    async def matches(self, password: str, password_hash: str | None) -> bool:
        return password_hash == f"hash of {password}"

    def is_outdated(self, _password_hash: str) -> bool:
        return False


@cache
def keys() -> SigningKeys:
    """The key of all the applications: making one takes long."""
    return read_keys(new_key())


def in_memory() -> SettingsGiven:
    """The settings of an application on records in memory."""
    return {"persistence": "memory"}


def on_postgres(database: PostgresDatabase) -> SettingsGiven:
    """The settings of an application on a database."""
    return {
        "persistence": "postgres",
        "database_url": database.app_url,
        "database_pooler": database.pooler.value,
        "pool_size": 2,
    }


def container_of(given: SettingsGiven) -> Container:
    """The container of an application with these settings, to which people come in with accounts.

    Its bearer tokens are looked up for every request, as if each came when what was known is believed no more.
    """
    container = Container(
        settings=Settings.from_environment(**given, authentication="accounts"),
        clock=OpenForRegistration(),
        passwords=PlainPasswords(),
        signing_keys=keys(),
    )
    hurried = providers.Object(count(step=2 * SECONDS_BELIEVED).__next__)
    container.authentication.override(
        providers.Singleton(BearerTokens, container.tokens, container.access, clock=hurried)
    )
    return container


@asynccontextmanager
async def serving(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on a container."""
    app = app_for(container)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client,
    ):
        yield client


async def campus_in(container: Container, client: httpx.AsyncClient, institution: str) -> Campus:
    """A campus in a new institution; as ever, whoever runs the program opens the first account."""
    founded = await container.institutions().found(InstitutionFields(code=institution, name="A university"))
    operator = Caller(InstitutionId(founded.id), "operator", ADMINISTRATOR)
    fields = {"email": EMAILS[Role.ADMINISTRATOR], "roles": ADMINISTRATOR, "password": PASSWORD}
    account = await container.accounts().open(operator, AccountFields.model_validate(fields))
    campus = Campus(client, institution, {Role.ADMINISTRATOR: str(account.id)})
    await campus.build()
    return campus


@asynccontextmanager
async def two_campuses(given: SettingsGiven) -> AsyncIterator[tuple[Campus, Campus]]:
    """Two campuses that look alike, in two institutions of one server."""
    container = container_of(given)
    async with serving(container) as client:
        yield await campus_in(container, client, "here"), await campus_in(container, client, "there")
