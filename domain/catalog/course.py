"""Courses: the catalog entries that terms offer and students take."""

from dataclasses import dataclass
from decimal import Decimal

from domain.shared.identifiers import CourseId, DepartmentId
from domain.shared.invalid import require
from domain.shared.reference import require_code


@dataclass(frozen=True, slots=True)
class Course:
    """A catalog entry, known by subject and number (`CS` + `101` = `CS-101`), or by number alone.

    `credits` is what one enrollment in the course weighs.
    """

    id: CourseId
    subject: str
    number: str
    title: str
    description: str
    credits: Decimal
    department_id: DepartmentId | None = None

    def __post_init__(self) -> None:
        require(bool(self.number), "code", "a course needs a number")
        require_code(self.code)
        require(bool(self.title.strip()), "title", "must not be empty")
        require(self.credits >= 0, "credits", "must not be negative")

    @property
    def code(self) -> str:
        """The natural code."""
        return f"{self.subject}-{self.number}" if self.subject else self.number
