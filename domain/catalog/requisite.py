"""Requisites: what a course asks of those who want to take it, as an expression tree."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from domain.shared.invalid import require


class ConsentBy(StrEnum):
    """Whose consent is asked for."""

    INSTRUCTOR = "instructor"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class CourseTaken:
    """A course, by its code; with `minimum_grade`, that grade or a better one."""

    course: str
    minimum_grade: str | None = None


@dataclass(frozen=True, slots=True)
class InProgram:
    """Following a program, by its code."""

    program: str


@dataclass(frozen=True, slots=True)
class InDepartment:
    """Following a program of a department, by the department's code."""

    department: str


@dataclass(frozen=True, slots=True)
class ClassLevelAtLeast:
    """Having reached a class level."""

    level: int


@dataclass(frozen=True, slots=True)
class PlacementScore:
    """A score in a placement test, or a higher one."""

    test: str
    score: Decimal


@dataclass(frozen=True, slots=True)
class ConsentOf:
    """The consent of somebody, given as a permission."""

    by: ConsentBy


@dataclass(frozen=True, slots=True)
class AllOf:
    """Everything in `parts`."""

    parts: "tuple[Requisite, ...]"

    def __post_init__(self) -> None:
        require(len(self.parts) >= 2, "parts", "a conjunction has at least two parts")


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Something in `parts`."""

    parts: "tuple[Requisite, ...]"

    def __post_init__(self) -> None:
        require(len(self.parts) >= 2, "parts", "a disjunction has at least two parts")


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`count` of `parts`."""

    count: int
    parts: "tuple[Requisite, ...]"

    def __post_init__(self) -> None:
        require(1 <= self.count <= len(self.parts), "count", "must be 1 to the number of parts")


Leaf: TypeAlias = CourseTaken | InProgram | InDepartment | ClassLevelAtLeast | PlacementScore | ConsentOf
Requisite: TypeAlias = Leaf | AllOf | AnyOf | AtLeast


def courses_named_in(requisite: Requisite) -> frozenset[str]:
    """The codes of the courses that the tree names."""
    if isinstance(requisite, CourseTaken):
        return frozenset({requisite.course})
    if isinstance(requisite, AllOf | AnyOf | AtLeast):
        return frozenset().union(*(courses_named_in(part) for part in requisite.parts))
    return frozenset()
