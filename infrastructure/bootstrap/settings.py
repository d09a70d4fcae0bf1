"""The settings of every process, read from MATRICULA_* environment variables and, secrets, from files that they name;
an unknown name is an error.
"""

import difflib
import os
from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from application.shared.errors import ApplicationError
from application.shared.plain_words import in_plain_words, matching
from domain.access.session import LONGEST_ACCESS
from infrastructure.bootstrap.database_url import normalised
from infrastructure.bootstrap.origins import separated
from infrastructure.bootstrap.proxies import trusted
from infrastructure.persistence.pooler import Pooler

PREFIX = "MATRICULA_"
TEST_PREFIX = "MATRICULA_TEST_"
"""Names with this prefix steer the test suite and are nobody else's business."""

FILE_SUFFIX = "_FILE"
"""After the name of a secret setting: the variable names a file that holds the value."""


class InvalidSettings(ApplicationError):  # noqa: N818 - reads as what it is
    """The environment makes no sense; the message names each variable and what is wrong, never its value."""

    code = "invalid_settings"


class PersistenceKind(StrEnum):
    """Where records live."""

    POSTGRES = "postgres"
    MEMORY = "memory"


class AuthenticationKind(StrEnum):
    """Who says who calls."""

    ACCOUNTS = "accounts"
    OIDC = "oidc"
    DEVELOPMENT = "development"


class LogLevel(StrEnum):
    """The least severe events that are logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How events are written."""

    JSON = "json"
    CONSOLE = "console"


def _normalised(secret: SecretStr) -> SecretStr:
    return SecretStr(normalised(secret.get_secret_value()))


DatabaseUrl = Annotated[SecretStr, AfterValidator(_normalised)]
"""`postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE`; kept secret because of the password in it."""


class Settings(BaseSettings):
    """The settings; the environment variable of a field is its name in capitals after `MATRICULA_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    persistence: Annotated[
        PersistenceKind,
        Field(description="Where records live: `postgres`, or `memory` for one process's life."),
    ] = PersistenceKind.POSTGRES
    database_url: Annotated[
        DatabaseUrl | None,
        Field(
            description="The PostgreSQL database as the application's role, which owns nothing: "
            "`postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE`. When absent, an embedded server is started in the data "
            "folder."
        ),
    ] = None
    database_owner_url: Annotated[
        DatabaseUrl | None,
        Field(description="The same database as the role that owns its tables; only `matricula db` uses it."),
    ] = None
    database_pooler: Annotated[
        Pooler,
        Field(
            description="What `database_url` leads to: `none`, the server itself, or `transaction`, a PgBouncer that "
            "lends its connections for a transaction each."
        ),
    ] = Pooler.NONE
    data_dir: Annotated[
        Path | None,
        Field(
            description="The folder of the embedded server. When absent, /var/lib/matricula for root, else "
            "`matricula` in the user's folder for data."
        ),
    ] = None
    database_name: Annotated[
        str,
        matching(r"^[a-z_][a-z0-9_]{0,62}$", "must be up to 63 small letters, digits and _, and begin with no digit"),
        Field(description="The database on the embedded server."),
    ] = "matricula"
    postgres_programs: Annotated[
        Path | None,
        Field(
            description="The folder of pg_dump, pg_restore and psql, which must not be older than the server. When "
            "absent, those of the embedded server; only `matricula db backup` and `restore` use them."
        ),
    ] = None
    pool_size: Annotated[
        int, Field(ge=1, le=1000, description="The most database connections that one process opens.")
    ] = 10
    queue_limit: Annotated[
        int,
        Field(ge=1, description="How many registration requests may wait in a process until it answers 503."),
    ] = 10_000
    queue_review_seconds: Annotated[
        float,
        Field(
            ge=0,
            le=86_400,
            allow_inf_nan=False,
            description="How often the server looks at the waitlists again, so that time acts on them: tickets open, "
            "reserved seats are released, waitlists close; 0 for never.",
        ),
    ] = 30
    import_limit_mib: Annotated[
        int, Field(ge=1, le=4096, description="How many mebibytes an upload to `/v1/imports` has at most.")
    ] = 64
    rate_limit: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000,
            description="How many requests a minute a process answers to a student, an instructor, or an address that "
            "nobody has signed in from, until it answers 429; 0 for any number. Staff have no limit.",
        ),
    ] = 600
    host: Annotated[str, Field(min_length=1, description="The address `matricula serve` listens on.")] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65_535, description="The port `matricula serve` listens on; 0 for any free one.")
    ] = 8000
    authentication: Annotated[
        AuthenticationKind,
        Field(
            description="Who says who calls: `accounts`, tokens that this server issues to the accounts it keeps; "
            "`oidc`, tokens of an OpenID Connect provider, whose people have accounts here by their address; "
            "`development`, on the loopback alone: headers that anybody can send."
        ),
    ] = AuthenticationKind.ACCOUNTS
    signing_keys: Annotated[
        SecretStr | None,
        Field(
            description="RSA private keys in PEM, one after the other: the first signs access tokens, all verify them. "
            "When absent, a server on the loopback keeps one of its own in the data folder."
        ),
    ] = None
    token_issuer: Annotated[
        str,
        Field(min_length=1, max_length=200, description="Who the tokens that this server issues say they are from."),
    ] = "matricula"  # noqa: S105 - a name
    access_token_seconds: Annotated[
        int, Field(ge=60, le=int(LONGEST_ACCESS.total_seconds()), description="How long an access token is good.")
    ] = 900
    refresh_token_days: Annotated[
        int, Field(ge=1, le=365, description="How long somebody who does not come back stays signed in.")
    ] = 30
    oidc_issuer: Annotated[
        str | None,
        matching(
            r"^https://|^http://(localhost|127\.0\.0\.1|\[::1\])[:/]",
            "must begin with https://, or with http:// on the loopback",
        ),
        Field(
            description="The OpenID Connect provider: the address beneath which `.well-known/openid-configuration` is.",
        ),
    ] = None
    oidc_audience: Annotated[
        str | None,
        Field(min_length=1, description="Whom the provider's tokens must be meant for: the API's name there."),
    ] = None
    trusted_proxies: Annotated[
        str,
        AfterValidator(trusted),
        Field(
            description="Whose X-Forwarded-For is believed: addresses and networks with commas between them, or `*` "
            "for everybody's, where only a proxy can reach the server."
        ),
    ] = ""
    cors_origins: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(separated),
        Field(
            description="The origins whose pages may call the API from a browser, separated by commas, each exactly as "
            "browsers send it: `https://portal.example.edu`."
        ),
    ] = ()
    hsts_seconds: Annotated[
        int,
        Field(
            ge=0,
            le=63_072_000,
            description="How long browsers shall come over TLS alone (Strict-Transport-Security); for servers with TLS "
            "in front of them. 0 says nothing of it.",
        ),
    ] = 0
    request_seconds: Annotated[
        float,
        Field(gt=0, le=3600, allow_inf_nan=False, description="How long a request may take until it is answered 503."),
    ] = 60
    body_seconds: Annotated[
        float,
        Field(
            gt=0,
            le=3600,
            allow_inf_nan=False,
            description="How long the body of a request may take to arrive until it is refused with 408.",
        ),
    ] = 30
    connection_limit: Annotated[
        int,
        Field(ge=10, description="How many connections a process serves at a time; others are answered 503."),
    ] = 4000
    log_level: Annotated[LogLevel, Field(description="The least severe events that are logged.")] = LogLevel.INFO
    log_format: Annotated[
        LogFormat,
        Field(description="How events are logged: `json`, an object a line, or `console` for people."),
    ] = LogFormat.JSON

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.authentication is AuthenticationKind.OIDC and not (self.oidc_issuer and self.oidc_audience):
            raise ValueError(
                f"{environment_name('oidc_issuer')} and {environment_name('oidc_audience')} must be set with oidc"
            )
        return self

    @classmethod
    def from_environment(cls, **overrides: object) -> Self:
        """Read the environment; `overrides` beat it, by field name. Raises `InvalidSettings`."""
        refuse_unknown_names(os.environ)
        read = _secrets_from_files(os.environ)
        try:
            return cls(**{**read, **overrides})  # type: ignore[arg-type]  # checked by the model itself
        except ValidationError as error:
            raise InvalidSettings(_described(error, read.keys() - overrides.keys())) from None

    def with_database(self, url: str, owner_url: str) -> Self:
        """The same settings for a database, given as its application's role and as its owner."""
        urls = {"database_url": SecretStr(url), "database_owner_url": SecretStr(owner_url)}
        return self.model_copy(update=urls)


def environment_name(field: str) -> str:
    """The environment variable that sets a field."""
    return PREFIX + field.upper()


def secret_fields() -> list[str]:
    """The fields that hold a secret, and may therefore be given as files."""
    return [name for name, field in Settings.model_fields.items() if _holds_secret(field.annotation)]


def environment_names() -> list[str]:
    """Every environment variable that sets something, files of secrets included."""
    fields = [environment_name(field) for field in Settings.model_fields]
    return [*fields, *(environment_name(field) + FILE_SUFFIX for field in secret_fields())]


def refuse_unknown_names(environment: Mapping[str, str]) -> None:
    """Raise `InvalidSettings` when a MATRICULA_* name is no setting, naming the setting it resembles most."""
    known = environment_names()
    unknown = sorted(
        name
        for name in environment
        if name.upper().startswith(PREFIX) and not name.upper().startswith(TEST_PREFIX) and name.upper() not in known
    )
    if unknown:
        raise InvalidSettings("\n".join(_unknown(name, known) for name in unknown))


def _holds_secret(annotation: Any) -> bool:  # noqa: ANN401 - an annotation
    return annotation is SecretStr or any(_holds_secret(part) for part in get_args(annotation))


def _secrets_from_files(environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets that are given as files, by field. Raises `InvalidSettings`."""
    given = {name.upper(): value for name, value in environment.items() if value}
    return {
        field: _secret(given, environment_name(field))
        for field in secret_fields()
        if environment_name(field) + FILE_SUFFIX in given
    }


def _secret(given: Mapping[str, str], name: str) -> str:
    """What the file of a secret says. No message shows the path: whoever mistakes one name for the other puts a secret
    there.
    """
    variable = name + FILE_SUFFIX
    if name in given:
        raise InvalidSettings(f"{name} and {variable} are both set; one of them must go")
    try:
        secret = Path(given[variable]).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "it is no text in UTF-8"
        raise InvalidSettings(f"{variable}: the file cannot be read: {reason}") from None
    if not secret:
        raise InvalidSettings(f"{variable}: the file is empty")
    return secret


def _unknown(name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0)
    return f"{name} is not a setting; the nearest one is {nearest[0]}"


def _described(error: ValidationError, from_files: Collection[str]) -> str:
    return "\n".join(
        f"{_named(problem['loc'], from_files)}{in_plain_words(problem)}"
        for problem in error.errors(include_input=False, include_url=False)
    )


def _named(location: tuple[int | str, ...], from_files: Collection[str]) -> str:
    """The variable that a problem is about, if it is about one."""
    return f"{_given_as(str(location[0]), from_files)}: " if location else ""


def _given_as(field: str, from_files: Collection[str]) -> str:
    return environment_name(field) + (FILE_SUFFIX if field in from_files else "")
