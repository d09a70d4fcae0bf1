"""The two roles of the application on the embedded server, and their passwords for TCP."""

import json
import os
import secrets
from collections.abc import Mapping

from infrastructure.persistence.postgres.embedded.endpoint import Endpoint
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError
from infrastructure.persistence.postgres.embedded.layout import Layout
from infrastructure.persistence.postgres.embedded.lease import APP_ROLE, OWNER_ROLE

_ROLES = (OWNER_ROLE, APP_ROLE)
_HUMBLE = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def ensure_roles(endpoint: Endpoint) -> None:
    """Create the owner's and the application's role unless they exist; the caller holds the start lock."""
    endpoint.run_sql(
        "".join(
            f"SELECT 'CREATE ROLE {role} {_HUMBLE}' "  # noqa: S608  # only constants are filled in
            f"WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') \\gexec\n"
            for role in _ROLES
        )
    )


def ensure_passwords(endpoint: Endpoint, layout: Layout) -> Mapping[str, str]:
    """The roles' passwords for TCP, generated at the first call and kept in a file closed to others.

    Raises EmbeddedPostgresError when the file is not readable or not what was written.
    """
    if not endpoint.listens_on_tcp:
        return {}
    try:
        if layout.passwords.exists():
            known = json.loads(layout.passwords.read_text(encoding="utf-8"))
            return {role: str(known[role]) for role in _ROLES}
        passwords = {role: secrets.token_urlsafe(24) for role in _ROLES}
        endpoint.run_sql("".join(f"ALTER ROLE {role} PASSWORD '{word}';\n" for role, word in passwords.items()))
        new = layout.passwords.with_suffix(".new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(passwords, stream)
        new.replace(layout.passwords)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EmbeddedPostgresError(f"the passwords in {layout.passwords} cannot be used: {error}") from error
    return passwords
