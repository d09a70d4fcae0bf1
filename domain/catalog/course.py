"""Courses: the catalog entries that terms offer and students take."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from domain.catalog.grading import GradingBasis
from domain.catalog.requisite import Requisite
from domain.shared.identifiers import CourseId, DepartmentId
from domain.shared.invalid import require
from domain.shared.reference import require_code


@dataclass(frozen=True)
class Course:
    """A catalog entry, known by subject and number (`CS` + `101` = `CS-101`), or by number alone.

    `credits` is what one enrollment in the course weighs. A `prerequisite` has to be met by earlier terms, a
    `corequisite` at the latest in the same term; whoever meets `exclusion` may not take the course. `attempts_maximum`
    is how often a student may try the course (None: no limit); `repeatable` says whether a course that was passed
    may be taken again.
    """

    id: CourseId
    subject: str
    number: str
    title: str
    description: str
    credits: Decimal
    department_id: DepartmentId | None = None
    prerequisite: Requisite | None = None
    corequisite: Requisite | None = None
    exclusion: Requisite | None = None
    grading_bases: frozenset[GradingBasis] = frozenset({GradingBasis.GRADED})
    attempts_maximum: int | None = None
    repeatable: bool = True

    def __post_init__(self) -> None:
        require(bool(self.number), "code", "a course needs a number")
        require_code(self.code)
        require(bool(self.title.strip()), "title", "must not be empty")
        require(self.credits >= 0, "credits", "must not be negative")
        require(bool(self.grading_bases), "grading_bases", "a course is graded in at least one way")
        require(self.attempts_maximum is None or self.attempts_maximum >= 1, "attempts_maximum", "must be 1 or more")

    @cached_property
    def code(self) -> str:
        """The natural code."""
        return f"{self.subject}-{self.number}" if self.subject else self.number
