"""Origins of pages as settings give them: exact, or refused."""

import re

_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")


def separated(text: object) -> object:
    """The origins in a text, which commas separate. Raises `ValueError` for what no browser would send."""
    if not isinstance(text, str):
        return text
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("must be origins like https://portal.example.edu: a scheme, a host in small letters, no path")
    return origins
