"""Clients: programs that act at an institution in their own name, within the scopes they were given."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.shared.identifiers import ClientId
from domain.shared.invalid import require


@dataclass(frozen=True, slots=True)
class ApiClient:
    """A program's way in; `secret_hash` is the digest of a secret of 256 random bits, which is told once."""

    id: ClientId
    name: str
    secret_hash: str
    scopes: frozenset[str]
    created_at: datetime
    disabled_at: datetime | None = None

    def __post_init__(self) -> None:
        require(bool(self.name.strip()), "name", "must not be empty")
        require(bool(self.scopes), "scopes", "a client has at least one scope")

    def is_open(self) -> bool:
        """Whether it lets its program in."""
        return self.disabled_at is None

    def disabled(self, at: datetime) -> "ApiClient":
        """The same client, closed since `at`; one that was closed stays as it was."""
        return self if self.disabled_at is not None else replace(self, disabled_at=at)

    def with_secret(self, secret_hash: str) -> "ApiClient":
        """The same client with another secret."""
        return replace(self, secret_hash=secret_hash)
