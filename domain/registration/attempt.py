"""Course attempts: a student's past or present try at a course, which requisites and repeat limits look at."""

from dataclasses import dataclass
from decimal import Decimal

from domain.shared.identifiers import AttemptId, CourseId, GradingSchemeId, StudentId
from domain.shared.invalid import require


@dataclass(frozen=True, slots=True)
class CourseAttempt:
    """A try at a course; `term` is the code of the period in which it was made.

    `grade` is a grade of the scheme, both None while there is none. `transfer` marks credit from elsewhere.
    """

    id: AttemptId
    student_id: StudentId
    course_id: CourseId
    term: str
    credits: Decimal
    grade: str | None = None
    scheme_id: GradingSchemeId | None = None
    passed: bool = False
    in_progress: bool = False
    transfer: bool = False

    def __post_init__(self) -> None:
        require(bool(self.term.strip()), "term", "must not be empty")
        require(self.credits >= 0, "credits", "must not be negative")
        require((self.grade is None) == (self.scheme_id is None), "grade", "a grade belongs to a grading scheme")
        require(not (self.passed and self.in_progress), "in_progress", "what is in progress is not passed yet")
