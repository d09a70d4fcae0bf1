"""Cohorts: groups of students for whom a window opens or seats are kept."""

from dataclasses import dataclass

from domain.shared.identifiers import ProgramId, StudentId
from domain.shared.invalid import require


@dataclass(frozen=True, slots=True)
class Cohort:
    """Students named one by one, and those in one of `programs` and at one of `class_levels`.

    An empty set of programs or levels asks for nothing; a cohort names at least somebody.
    """

    students: frozenset[StudentId] = frozenset()
    programs: frozenset[ProgramId] = frozenset()
    class_levels: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        require(
            bool(self.students or self.programs or self.class_levels),
            "cohort",
            "needs students, programs or class levels",
        )

    def includes(self, student: StudentId, program: ProgramId | None, class_level: int | None) -> bool:
        """Whether a student with that program and class level belongs to the cohort."""
        if self.students and student in self.students:
            return True
        if not self.programs and not self.class_levels:
            return False
        return (not self.programs or program in self.programs) and (
            not self.class_levels or class_level in self.class_levels
        )
