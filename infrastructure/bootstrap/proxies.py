"""Proxies as settings give them: addresses and networks that can be met, or refused."""

from ipaddress import ip_network

EVERYBODY = "*"


def trusted(text: str) -> str:
    """The networks in a text, which commas separate, or `*`. Raises `ValueError` for what is never met, as a name."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if parts == [EVERYBODY]:
        return EVERYBODY
    try:
        return ",".join(str(ip_network(part, strict=False)) for part in parts)
    except ValueError:
        raise ValueError(f"must be addresses and networks such as 10.0.0.0/8, or {EVERYBODY} alone") from None
