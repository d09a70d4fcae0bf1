"""What changed between two JSON schemas, as OpenAPI 3.1 has them, for whoever sends or receives what they describe."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Json = Any

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_FORMS = ("pattern", "format", "multipleOf", "uniqueItems")


class Direction(Enum):
    """Who writes what a schema describes."""

    SENT = "sent"
    """The client: what it may write must stay allowed."""

    RECEIVED = "received"
    """The server: what the client may rely on must stay there."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the contract at a place; a breaking one may make a client fail that did nothing wrong."""

    place: str
    what: str
    is_breaking: bool

    def __str__(self) -> str:
        return f"{'BREAKING' if self.is_breaking else 'change'}: {self.place}: {self.what}"


def resolved(document: Json, node: Json) -> Json:
    """What a node is, or refers to."""
    while "$ref" in node:
        found = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


class SchemaComparison:
    """Compares schemas of two documents; a pair that was compared before, for the same direction, says nothing new."""

    def __init__(self, old: Json, new: Json) -> None:
        self._old = old
        self._new = new
        self._compared: set[tuple[str, str, Direction]] = set()

    def changes(self, old: Json, new: Json, place: str, direction: Direction) -> Iterator[Change]:
        """What changed from one schema to the other; `place` is where, for people."""
        if "$ref" in old and "$ref" in new:
            pair = (old["$ref"], new["$ref"], direction)
            if pair in self._compared:
                return
            self._compared.add(pair)
            place = old["$ref"].rpartition("/")[2]
        old, new = resolved(self._old, old), resolved(self._new, new)
        yield from self._variants(old, new, place, direction)
        yield from _values(old, new, place, direction)
        if _is_union(old) or _is_union(new):
            return
        yield from _limits(old, new, place, direction)
        yield from self._properties(old, new, place, direction)
        if "items" in old and "items" in new:
            yield from self.changes(old["items"], new["items"], f"{place}[]", direction)
        if isinstance(old.get("additionalProperties"), dict) and isinstance(new.get("additionalProperties"), dict):
            values = old["additionalProperties"], new["additionalProperties"]
            yield from self.changes(*values, f"{place}.*", direction)

    def _variants(self, old: Json, new: Json, place: str, direction: Direction) -> Iterator[Change]:
        """Types, and the variants of unions: a union of one is that one."""
        before, after = _by_kind(self._old, old), _by_kind(self._new, new)
        anything = {""}  # a schema without a type takes everything
        removed = set() if after.keys() == anything else before.keys() - after.keys()
        added = set() if before.keys() == anything else after.keys() - before.keys()
        for kind in sorted(removed):
            yield Change(place, f"can no more be {kind or 'anything'}", direction is Direction.SENT)
        for kind in sorted(added):
            yield Change(place, f"can be {kind or 'anything'} now", direction is Direction.RECEIVED)
        if _is_union(old) or _is_union(new):
            for kind in sorted(before.keys() & after.keys()):
                yield from self.changes(before[kind], after[kind], place, direction)

    def _properties(self, old: Json, new: Json, place: str, direction: Direction) -> Iterator[Change]:
        before: Mapping[str, Json] = old.get("properties", {})
        after: Mapping[str, Json] = new.get("properties", {})
        required_before, required_after = set(old.get("required", ())), set(new.get("required", ()))
        is_sent = direction is Direction.SENT
        for name in sorted(before.keys() - after.keys()):
            yield Change(f"{place}.{name}", "is gone", is_breaking=True)
        for name in sorted(after.keys() - before.keys()):
            must = name in required_after
            yield Change(f"{place}.{name}", "is new" + " and required" * must, is_sent and must)
        for name in sorted(before.keys() & after.keys()):
            if name in required_after - required_before:
                yield Change(f"{place}.{name}", "is required now", is_sent)
            if name in required_before - required_after:
                yield Change(f"{place}.{name}", "is no more required", not is_sent)
            yield from self.changes(before[name], after[name], f"{place}.{name}", direction)
        if old.get("additionalProperties", True) and new.get("additionalProperties", True) is False:
            yield Change(place, "takes no further properties now", is_sent)


def _kind(document: Json, schema: Json) -> str:
    """What tells a schema from the other variants of a union: the name of a model, else its JSON type."""
    actual = resolved(document, schema)
    if "properties" in actual:
        return f"{actual.get('title', 'object')}"
    return str(actual.get("type") or ("a fixed value" if "const" in actual or "enum" in actual else ""))


def _is_union(schema: Json) -> bool:
    return "anyOf" in schema or "oneOf" in schema


def _by_kind(document: Json, schema: Json) -> dict[str, Json]:
    variants = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return {_kind(document, variant): variant for variant in variants}


def _values(old: Json, new: Json, place: str, direction: Direction) -> Iterator[Change]:
    before, after = _allowed(old), _allowed(new)
    if before is None or after is None:
        if after is not None:
            yield Change(place, f"is one of {', '.join(sorted(after))} now", direction is Direction.SENT)
        if before is not None:
            yield Change(place, "is no more one of a list", direction is Direction.RECEIVED)
        return
    for value in sorted(before - after):
        yield Change(place, f"is no more {value}", direction is Direction.SENT)
    for value in sorted(after - before):
        # Clients are told to expect values that they do not know.
        yield Change(place, f"may be {value} now", is_breaking=False)


def _allowed(schema: Json) -> set[str] | None:
    if "const" in schema:
        return {str(schema["const"])}
    return {str(value) for value in schema["enum"]} if "enum" in schema else None


def _limits(old: Json, new: Json, place: str, direction: Direction) -> Iterator[Change]:
    """A limit that is closer refuses what was sent before; receivers are not hurt by limits."""
    for name in (*_LOWER, *_UPPER, *_FORMS):
        before, after = old.get(name), new.get(name)
        if before != after:
            what = f"{name} is {after} now" if after is not None else f"{name} is gone"
            yield Change(place, what, direction is Direction.SENT and _is_closer(name, before, after))


def _is_closer(name: str, before: Json, after: Json) -> bool:
    if after is None or before is None or name in _FORMS:
        return after is not None
    return bool(after > before) if name in _LOWER else bool(after < before)
