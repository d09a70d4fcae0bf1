"""What is wrong with a value, in plain words: pydantic's own speak of inputs, tuples and tags."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import StringConstraints

_WHOLE_NUMBER = "must be a whole number, and not too large"
_NUMBER = "must be a number"
_ID = "must be an id (UUID)"
_DATE = "must be a date, such as 2026-01-31"
_MOMENT = "must be a moment with its offset from UTC, such as 2026-01-31T10:00:00Z"
_TIME = "must be a time of day, such as 10:00"
_LIST = "must be a list"
_OBJECT = "must be an object"

_WORDS: Mapping[str, str] = {
    "missing": "is required",
    "string_type": "must be a text",
    "string_too_short": "must have {min_length} characters or more",
    "string_too_long": "must have {max_length} characters or fewer",
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "too_short": "must have a length of {min_length} or more",
    "too_long": "must have a length of {max_length} or less",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "decimal_max_digits": "must have {max_digits} digits or fewer",
    "decimal_max_places": "must have {decimal_places} decimal places or fewer",
    "finite_number": _NUMBER,
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "union_tag_not_found": "must say in {discriminator} what it is",
    "union_tag_invalid": "must say in {discriminator} what it is, one of {expected_tags}",
    "frozen_set_type": _LIST,
    "list_type": _LIST,
    "set_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
}
"""By pydantic's name for the kind of error; braces stand for what it tells about it."""

_FAMILIES: Mapping[str, str] = {
    "int": _WHOLE_NUMBER,
    "float": _NUMBER,
    "decimal": _NUMBER,
    "uuid": _ID,
    "datetime": _MOMENT,
    "timezone": _MOMENT,
    "date": _DATE,
    "time": _TIME,
}
"""By how the name of the kind begins, for all others."""

_OF_PATTERNS: dict[str, str] = {}
"""By the pattern that a text does not match."""

_ADDED = re.compile(r"^(Value error|Assertion failed), ")


def matching(pattern: str, words: str) -> StringConstraints:
    """The constraint of a text that matches `pattern`; `words` are the message about all others."""
    _OF_PATTERNS[pattern] = words
    return StringConstraints(pattern=pattern)


def in_plain_words(error: Mapping[str, Any]) -> str:
    """The message of one of the errors that `ValidationError.errors` lists."""
    kind: str = error["type"]
    told: Mapping[str, Any] = error.get("ctx", {})
    words = _OF_PATTERNS.get(told.get("pattern", "")) or _WORDS.get(kind) or _FAMILIES.get(kind.partition("_")[0])
    return _ADDED.sub("", error["msg"]) if words is None else words.format_map(told)
