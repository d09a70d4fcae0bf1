"""What the generated university teaches: departments, programs and courses, before any term is planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from application.catalog.courses import CourseFields
from application.catalog.departments import DepartmentFields
from application.catalog.programs import ProgramFields
from interfaces.registration_day.vocabulary import DEPARTMENTS, DepartmentWords

LEVELS = 4
"""Courses of level 1 are numbered from 101 and meant for the first year, and so on."""

FEWEST_COURSES, MOST_COURSES = len(DEPARTMENTS) * LEVELS, len(DEPARTMENTS) * LEVELS * 99

_MASTERS = 6
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_CREDITS, _CREDIT_WEIGHTS = (1, 2, 3, 4, 5), (1, 5, 11, 7, 2)


@dataclass(frozen=True, slots=True)
class PlannedCourse:
    """A course with its department's code and its level, 1 to 4."""

    fields: CourseFields
    department: str
    level: int

    @property
    def code(self) -> str:
        """The natural code, such as `CS-101`."""
        return f"{self.fields.subject}-{self.fields.number}"


@dataclass(frozen=True, slots=True)
class Curriculum:
    """The catalog; `courses` stand by department, basic ones first."""

    departments: tuple[DepartmentFields, ...]
    programs: tuple[ProgramFields, ...]
    courses: tuple[PlannedCourse, ...]


def plan_curriculum(courses: int, random: Random) -> Curriculum:
    """Plan that many courses, from `FEWEST_COURSES` to `MOST_COURSES`, spread evenly over the departments."""
    share, rest = divmod(courses, len(DEPARTMENTS))
    planned = [
        course
        for position, words in enumerate(DEPARTMENTS)
        for course in _courses(words, share + (position < rest), random)
    ]
    return Curriculum(
        departments=tuple(DepartmentFields(code=words.code, name=words.name) for words in DEPARTMENTS),
        programs=tuple(_programs(DEPARTMENTS)),
        courses=tuple(planned),
    )


def _programs(departments: Sequence[DepartmentWords]) -> list[ProgramFields]:
    bachelors = [(words, "BSC", "Bachelor", 160) for words in departments]
    masters = [(words, "MSC", "Master", 52) for words in departments[:_MASTERS]]
    return [
        ProgramFields(
            code=f"{prefix}-{words.code}",
            name=f"{degree} in {words.name}",
            registry_code=str(100_001 + position),
            degree=degree,
            required_credits=Decimal(required),
            department=f"code:{words.code}",
        )
        for position, (words, prefix, degree, required) in enumerate([*bachelors, *masters])
    ]


def _courses(words: DepartmentWords, count: int, random: Random) -> list[PlannedCourse]:
    positions = [0] * (LEVELS + 1)
    planned = []
    for index in range(count):
        level = 1 + index * LEVELS // count
        positions[level] += 1
        title = _title(words, index, count)
        fields = CourseFields(
            subject=words.code,
            number=str(level * 100 + positions[level]),
            title=title,
            description=f"{title}: a course of the Department of {words.name} for year {level}.",
            credits=Decimal(random.choices(_CREDITS, _CREDIT_WEIGHTS)[0]),
            department=f"code:{words.code}",
        )
        planned.append(PlannedCourse(fields, words.code, level))
    return planned


def _title(words: DepartmentWords, index: int, count: int) -> str:
    """The topic, with a numeral where the department teaches it in several courses."""
    part, topic = divmod(index, len(words.topics))
    is_alone = count <= len(words.topics) + topic
    if is_alone:
        return words.topics[topic]
    return f"{words.topics[topic]} {_NUMERALS[part] if part < len(_NUMERALS) else part + 1}"
