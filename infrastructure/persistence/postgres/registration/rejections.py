"""Rejections as JSON documents that can be read back exactly: a number that is no integer says that it is a decimal."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from domain.registration.codes import RejectionCode
from domain.shared.verdict import Parameter, Rejection

Json = Any

_DECIMAL = "$decimal"


def rejection_documents(rejections: Iterable[Rejection]) -> list[Json]:
    """The documents of rejections."""
    return [{"code": str(rejection.code), "parameters": _document(rejection.parameters)} for rejection in rejections]


def rejections_of(documents: Iterable[Json]) -> tuple[Rejection, ...]:
    """The rejections in documents that `rejection_documents` made."""
    return tuple(
        Rejection(
            RejectionCode(document["code"]),
            {name: _parameter(value) for name, value in document["parameters"].items()},
        )
        for document in documents
    )


def _document(parameter: Parameter) -> Json:
    match parameter:
        case Decimal():
            return {_DECIMAL: str(parameter)}
        case tuple():
            return [_document(part) for part in parameter]
        case Mapping():
            return {name: _document(value) for name, value in parameter.items()}
        case _:
            return parameter


def _parameter(document: Json) -> Parameter:
    match document:
        case {"$decimal": number}:
            return Decimal(number)
        case list():
            return tuple(_parameter(part) for part in document)
        case dict():
            return {name: _parameter(value) for name, value in document.items()}
        case _:
            plain: str | int | None = document
            return plain
