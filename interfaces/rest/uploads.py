"""Uploads: a body that streams to a file without a name, which vanishes with the process whatever happens to it."""

import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import IO

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from interfaces.rest.middleware.body_limit import within_limit

_IN_MEMORY = 256 * 1024
"""So small an upload needs no file."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What came: the open file, at its beginning, the digest of its content, and how many lines that has."""

    file: IO[bytes]
    digest: str
    lines: int


async def received_upload(request: Request, maximum: int) -> Upload:
    """The body of a request, of `maximum` bytes at most. Whoever gets it closes the file.

    Raises `RestError` (413), and `ClientDisconnect` when the rest of it will not come.
    """
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by whoever gets it
    digest, lines = sha256(), 0
    try:
        async for piece in _pieces(within_limit(request.scope, request.receive, maximum)):
            file.write(piece)
            digest.update(piece)
            lines += piece.count(b"\n")
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return Upload(file, digest.hexdigest(), lines)


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    """The body, as it comes. Raises `ClientDisconnect` when the rest of it will not come."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        yield message.get("body", b"")
        more = message.get("more_body", False)
