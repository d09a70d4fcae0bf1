"""Students: who registers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.shared.identifiers import InstructorId, ProgramId, StudentId
from domain.shared.invalid import require
from domain.shared.reference import require_code


@dataclass(frozen=True, slots=True)
class TestScore:
    """What a student scored in a placement test, known by its code."""

    test: str
    score: Decimal

    def __post_init__(self) -> None:
        require_code(self.test)


@dataclass(frozen=True, slots=True)
class Student:
    """A person who studies at the institution; `program_id` is the primary program, None while undeclared.

    `class_level` counts from 1. `credit_maximum` and `credit_minimum` go before those of the term; the instructors with
    `advisor_ids` advise the student.
    """

    id: StudentId
    code: str
    given_name: str
    family_name: str
    birthday: date | None = None
    email: str | None = None
    program_id: ProgramId | None = None
    class_level: int | None = None
    test_scores: tuple[TestScore, ...] = ()
    credit_maximum: Decimal | None = None
    credit_minimum: Decimal | None = None
    advisor_ids: frozenset[InstructorId] = frozenset()

    def __post_init__(self) -> None:
        require_code(self.code)
        require(bool(self.given_name.strip() or self.family_name.strip()), "given_name", "a student needs a name")
        require(self.class_level is None or self.class_level >= 1, "class_level", "must be 1 or more")
        require(
            len({score.test for score in self.test_scores}) == len(self.test_scores),
            "test_scores",
            "hold one score for each test",
        )
        require(self.credit_maximum is None or self.credit_maximum >= 0, "credit_maximum", "must not be negative")
        require(self.credit_minimum is None or self.credit_minimum >= 0, "credit_minimum", "must not be negative")
