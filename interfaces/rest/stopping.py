"""Whether the server has been told to stop; whoever runs it says so, and the outermost middleware acts on it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Stopping:
    """Once it has begun, requests are refused, and each connection closes with its answer."""

    has_begun: bool = False
