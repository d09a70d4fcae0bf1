"""Students: who registers."""

from dataclasses import dataclass
from datetime import date

from domain.shared.identifiers import ProgramId, StudentId
from domain.shared.invalid import require
from domain.shared.reference import require_code


@dataclass(frozen=True, slots=True)
class Student:
    """A person who studies at the institution; `program_id` is the primary program, None while undeclared."""

    id: StudentId
    code: str
    given_name: str
    family_name: str
    birthday: date | None = None
    email: str | None = None
    program_id: ProgramId | None = None

    def __post_init__(self) -> None:
        require_code(self.code)
        require(bool(self.given_name.strip() or self.family_name.strip()), "given_name", "a student needs a name")
