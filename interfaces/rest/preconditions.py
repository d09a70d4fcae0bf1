"""Entity tags, and the conditions that requests put on them (RFC 9110, section 13)."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, TypeVar, cast
from uuid import UUID

from fastapi import Request

from application.shared.dto import Dto
from application.shared.errors import StaleWrite
from domain.shared.reference import Reference
from interfaces.rest.problems import RestError

_RECORD_TAG = re.compile(r'"([0-9]{1,9})(?:\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[0-9a-f]{1,64})?"')
_ID = b'"id":"'

_ID_LENGTH = 36
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
    """The entity tag of a record: version and id, which changes are about, and a digest of all that the answer shows.

    The id is there because versions begin anew with a record that takes the code of one that is gone.

    An answer shows what is no part of the version, too: a section's seats, and the codes of its course and term.
    """
    record = versioned(view)
    return f'"{record.version}.{record.id}.{_digest(body)}"'


def tag_of_written(body: bytes) -> str:
    """The entity tag of a record that is already written.

    Of all views, the version is the last field, and of all ids the record's own comes first; quotes within a text are
    escaped.
    """
    version = body[body.rindex(b":") + 1 : -1]
    start = body.index(_ID) + len(_ID)
    return f'"{int(version)}.{body[start : start + _ID_LENGTH].decode()}.{_digest(body)}"'


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
    if "if-none-match" not in request.headers:
        return False
    given = ",".join(request.headers.getlist("if-none-match"))
    return any(part.strip().removeprefix("W/") in ("*", tag) for part in given.split(","))


@dataclass(frozen=True, slots=True)
class Condition:
    """What a change says in If-Match of the record it is about: one of some tags, None for whichever.

    Of a tag, a version and an id count; what else it tells says nothing about the record. A version may stand alone,
    and is about whichever record the path names.
    """

    kind: str
    tags: frozenset[tuple[int, UUID | None]] | None

    @classmethod
    def of(cls, request: Request, kind: str) -> "Condition":
        """The condition of a request to change a record of a kind. Raises `RestError` (428) when there is none."""
        given = request.headers.getlist("if-match")
        if not given:
            raise RestError("precondition_required")
        tags = ",".join(given)
        return cls(kind, None if tags.strip() == "*" else _tags(tags))

    def require(self, view: Dto) -> None:
        """Raise `StaleWrite` unless the record meets the condition."""
        record = versioned(view)
        if self.tags is not None and self.tags.isdisjoint([(record.version, record.id), (record.version, None)]):
            raise StaleWrite(self.kind)

    async def about(self, reference: Reference, current: Callable[[], Awaitable[Dto]]) -> tuple[Reference, int | None]:
        """The record to change, and the version that it must have, None for whichever.

        What the path names by a code is looked up: another record may have taken the code since. Raises `StaleWrite`
        when no tag can match, and what `current` raises.
        """
        if self.tags is None:
            return reference, None
        if len(self.tags) == 1:
            ((version, identifier),) = self.tags
            if identifier in (None, reference.id):
                return reference, version
        view = await current()
        self.require(view)
        return Reference.of(versioned(view).id), versioned(view).version


def _tags(header: str) -> frozenset[tuple[int, UUID | None]]:
    """The versions and ids in the strong tags."""
    matches = (_RECORD_TAG.fullmatch(part.strip()) for part in header.split(","))
    return frozenset((int(match[1]), UUID(match[2]) if match[2] else None) for match in matches if match)
