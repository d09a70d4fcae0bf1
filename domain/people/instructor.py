"""Instructors: who teaches sections."""

from dataclasses import dataclass

from domain.shared.identifiers import DepartmentId, InstructorId
from domain.shared.invalid import require
from domain.shared.reference import require_code


@dataclass(frozen=True, slots=True)
class Instructor:
    """A person who teaches; `department_id` is the unit that employs them."""

    id: InstructorId
    code: str
    name: str
    email: str | None = None
    department_id: DepartmentId | None = None

    def __post_init__(self) -> None:
        require_code(self.code)
        require(bool(self.name.strip()), "name", "must not be empty")
