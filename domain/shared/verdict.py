"""What a rule answers: allowed, or rejected with a stable code, and the facts that it looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from domain.shared.value import value

Parameter: TypeAlias = "str | int | Decimal | tuple[Parameter, ...] | Mapping[str, Parameter] | None"
"""A value that explains a verdict; every adapter can print it."""


@value(frozen=True, slots=True)
class Allowed:
    """A rule that has nothing against the action; `parameters` name what it looked at."""

    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))


@value(frozen=True, slots=True)
class Rejection:
    """A rule's refusal: a value, not an exception.

    `code` is stable and listed in the error catalogue; `parameters` name what the rule looked at.
    """

    code: str
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))


Verdict: TypeAlias = Allowed | Rejection
ALLOWED = Allowed()


def rejections_among(verdicts: Iterable[Verdict]) -> tuple[Rejection, ...]:
    """All rejections in `verdicts`, in order: a caller is told everything at once."""
    return tuple(verdict for verdict in verdicts if isinstance(verdict, Rejection))
