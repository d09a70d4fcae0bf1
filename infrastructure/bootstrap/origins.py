"""Where requests come from as settings give it, pages and proxies: exact, or refused."""

import re
from ipaddress import ip_network

_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")


def separated(text: object) -> object:
    """The origins in a text, which commas separate. Raises `ValueError` for what no browser would send."""
    if not isinstance(text, str):
        return text
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("must be origins like https://portal.example.edu: a scheme, a host in small letters, no path")
    return origins


def networks(text: str) -> str:
    """Addresses and networks with commas between them, or `*`. Raises `ValueError` for what would never be met."""
    try:
        for part in text.split(","):
            if part.strip() not in ("", "*"):
                ip_network(part.strip(), strict=False)
    except ValueError:
        raise ValueError(
            "must be addresses and networks, such as 10.0.0.7 and 10.0.0.0/8 with commas between them, or *"
        ) from None
    return text
