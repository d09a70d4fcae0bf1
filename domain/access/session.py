"""Sessions: a person who signed in stays in by refresh tokens, each of which is good once (RFC 9700, 4.14)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.shared.identifiers import AccountId, SessionId

LONGEST_ACCESS = timedelta(hours=1)
"""How long an access token of ours is good at most, whatever this server or the one before it was set to."""

OLDEST_OF_OTHERS = timedelta(days=1)
"""How long after it was issued a token of another provider lets somebody in, though it may say that it lasts longer."""


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One link of a session: `digest` is of the token, which nobody stores; `used_at` when it was traded in."""

    digest: str
    session: SessionId
    account: AccountId
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it can be traded in."""
        return self.used_at is None and now < self.expires_at

    def used(self, at: datetime) -> "RefreshToken":
        """The same token, traded in."""
        return replace(self, used_at=at)
