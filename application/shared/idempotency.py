"""Doing what is asked once: a request with an idempotency key that comes again gets the answer it got before."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Generic, Protocol, TypeVar

from application.shared.dto import Dto
from application.shared.errors import InvalidField

LONGEST_KEY = 200
KEPT_FOR = timedelta(hours=24)
"""How long an answer is given again."""

V = TypeVar("V", bound=Dto)


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request of `subject` under the idempotency `key` that they chose; `digest` tells it from all others."""

    subject: str
    key: str
    digest: str

    @classmethod
    def of(cls, subject: str, key: str, operation: str, asked: str) -> "KeyedRequest":
        """The request for `operation`, of which `asked` is everything that the caller said.

        Raises `InvalidField` for a key that is not 1 to 200 printable characters.
        """
        require_key(key)
        return cls(subject, key, sha256(f"{operation} {asked}".encode()).hexdigest())


def require_key(key: str) -> None:
    """Raise `InvalidField` unless `key` is 1 to 200 printable characters."""
    if not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
        field, reason = "idempotency_key", f"must be 1 to {LONGEST_KEY} printable characters"
        raise InvalidField(field, reason)


@dataclass(frozen=True, slots=True)
class Told:
    """The `answer` that a request got, as JSON."""

    request: KeyedRequest
    answer: str


@dataclass(frozen=True, slots=True)
class Answer(Generic[V]):
    """What a request is told; `is_replay` when an earlier one with its key was told so before."""

    view: V
    is_replay: bool = False


class KeptAnswers(Protocol):
    """The answers of one institution that were given to requests with a key, each kept for a day at least.

    They are part of a transaction: an answer is kept if, and only if, what it tells of is stored. What is refused has
    changed nothing, and leaves none.
    """

    async def claim(self, request: KeyedRequest) -> str | None:
        """The answer that this request got before, as JSON; None when it is new: then the key is its own from now on.

        Whoever claims a key that another transaction has claimed waits for the end of that one. Raises `KeyReused` for
        a key that came with another request.
        """
        ...

    async def find(self, request: KeyedRequest) -> str | None:
        """The answer that this request got before, as JSON, or None; claims nothing. Raises `KeyReused`."""
        ...

    async def keep(self, told: Told) -> None:
        """Keep the answer to a request whose key was claimed in this transaction."""
        ...


async def answer_once(
    answers: KeptAnswers, request: KeyedRequest, view: type[V], do: Callable[[], Awaitable[V]]
) -> Answer[V]:
    """Do what is asked and keep the answer, a `view`; or the answer that was given before. Raises `KeyReused`."""
    before = await answers.claim(request)
    if before is not None:
        return Answer(view.model_validate_json(before), is_replay=True)
    done = await do()
    await answers.keep(Told(request, done.model_dump_json()))
    return Answer(done)
