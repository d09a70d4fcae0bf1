"""Database URLs as people write them, turned into those that the driver takes. No message repeats one."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

SCHEME = "postgresql+asyncpg"
_SCHEMES = frozenset({"postgres", "postgresql", SCHEME})
_RENAMED = {"sslmode": "ssl"}


def normalised(url: str) -> str:
    """The URL in the driver's terms. Raises `ValueError`, whose message has no secret."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is no URL (reserved characters in a password must be percent-encoded)") from None
    if parts.scheme not in _SCHEMES or port == 0:
        raise ValueError("must begin with postgresql://")
    if not parts.path.strip("/"):
        raise ValueError("must name a database: postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE")
    query = [(_RENAMED.get(name, name), value) for name, value in parse_qsl(parts.query)]
    rest = urlunsplit(("", parts.netloc, parts.path, urlencode(query, safe="/"), ""))
    return f"{SCHEME}://{rest.removeprefix('//')}"
