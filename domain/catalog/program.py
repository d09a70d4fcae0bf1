"""Programs: the courses of study that students follow (in Spanish-speaking universities, the *carrera*)."""

from dataclasses import dataclass
from decimal import Decimal

from domain.shared.identifiers import DepartmentId, ProgramId
from domain.shared.invalid import require
from domain.shared.reference import require_code


@dataclass(frozen=True, slots=True)
class Program:
    """A course of study.

    `registry_code` is the code in the official registry of programs (SNIES in Colombia), `degree` the title it
    leads to, `required_credits` how many credits it takes.
    """

    id: ProgramId
    code: str
    name: str
    registry_code: str | None = None
    degree: str | None = None
    required_credits: Decimal | None = None
    department_id: DepartmentId | None = None

    def __post_init__(self) -> None:
        require_code(self.code)
        require(bool(self.name.strip()), "name", "must not be empty")
        require(self.required_credits is None or self.required_credits >= 0, "required_credits", "must not be negative")
