"""The memory adapter of access: accounts, clients, sessions and failures as dicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from application.access.accounts import view_of as account_view
from application.access.clients import view_of as client_view
from application.access.dto import ACCOUNT_LISTING, CLIENT_LISTING, AccountView, ClientView
from application.access.ports import SignIn
from application.shared.errors import AlreadyExists, UnknownReference
from application.shared.paging import Page, PageQuery
from domain.access.account import Account
from domain.access.client import ApiClient
from domain.access.session import RefreshToken
from domain.access.throttle import FORGOTTEN_AFTER, GIVEN_UP_AFTER, Failures
from domain.people.instructor import Instructor
from domain.people.student import Student
from domain.shared.identifiers import AccountId, ClientId, SessionId
from domain.shared.reference import Reference
from infrastructure.persistence.memory.kept_answers import MemoryKeptAnswers
from infrastructure.persistence.memory.readers import page_of
from infrastructure.persistence.memory.records import identify
from infrastructure.persistence.memory.tables import Tables


@dataclass(slots=True)
class AccessTables:
    """What is stored of access at one institution; values are replaced, never changed in place."""

    accounts: dict[AccountId, Account] = field(default_factory=dict)
    clients: dict[ClientId, ApiClient] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
    void: dict[UUID, tuple[datetime, datetime]] = field(default_factory=dict)
    failures: dict[str, Failures] = field(default_factory=dict)
    sign_ins: list[SignIn] = field(default_factory=list)

    def branch(self) -> "AccessTables":
        """The same rows, to be changed on their own."""
        return AccessTables(
            dict(self.accounts),
            dict(self.clients),
            dict(self.refresh_tokens),
            dict(self.void),
            dict(self.failures),
            list(self.sign_ins),
        )


class MemoryAccessWork:
    """The `AccessWork` port on a branch of the tables; `people` is a branch of the institution's records."""

    def __init__(self, tables: AccessTables, people: Tables) -> None:
        self._tables = tables
        self._people = people
        self.kept_answers = MemoryKeptAnswers(people)

    async def account(self, identifier: AccountId) -> Account | None:
        """See `AccessWork.account`."""
        return self._tables.accounts.get(identifier)

    async def account_to_change(self, identifier: AccountId) -> Account | None:
        """See `AccessWork.account_to_change`: there is one transaction at a time."""
        return await self.account(identifier)

    async def account_of(self, email: str) -> Account | None:
        """See `AccessWork.account_of`."""
        return next((account for account in self._tables.accounts.values() if account.email == email), None)

    async def add_account(self, account: Account) -> None:
        """See `AccessWork.add_account`."""
        if await self.account_of(account.email) is not None:
            kind = "account"
            raise AlreadyExists(kind, "email")
        await self.save_account(account)

    async def save_account(self, account: Account) -> None:
        """See `AccessWork.save_account`."""
        if account.student_id is not None and account.student_id not in self._people.records(Student):
            raise _unknown("student")
        if account.instructor_id is not None and account.instructor_id not in self._people.records(Instructor):
            raise _unknown("instructor")
        self._tables.accounts[account.id] = account

    async def accounts(self, query: PageQuery) -> Page[AccountView]:
        """See `AccessWork.accounts`."""
        rows = [account_view(account).model_dump() for account in self._tables.accounts.values()]
        found, cursor = page_of(_wanted(rows, query), ACCOUNT_LISTING, query)
        return Page([AccountView.model_validate(row) for row in found], cursor)

    async def client(self, identifier: ClientId) -> ApiClient | None:
        """See `AccessWork.client`."""
        return self._tables.clients.get(identifier)

    async def client_to_change(self, identifier: ClientId) -> ApiClient | None:
        """See `AccessWork.client_to_change`: there is one transaction at a time."""
        return await self.client(identifier)

    async def add_client(self, client: ApiClient) -> None:
        """See `AccessWork.add_client`."""
        if any(other.name == client.name for other in self._tables.clients.values()):
            kind = "client"
            raise AlreadyExists(kind, "name")
        self._tables.clients[client.id] = client

    async def save_client(self, client: ApiClient) -> None:
        """See `AccessWork.save_client`."""
        self._tables.clients[client.id] = client

    async def clients(self, query: PageQuery) -> Page[ClientView]:
        """See `AccessWork.clients`."""
        rows = [client_view(client).model_dump() for client in self._tables.clients.values()]
        found, cursor = page_of(_wanted(rows, query), CLIENT_LISTING, query)
        return Page([ClientView.model_validate(row) for row in found], cursor)

    async def refresh_token(self, digest: str) -> RefreshToken | None:
        """See `AccessWork.refresh_token`."""
        return self._tables.refresh_tokens.get(digest)

    async def add_refresh_token(self, token: RefreshToken) -> None:
        """See `AccessWork.add_refresh_token`."""
        kept = self._tables.refresh_tokens
        for other in list(kept.values()):
            if other.account == token.account and other.expires_at < token.issued_at:
                del kept[other.digest]
        kept[token.digest] = token

    async def save_refresh_token(self, token: RefreshToken) -> None:
        """See `AccessWork.save_refresh_token`."""
        self._tables.refresh_tokens[token.digest] = token

    async def end_session(self, session: SessionId) -> None:
        """See `AccessWork.end_session`."""
        kept = self._tables.refresh_tokens
        self._tables.refresh_tokens = {digest: token for digest, token in kept.items() if token.session != session}

    async def end_sessions(self, account: AccountId) -> None:
        """See `AccessWork.end_sessions`."""
        kept = self._tables.refresh_tokens
        self._tables.refresh_tokens = {digest: token for digest, token in kept.items() if token.account != account}

    async def void_tokens(self, subject: UUID, before: datetime, until: datetime) -> None:
        """See `AccessWork.void_tokens`."""
        kept = {known: void for known, void in self._tables.void.items() if void[1] >= before}
        known = kept.get(subject, (before, until))
        kept[subject] = (max(known[0], before), max(known[1], until))
        self._tables.void = kept

    async def void(self) -> Mapping[UUID, datetime]:
        """See `AccessWork.void`."""
        return {subject: before for subject, (before, _) in self._tables.void.items()}

    async def failures(self, key: str) -> Failures:
        """See `AccessWork.failures`."""
        return self._tables.failures.get(key, Failures())

    async def save_failures(self, key: str, failures: Failures) -> None:
        """See `AccessWork.save_failures`."""
        if failures.are_none():
            self._tables.failures.pop(key, None)
            return
        oldest = failures.last_at - FORGOTTEN_AFTER - GIVEN_UP_AFTER
        kept = {known: other for known, other in self._tables.failures.items() if other.last_at >= oldest}
        self._tables.failures = {**kept, key: replace(failures)}

    async def record_sign_in(self, line: SignIn) -> None:
        """See `AccessWork.record_sign_in`."""
        self._tables.sign_ins.append(line)

    async def identify(self, entity: type[Student | Instructor], reference: Reference) -> UUID | None:
        """See `AccessWork.identify`."""
        return identify(self._people, entity, reference)


def _unknown(field: str) -> UnknownReference:
    return UnknownReference(field, "that the request names")


def _wanted(rows: list[dict[str, Any]], query: PageQuery) -> list[dict[str, Any]]:
    return [row for row in rows if all(row[name] == text for name, text in query.filters.items() if name in row)]
