"""Grades and grading schemes: which grades there are, which are better, and which pass."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property

from domain.shared.identifiers import GradingSchemeId
from domain.shared.invalid import require
from domain.shared.reference import require_code


class GradingBasis(StrEnum):
    """How an enrollment is graded."""

    __hash__ = str.__hash__  # as equal texts have it; an enum's own hash is made in Python, of the name

    GRADED = "graded"
    PASS_FAIL = "pass_fail"  # noqa: S105 - no password
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Grade:
    """A letter of a scheme; `points` are its grade points, None where it does not count towards an average."""

    symbol: str
    passes: bool
    points: Decimal | None = None

    def __post_init__(self) -> None:
        require(bool(self.symbol.strip()), "symbol", "must not be empty")


@dataclass(frozen=True, slots=True)
class NumericScale:
    """Grades that are numbers from `minimum` to `maximum`, the higher the better, passing from `pass_mark` on.

    `decimals` is how many decimals a grade has.
    """

    minimum: Decimal
    maximum: Decimal
    pass_mark: Decimal
    decimals: int = 1

    def __post_init__(self) -> None:
        require(self.minimum < self.maximum, "maximum", "must be greater than minimum")
        require(self.minimum <= self.pass_mark <= self.maximum, "pass_mark", "must lie within the scale")
        require(0 <= self.decimals <= 3, "decimals", "must be 0 to 3")


@dataclass(frozen=True)
class GradingScheme:
    """How grades are written: `grades` lists letters from the best to the worst, or `scale` says which numbers count.

    Exactly one of both is given.
    """

    id: GradingSchemeId
    code: str
    name: str
    grades: tuple[Grade, ...] = ()
    scale: NumericScale | None = None

    def __post_init__(self) -> None:
        require_code(self.code)
        require(bool(self.name.strip()), "name", "must not be empty")
        require(bool(self.grades) != (self.scale is not None), "grades", "a scheme has either letters or a scale")
        require(_distinct(grade.symbol for grade in self.grades), "grades", "their symbols must differ")

    def has(self, grade: str) -> bool:
        """Whether `grade` is one of this scheme, written with no more decimals than it has."""
        if self.rank(grade) is None:
            return False
        return self.scale is None or round(Decimal(grade), self.scale.decimals) == Decimal(grade)

    def rank(self, grade: str) -> Decimal | None:
        """Where `grade` stands in the order of this scheme, the better the higher; None for a grade of another one."""
        if self.scale is not None:
            number = _number(grade)
            inside = number is not None and self.scale.minimum <= number <= self.scale.maximum
            return number if inside else None
        return self._ranks.get(grade)

    @cached_property
    def _ranks(self) -> Mapping[str, Decimal]:
        return {grade.symbol: Decimal(position) for position, grade in enumerate(reversed(self.grades))}

    def passes(self, grade: str) -> bool:
        """Whether `grade` earns the course; False for a grade of another scheme."""
        if self.scale is not None:
            number = self.rank(grade)
            return number is not None and number >= self.scale.pass_mark
        return any(known.symbol == grade and known.passes for known in self.grades)

    def is_at_least(self, grade: str, minimum: str) -> bool:
        """Whether `grade` is `minimum` or better; False when either is no grade of this scheme."""
        given, wanted = self.rank(grade), self.rank(minimum)
        return given is not None and wanted is not None and given >= wanted


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _distinct(symbols: Iterable[str]) -> bool:
    listed = list(symbols)
    return len(set(listed)) == len(listed)
