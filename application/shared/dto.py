"""The base of all DTOs, and the field types they share: frozen pydantic models, the contract of every caller."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from application.shared.plain_words import matching
from domain.shared.invalid import InvalidValue
from domain.shared.reference import CODE_IN_WORDS, CODE_PATTERN, Reference

_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_WRITTEN_REFERENCE = re.compile(
    rf"code:(?:{CODE_PATTERN}:)?{CODE_PATTERN}|[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}"
)
"""A reference that is already as it is written."""


class Dto(BaseModel):
    """A frozen model that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


def _storable(text: str) -> str:
    """Refuse what no database stores as text: NUL and lone surrogates."""
    if "\x00" in text:
        msg = "must not contain the NUL character"
        raise ValueError(msg)
    try:
        text.encode()
    except UnicodeEncodeError:
        msg = "must be valid Unicode"
        raise ValueError(msg) from None
    return text


def _printable(text: str) -> str:
    """Refuse what no terminal shows: control characters, line ends, lone surrogates."""
    if not text.isprintable():
        msg = "must have printable characters only"
        raise ValueError(msg)
    return text


def _reference(text: str) -> str:
    if _WRITTEN_REFERENCE.fullmatch(text):
        return text
    try:
        return str(Reference.parse(text))
    except InvalidValue as error:
        raise ValueError(error.reason) from None


def _in_range(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        msg = f"must lie between the years {_FIRST_YEAR} and {_LAST_YEAR}"
        raise ValueError(msg)
    return day


def _to_utc(moment: datetime) -> datetime:
    return _checked(_checked(moment).astimezone(UTC))


def _checked(moment: datetime) -> datetime:
    _in_range(moment)
    return moment


Code = Annotated[str, matching(f"^{CODE_PATTERN}$", CODE_IN_WORDS), Field(examples=["CS-101"])]
"""A natural code, unique for its kind of record within the institution (or term)."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_storable)]
"""A short text, 1 to 200 characters."""

Text = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_storable)]
"""A text of up to 10,000 characters."""

Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(_printable)
]
"""A short text of 1 to 64 printable characters, as it is written on a transcript."""

ReferenceText = Annotated[
    str, StringConstraints(max_length=200), AfterValidator(_reference), Field(examples=["code:CS-101"])
]
"""A record named by id, or by natural code: `code:CODE`, within a term `code:TERM:CODE`."""

Email = Annotated[
    str, matching(r"^[^@\s\x00]{1,64}@[^@\s\x00]{1,190}$", "must be an e-mail address, such as ada@uni.edu")
]
"""An e-mail address; only its form is checked."""

Credits = Annotated[Decimal, Field(ge=0, le=1000, max_digits=6, decimal_places=2, examples=["3"])]
"""Credits, with at most two decimals."""

Day = Annotated[date, AfterValidator(_in_range)]
"""A date between 1900 and 2200."""

Moment = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment with its offset, kept in UTC."""


IN_ORDER = PlainSerializer(sorted, when_used="json")
"""Annotates a set: its JSON is sorted, so that the same set is the same text in every process."""


def reference(text: str) -> Reference:
    """Read a `ReferenceText`."""
    return Reference.parse(text)
