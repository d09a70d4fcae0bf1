"""What changed between two OpenAPI documents, and whether a client of the old one may break on the new one."""

from collections.abc import Iterator, Mapping
from typing import Any

from interfaces.rest.contract.schemas import Change, Direction, SchemaComparison, resolved

Json = Any

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def changes(old: Json, new: Json) -> list[Change]:
    """Every change, the breaking ones first."""
    found = list(_Comparison(old, new).all())
    return sorted(found, key=lambda change: not change.is_breaking)


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self._old = old
        self._new = new
        self._schemas = SchemaComparison(old, new)

    def all(self) -> Iterator[Change]:
        before, after = _operations(self._old), _operations(self._new)
        for place in sorted(before.keys() - after.keys()):
            yield Change(place, "is gone", is_breaking=True)
        for place in sorted(after.keys() - before.keys()):
            yield Change(place, "is new", is_breaking=False)
        for place in sorted(before.keys() & after.keys()):
            yield from self._parameters(before[place], after[place], place)
            yield from self._body(before[place], after[place], place)
            yield from self._responses(before[place], after[place], place)
            yield from self._security(before[place], after[place], place)

    def _parameters(self, old: Json, new: Json, place: str) -> Iterator[Change]:
        before, after = _parameters(self._old, old), _parameters(self._new, new)
        for name in sorted(before.keys() - after.keys()):
            yield Change(f"{place} {name}", "is gone", is_breaking=True)
        for name in sorted(after.keys() - before.keys()):
            must = after[name].get("required", False)
            yield Change(f"{place} {name}", "is new" + " and required" * must, must)
        for name in sorted(before.keys() & after.keys()):
            was, is_now = before[name], after[name]
            if was.get("required", False) != is_now.get("required", False):
                must = is_now.get("required", False)
                yield Change(f"{place} {name}", "is required now" if must else "is no more required", must)
            schemas = was.get("schema", {}), is_now.get("schema", {})
            yield from self._schemas.changes(*schemas, f"{place} {name}", Direction.SENT)

    def _body(self, old: Json, new: Json, place: str) -> Iterator[Change]:
        before, after = (resolved(d, o.get("requestBody", {})) for d, o in ((self._old, old), (self._new, new)))
        if after.get("required", False) and not before.get("required", False):
            yield Change(f"{place} body", "is required now", is_breaking=True)
        yield from self._contents(before, after, f"{place} body", Direction.SENT)

    def _responses(self, old: Json, new: Json, place: str) -> Iterator[Change]:
        before, after = old["responses"], new["responses"]
        for status in sorted(before.keys() - after.keys()):
            # An error that no more happens hurts nobody.
            yield Change(f"{place} {status}", "is gone", is_breaking=int(status) < 400)
        for status in sorted(after.keys() - before.keys()):
            yield Change(f"{place} {status}", "is new", is_breaking=False)
        for status in sorted(before.keys() & after.keys()):
            was, is_now = resolved(self._old, before[status]), resolved(self._new, after[status])
            yield from self._contents(was, is_now, f"{place} {status}", Direction.RECEIVED)
            headers = was.get("headers", {}).keys(), is_now.get("headers", {}).keys()
            for name in sorted(headers[0] - headers[1]):
                yield Change(f"{place} {status} header {name}", "is gone", is_breaking=True)
            for name in sorted(headers[1] - headers[0]):
                yield Change(f"{place} {status} header {name}", "is new", is_breaking=False)

    def _contents(self, old: Json, new: Json, place: str, direction: Direction) -> Iterator[Change]:
        before, after = old.get("content", {}), new.get("content", {})
        for media_type in sorted(before.keys() - after.keys()):
            yield Change(f"{place} {media_type}", "is gone", is_breaking=True)
        for media_type in sorted(after.keys() - before.keys()):
            yield Change(f"{place} {media_type}", "is new", is_breaking=False)
        for media_type in sorted(before.keys() & after.keys()):
            schemas = before[media_type].get("schema", {}), after[media_type].get("schema", {})
            yield from self._schemas.changes(*schemas, place, direction)

    def _security(self, old: Json, new: Json, place: str) -> Iterator[Change]:
        """Each alternative is a set of schemes; the empty one means that nothing is needed."""
        before, after = _alternatives(self._old, old), _alternatives(self._new, new)
        for alternative in sorted(before - after):
            yield Change(place, f"can no more be called with {alternative}", is_breaking=True)
        for alternative in sorted(after - before):
            yield Change(place, f"can be called with {alternative} now", is_breaking=False)


def _operations(document: Json) -> Mapping[str, Json]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    }


def _parameters(document: Json, operation: Json) -> Mapping[str, Json]:
    parameters = [resolved(document, parameter) for parameter in operation.get("parameters", ())]
    return {f"{parameter['in']} parameter {parameter['name']}": parameter for parameter in parameters}


def _alternatives(document: Json, operation: Json) -> set[str]:
    required = operation.get("security", document.get("security", ())) or [{}]
    return {" and ".join(sorted(schemes)) or "no credentials" for schemes in required}
