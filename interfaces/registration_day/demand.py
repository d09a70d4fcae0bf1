"""Who wants which courses: what a registration day replays, wherever it was read or made."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Demand:
    """A student and the courses that the student asks for, in that order, by their natural codes."""

    student_code: str
    course_codes: tuple[str, ...]
