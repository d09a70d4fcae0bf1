"""Builders of what is stored of access: accounts, clients and refresh tokens."""

from datetime import timedelta

from domain.access.account import Account
from domain.access.client import ApiClient
from domain.access.session import RefreshToken
from domain.shared.identifiers import AccountId, ClientId, SessionId
from domain.shared.role import Role
from tests.support.domain_builders import NOON, identifier

ONE = SessionId(identifier("session", "one"))


def an_account(email: str = "ada@uni.example") -> Account:
    """A registrar's account with a password."""
    identity = AccountId(identifier("account", email))
    return Account(identity, email, frozenset({Role.REGISTRAR}), NOON, password_hash="$argon2id$v=19$…")


def a_client(name: str = "timetabling") -> ApiClient:
    """A client with two scopes."""
    scopes = frozenset({"catalog:read", "audit:read"})
    return ApiClient(ClientId(identifier("client", name)), name, "0" * 64, scopes, NOON)


def a_token(digit: str, session: SessionId = ONE, account: Account | None = None) -> RefreshToken:
    """A refresh token, good for a day."""
    return RefreshToken(digit * 64, session, (account or an_account()).id, NOON, NOON + timedelta(days=1))


ADA = an_account()
