"""What the use cases of access ask of the outside: storage, passwords, secrets and tokens."""

from collections.abc import Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from application.access.dto import AccountView, ClientView
from application.shared.caller import Caller
from application.shared.idempotency import KeptAnswers
from application.shared.paging import Page, PageQuery
from domain.access.account import Account
from domain.access.client import ApiClient
from domain.access.session import RefreshToken
from domain.access.throttle import Failures
from domain.people.instructor import Instructor
from domain.people.student import Student
from domain.shared.identifiers import AccountId, ClientId, InstitutionId, SessionId
from domain.shared.reference import Reference


class SignInOutcome(StrEnum):
    """How an attempt to come in, or the end of a stay, went; and what was done to an account or a client."""

    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    THROTTLED = "throttled"
    REFRESHED = "refreshed"
    REUSED = "reused"
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an outcome
    PASSWORD_RESET = "password_reset"  # noqa: S105 - likewise
    ACCOUNT_OPENED = "account_opened"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_REOPENED = "account_reopened"
    CLIENT_ADDED = "client_added"
    CLIENT_CLOSED = "client_closed"
    SECRET_ROTATED = "secret_rotated"  # noqa: S105 - likewise


@dataclass(frozen=True, slots=True)
class SignIn:
    """A line of the audit of sign-ins; `subject` is an account's or client's id, or None when there was none.

    `origin` is the address that the attempt came from, `name` what it named: the digest of an e-mail address, or a
    client's id. `actor` is who did it to an account or client of somebody else, None for what people do themselves.
    """

    id: UUID
    outcome: SignInOutcome
    subject: UUID | None
    name: str
    origin: str
    occurred_at: datetime
    actor: str | None = None


class AccessWork(Protocol):
    """What can be read and changed in one transaction on the accounts, clients and sessions of an institution.

    What locks a row says so: of two who try at once, the second sees what the first one did.
    """

    @property
    def kept_answers(self) -> KeptAnswers:
        """The answers that were given to requests with a key."""
        ...

    async def account(self, identifier: AccountId) -> Account | None:
        """The account with that id, or None."""
        ...

    async def account_to_change(self, identifier: AccountId) -> Account | None:
        """The account with that id, locked until the transaction ends, or None."""
        ...

    async def account_of(self, email: str) -> Account | None:
        """The account with that normalised address, or None."""
        ...

    async def add_account(self, account: Account) -> None:
        """Store a new account. Raises `AlreadyExists`, `UnknownReference`."""
        ...

    async def save_account(self, account: Account) -> None:
        """Store a changed account. Raises `UnknownReference`."""
        ...

    async def accounts(self, query: PageQuery) -> Page[AccountView]:
        """A page of the accounts. Raises `InvalidRequest`."""
        ...

    async def client(self, identifier: ClientId) -> ApiClient | None:
        """The client with that id, or None."""
        ...

    async def client_to_change(self, identifier: ClientId) -> ApiClient | None:
        """The client with that id, locked until the transaction ends, or None."""
        ...

    async def add_client(self, client: ApiClient) -> None:
        """Store a new client. Raises `AlreadyExists` for a name that is taken."""
        ...

    async def save_client(self, client: ApiClient) -> None:
        """Store a changed client."""
        ...

    async def clients(self, query: PageQuery) -> Page[ClientView]:
        """A page of the clients. Raises `InvalidRequest`."""
        ...

    async def refresh_token(self, digest: str) -> RefreshToken | None:
        """The token with that digest, its account locked until the transaction ends, or None."""
        ...

    async def add_refresh_token(self, token: RefreshToken) -> None:
        """Store a new token; what expired of its account before now is removed."""
        ...

    async def save_refresh_token(self, token: RefreshToken) -> None:
        """Store that a token was used."""
        ...

    async def end_session(self, session: SessionId) -> None:
        """Remove the tokens of a session."""
        ...

    async def end_sessions(self, account: AccountId) -> None:
        """Remove the tokens of all sessions of an account."""
        ...

    async def void_tokens(self, subject: UUID, before: datetime, until: datetime) -> None:
        """Make the access tokens void that were issued to an account, client or session at or before a moment.

        `until` is when the last of them has expired by itself; what is over then is removed.
        """
        ...

    async def void(self) -> Mapping[UUID, datetime]:
        """For every subject whose tokens were made void lately, the moment up to which they are."""
        ...

    async def failures(self, key: str) -> Failures:
        """The failures under a key, which stays locked until the transaction ends."""
        ...

    async def save_failures(self, key: str, failures: Failures) -> None:
        """Store the failures under a key, if there are any. Those that nobody will ask for are removed."""
        ...

    async def record_sign_in(self, line: SignIn) -> None:
        """Add a line to the audit of sign-ins, where it stays."""
        ...

    async def identify(self, entity: type[Student | Instructor], reference: Reference) -> UUID | None:
        """The id of the person that `reference` names, or None."""
        ...


class AccessUnitOfWork(Protocol):
    """Opens a transaction on access: committed when its block ends, undone when an exception leaves it."""

    def __call__(self, institution: InstitutionId) -> AbstractAsyncContextManager[AccessWork]:
        """A transaction on what is `institution`'s and nobody else's."""
        ...


class Passwords(Protocol):
    """Passwords: whether one is good enough, and their hashes."""

    async def check(self, password: str, *, about: Collection[str]) -> None:
        """Raise `InvalidField` for a password that is too short, too long, or too easily guessed.

        `about` are words that its owner's password should not be made of.
        """
        ...

    async def hash(self, password: str) -> str:
        """The hash to store, with its salt and parameters."""
        ...

    async def digest(self, password: str, *, about: str) -> str:
        """What tells this password from others in the matter of `about`, the same each time; as slow as a hash."""
        ...

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether a hash is of this password. For None: no, after as long as it takes for a hash."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether a hash was made with weaker parameters than those of today."""
        ...


class Secrets(Protocol):
    """Random secrets."""

    def new(self) -> str:
        """A secret of 256 random bits, in characters that need no escape anywhere."""
        ...

    def are_equal(self, one: str, other: str) -> bool:
        """Whether two texts are equal, in a time that tells nothing about them."""
        ...


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says: who (`subject`, an account's or client's id), where, as what, and until when."""

    institution: InstitutionId
    subject: UUID
    session: SessionId | None
    issued_at: datetime
    expires_at: datetime
    roles: frozenset[str]
    scopes: frozenset[str] | None
    student: UUID | None
    instructor: UUID | None


@dataclass(frozen=True, slots=True)
class IssuedTo:
    """Whose an access token is: an account's in one of its sessions, or a client's, which has none."""

    institution: InstitutionId
    subject: UUID
    session: SessionId | None


class AccessTokens(Protocol):
    """Signed access tokens."""

    def issue(self, claims: Claims) -> str:
        """The token that says so."""
        ...

    def issued_to(self, token: str) -> IssuedTo | None:
        """Whose a token is, if it was issued here and has not expired, or None."""
        ...


class Authentication(Protocol):
    """Who calls, by a bearer token."""

    @property
    def needs_institution(self) -> bool:
        """Whether tokens leave open which institution they are for."""
        ...

    async def caller(self, token: str, institution: InstitutionId | None) -> Caller:
        """The caller that a token stands for; `institution` is the one that the request names, if it does.

        Raises `InvalidCredentials`, `AccessDenied` for a token of another institution.
        """
        ...
