"""Random secrets, from the operating system."""

import hmac
import secrets


class RandomSecrets:
    """The `Secrets` port."""

    def new(self) -> str:
        """See `Secrets.new`."""
        return secrets.token_urlsafe(32)

    def are_equal(self, one: str, other: str) -> bool:
        """See `Secrets.are_equal`."""
        return hmac.compare_digest(one.encode(), other.encode())
