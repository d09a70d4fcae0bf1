"""Entity tags, and the conditions that requests put on them (RFC 9110, section 13)."""

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Protocol, TypeVar, cast
from uuid import UUID

from fastapi import Request

from application.shared.dto import Dto
from application.shared.errors import StaleWrite
from interfaces.rest.problems import RestError

_VERSION_TAG = re.compile(r'"(\d{1,9})(?:\.[0-9a-f]{1,64})?"')

_DIGITS = 24

V = TypeVar("V", bound=Dto)


class Versioned(Protocol):
    """What every view of a record has."""

    @property
    def id(self) -> UUID: ...

    @property
    def version(self) -> int: ...


def versioned(view: Dto) -> Versioned:
    """The view of a record, as what every such view has."""
    return cast("Versioned", view)


def tag_of(view: Dto, body: bytes) -> str:
    """The entity tag of a record: its version, which changes are about, and a digest of all that the answer shows.

    An answer shows what is no part of the version, too: a section's seats, and the codes of its course and term.
    """
    return f'"{versioned(view).version}.{_digest(body)}"'


def tag_of_written(body: bytes) -> str:
    """The entity tag of a record that is already written; of all views, the version is the last field."""
    version = body[body.rindex(b":") + 1 : -1]
    return f'"{int(version)}.{_digest(body)}"'


def tag_of_body(body: bytes) -> str:
    """The entity tag of an answer that is no single record."""
    return f'"{_digest(body)}"'


def tag_of_digest(digest: str) -> str:
    """The entity tag of an answer that shows what `digest` tells from all else, and nothing more."""
    return f'"{digest[:_DIGITS]}"'


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:_DIGITS]


def is_known_to_client(request: Request, tag: str) -> bool:
    """Whether If-None-Match names `tag`: then 304 says all."""
    given = request.headers.get("if-none-match")
    if given is None:
        return False
    return any(part.strip().removeprefix("W/") in ("*", tag) for part in given.split(","))


async def expected_version(request: Request, kind: str, current: Callable[[], Awaitable[Dto]]) -> int | None:
    """The version that a change is about, None for whichever.

    Of several in If-Match it is the one that `current` has. Raises `RestError` (428) without If-Match, `StaleWrite`
    when no tag can match.
    """
    given = request.headers.get("if-match")
    if given is None:
        raise RestError("precondition_required")
    if given.strip() == "*":
        return None
    versions = _versions(given)
    if len(versions) == 1:
        return versions.pop()
    version = versioned(await current()).version
    if version not in versions:
        raise StaleWrite(kind)
    return version


def _versions(header: str) -> set[int]:
    """The versions of the strong tags; what else a tag tells says nothing about the version."""
    matches = (_VERSION_TAG.fullmatch(part.strip()) for part in header.split(","))
    return {int(match[1]) for match in matches if match}
