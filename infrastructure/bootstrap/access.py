"""The adapters of access, made from the settings; their libraries are loaded by those who need them."""

from datetime import timedelta
from typing import TYPE_CHECKING

from application.access.ports import AccessTokens, AccessUnitOfWork, Authentication, Passwords, Secrets
from application.access.sign_in import Lifetimes
from application.shared.clock import Clock
from domain.access.session import LONGEST_ACCESS, OLDEST_OF_OTHERS
from infrastructure.bootstrap.embedded import data_folder
from infrastructure.bootstrap.persistence import Persistence
from infrastructure.bootstrap.settings import AuthenticationKind, InvalidSettings, Settings

if TYPE_CHECKING:
    from infrastructure.security.keys import SigningKeys
    from infrastructure.security.tokens import SignedTokens

_MARGIN = timedelta(minutes=10)
"""What is void is remembered so much longer than a token lasts: clocks differ, and tokens are believed for a while."""

_KEY_FILE = "signing-key.pem"


def make_passwords() -> Passwords:
    """Hashing and judging passwords."""
    from infrastructure.security.passwords import ArgonPasswords  # noqa: PLC0415 - see above

    return ArgonPasswords()


def make_secrets() -> Secrets:
    """Random secrets."""
    from infrastructure.security.secrets import RandomSecrets  # noqa: PLC0415 - see above

    return RandomSecrets()


def make_signing_keys(settings: Settings) -> "SigningKeys":
    """The keys of the settings, or those of the data folder. Raises `InvalidSettings`."""
    from infrastructure.security.keys import InvalidSigningKeysError, own_keys, read_keys  # noqa: PLC0415 - see above

    try:
        if settings.signing_keys is not None:
            return read_keys(settings.signing_keys.get_secret_value())
        return own_keys(data_folder(settings.data_dir) / _KEY_FILE)
    except InvalidSigningKeysError as error:
        raise InvalidSettings(f"MATRICULA_SIGNING_KEYS {error}") from None


def signs_from_the_start(settings: Settings) -> bool:
    """Whether a server with these settings should not start with keys that cannot sign."""
    if settings.authentication is AuthenticationKind.DEVELOPMENT:
        return settings.signing_keys is not None
    return issues_tokens(settings)


def new_signing_key() -> str:
    """A new private key, in PEM."""
    from infrastructure.security.keys import new_key  # noqa: PLC0415 - see above

    return new_key()


def make_tokens(keys: "SigningKeys", clock: Clock, issuer: str) -> "SignedTokens":
    """Issuing and reading access tokens."""
    from infrastructure.security.tokens import SignedTokens  # noqa: PLC0415 - see above

    return SignedTokens(keys, clock, issuer)


def no_tokens() -> AccessTokens:
    """Issuing no access tokens."""
    from infrastructure.security.tokens import NoTokens  # noqa: PLC0415 - see above

    return NoTokens()


def make_lifetimes(access_seconds: int, refresh_days: int, *, issues_tokens: bool) -> Lifetimes:
    """How long tokens are good, ours or another provider's."""
    void = (LONGEST_ACCESS if issues_tokens else OLDEST_OF_OTHERS) + _MARGIN
    return Lifetimes(timedelta(seconds=access_seconds), timedelta(days=refresh_days), void)


def make_bearer_tokens(tokens: "SignedTokens", unit_of_work: AccessUnitOfWork) -> Authentication:
    """Who calls, by tokens that were issued here."""
    from infrastructure.security.bearer import BearerTokens  # noqa: PLC0415 - see above

    return BearerTokens(tokens, unit_of_work)


def make_oidc(settings: Settings, unit_of_work: AccessUnitOfWork, clock: Clock) -> Authentication:
    """Who calls, by tokens of a provider that the settings name."""
    from infrastructure.security.oidc import OidcTokens  # noqa: PLC0415 - see above

    return OidcTokens(str(settings.oidc_issuer), str(settings.oidc_audience), unit_of_work, clock)


def issues_tokens(settings: Settings) -> bool:
    """Whether this server gives tokens to whom it knows; else another provider does."""
    return settings.authentication is not AuthenticationKind.OIDC


def no_authentication() -> None:
    """Headers say who calls."""


def refuse_strangers_without_secrets(settings: Settings) -> None:
    """Raise `InvalidSettings` unless the settings say how strangers are told apart."""
    if settings.authentication is AuthenticationKind.DEVELOPMENT:
        raise InvalidSettings("MATRICULA_AUTHENTICATION is development: any header is believed, so only the loopback")
    if settings.authentication is AuthenticationKind.ACCOUNTS and settings.signing_keys is None:
        raise InvalidSettings(
            "MATRICULA_SIGNING_KEYS is not set: an address that other machines reach needs keys of its own that sign "
            "access tokens; matricula keys new prints one"
        )


async def refuse_strangers_without_accounts(persistence: Persistence) -> None:
    """Raise `InvalidSettings` when nobody could come in. Raises `Unavailable`."""
    if not await persistence.has_accounts():
        raise InvalidSettings(
            "there is no account yet: open one with matricula accounts add EMAIL --role administrator"
        )
