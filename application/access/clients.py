"""Keeping clients: letting programs in, giving them another secret, and shutting them out."""

from collections.abc import Collection
from uuid import UUID

from application.access.attempts import digest
from application.access.deeds import Deeds
from application.access.dto import ClientFields, ClientView, NewClient
from application.access.errors import InvalidScope
from application.access.ports import AccessUnitOfWork, AccessWork, Secrets, SignInOutcome
from application.access.sign_in import Lifetimes
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import Clock, IdGenerator
from application.shared.errors import NotFound
from application.shared.idempotency import Answer, KeyedRequest, Told
from application.shared.paging import Page, PageQuery
from domain.access.client import ApiClient
from domain.shared.identifiers import ClientId

KIND = "client"


class KeepClients:
    """The use cases; `scopes` are those that there are, `origin` is the address that the caller asks from.

    What is done to a client is in the audit, with who did it.
    """

    def __init__(
        self,
        unit_of_work: AccessUnitOfWork,
        secrets: Secrets,
        clock: Clock,
        ids: IdGenerator,
        lifetimes: Lifetimes,
        scopes: Collection[str],
    ) -> None:
        self._unit_of_work = unit_of_work
        self._secrets = secrets
        self._clock = clock
        self._ids = ids
        self._lifetimes = lifetimes
        self._scopes = frozenset(scopes)
        self._deeds = Deeds(clock, ids)

    async def add(self, caller: Caller, fields: ClientFields, origin: str = "local") -> NewClient:
        """Let a program in; its secret is told this once. Raises `InvalidScope`, `AlreadyExists`, `AccessDenied`."""
        return (await self._add(caller, fields, origin, None)).view

    async def add_once(
        self, caller: Caller, fields: ClientFields, key: str, origin: str = "local"
    ) -> Answer[NewClient]:
        """Let a program in, or tell what the same request with this `key` was told before, but not the secret.

        Raises what `add` raises, and `KeyReused`. No secret is kept: whoever missed it gives the client another.
        """
        asked = fields.model_dump_json()
        request = KeyedRequest.of(caller.subject, key, "create client", asked)
        return await self._add(caller, fields, origin, request)

    async def _add(
        self, caller: Caller, fields: ClientFields, origin: str, request: KeyedRequest | None
    ) -> Answer[NewClient]:
        authorise(caller, "create_client")
        unknown = sorted(fields.scopes - self._scopes)
        if unknown:
            raise InvalidScope(f"There is no scope {', '.join(unknown)}; these are: {', '.join(sorted(self._scopes))}.")
        secret = self._secrets.new()
        client = ApiClient(
            ClientId(self._ids.new()), fields.name, digest(secret), fields.scopes, created_at=self._clock.now()
        )
        async with self._unit_of_work(caller.institution) as work:
            before = None if request is None else await work.kept_answers.claim(request)
            if before is not None:
                return Answer(NewClient.model_validate_json(before), is_replay=True)
            await work.add_client(client)
            await self._deeds.to_client(work, client, SignInOutcome.CLIENT_ADDED, caller, origin)
            if request is not None:
                await work.kept_answers.keep(Told(request, _told(client, None).model_dump_json()))
        return Answer(_told(client, secret))

    async def list(self, caller: Caller, query: PageQuery) -> Page[ClientView]:
        """Read a page of the clients. Raises `InvalidRequest`, `AccessDenied`."""
        authorise(caller, "list_clients")
        async with self._unit_of_work(caller.institution) as work:
            return await work.clients(query)

    async def get(self, caller: Caller, identifier: UUID) -> ClientView:
        """Read a client. Raises `NotFound`, `AccessDenied`."""
        authorise(caller, "get_client")
        async with self._unit_of_work(caller.institution) as work:
            return view_of(await _stored(work, identifier))

    async def rotate(self, caller: Caller, identifier: UUID, origin: str = "local") -> NewClient:
        """Give a client another secret; the old one lets nobody in any more. Raises `NotFound`, `AccessDenied`."""
        authorise(caller, "rotate_client_secret")
        secret = self._secrets.new()
        async with self._unit_of_work(caller.institution) as work:
            client = (await _to_change(work, identifier)).with_secret(digest(secret))
            await work.save_client(client)
            await self._void(work, client)
            await self._deeds.to_client(work, client, SignInOutcome.SECRET_ROTATED, caller, origin)
        return _told(client, secret)

    async def disable(self, caller: Caller, identifier: UUID, origin: str = "local") -> ClientView:
        """Shut a client out, at once. Raises `NotFound`, `AccessDenied`."""
        authorise(caller, "disable_client")
        async with self._unit_of_work(caller.institution) as work:
            client = (await _to_change(work, identifier)).disabled(self._clock.now())
            await work.save_client(client)
            await self._void(work, client)
            await self._deeds.to_client(work, client, SignInOutcome.CLIENT_CLOSED, caller, origin)
        return view_of(client)

    async def _void(self, work: AccessWork, client: ApiClient) -> None:
        now = self._clock.now()
        await work.void_tokens(client.id, now, now + self._lifetimes.void)


async def _to_change(work: AccessWork, identifier: UUID) -> ApiClient:
    client = await work.client_to_change(ClientId(identifier))
    if client is None:
        raise NotFound(KIND, str(identifier))
    return client


async def _stored(work: AccessWork, identifier: UUID) -> ApiClient:
    client = await work.client(ClientId(identifier))
    if client is None:
        raise NotFound(KIND, str(identifier))
    return client


def view_of(client: ApiClient) -> ClientView:
    """What is shown of a client."""
    return ClientView(
        id=client.id,
        name=client.name,
        scopes=client.scopes,
        created_at=client.created_at,
        disabled_at=client.disabled_at,
    )


def _told(client: ApiClient, secret: str | None) -> NewClient:
    return NewClient(**view_of(client).model_dump(), secret=secret)
