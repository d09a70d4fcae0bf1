"""Requisites as JSON documents: nested objects, each with its `kind`; numbers that must stay exact are texts."""

from decimal import Decimal
from typing import Any

from domain.catalog.requisite import (
    AllOf,
    AnyOf,
    AtLeast,
    ClassLevelAtLeast,
    ConsentBy,
    ConsentOf,
    CourseTaken,
    InDepartment,
    InProgram,
    Leaf,
    PlacementScore,
    Requisite,
)

Json = dict[str, Any]


def requisite_document(requisite: Requisite) -> Json:
    """The document of a requisite."""
    match requisite:
        case AllOf(parts):
            return {"kind": "all_of", "parts": [requisite_document(part) for part in parts]}
        case AnyOf(parts):
            return {"kind": "any_of", "parts": [requisite_document(part) for part in parts]}
        case AtLeast(count, parts):
            return {"kind": "at_least", "count": count, "parts": [requisite_document(part) for part in parts]}
        case leaf:
            return _leaf_document(leaf)


def _leaf_document(leaf: Leaf) -> Json:
    document: Json
    match leaf:
        case CourseTaken(course, grade):
            document = {"kind": "course", "course": course, "minimum_grade": grade}
        case InProgram(program):
            document = {"kind": "program", "program": program}
        case InDepartment(department):
            document = {"kind": "department", "department": department}
        case ClassLevelAtLeast(level):
            document = {"kind": "class_level", "level": level}
        case PlacementScore(test, score):
            document = {"kind": "placement", "test": test, "score": str(score)}
        case ConsentOf(by):
            document = {"kind": "consent", "by": by.value}
    return document


def requisite_of(document: Json) -> Requisite:
    """The requisite of a document that `requisite_document` made."""
    match document:
        case {"kind": "all_of", "parts": parts}:
            return AllOf(_parts(parts))
        case {"kind": "any_of", "parts": parts}:
            return AnyOf(_parts(parts))
        case {"kind": "at_least", "count": count, "parts": parts}:
            return AtLeast(count, _parts(parts))
        case leaf:
            return _leaf(leaf)


def _parts(documents: list[Json]) -> tuple[Requisite, ...]:
    return tuple(requisite_of(document) for document in documents)


def _leaf(document: Json) -> Leaf:
    leaf: Leaf
    match document:
        case {"kind": "course", "course": course, "minimum_grade": grade}:
            leaf = CourseTaken(course, grade)
        case {"kind": "program", "program": program}:
            leaf = InProgram(program)
        case {"kind": "department", "department": department}:
            leaf = InDepartment(department)
        case {"kind": "class_level", "level": level}:
            leaf = ClassLevelAtLeast(level)
        case {"kind": "placement", "test": test, "score": score}:
            leaf = PlacementScore(test, Decimal(score))
        case {"kind": "consent", "by": by}:
            leaf = ConsentOf(ConsentBy(by))
        case _:
            msg = f"no requisite is of the kind {document.get('kind')}"
            raise ValueError(msg)
    return leaf
