"""Departments: the academic units that own courses and employ instructors."""

from dataclasses import dataclass

from domain.shared.identifiers import DepartmentId
from domain.shared.invalid import require
from domain.shared.reference import require_code


@dataclass(frozen=True, slots=True)
class Department:
    """An academic unit of an institution."""

    id: DepartmentId
    code: str
    name: str

    def __post_init__(self) -> None:
        require_code(self.code)
        require(bool(self.name.strip()), "name", "must not be empty")
