"""The students of the generated university and what they want: skewed, as wishes are, by program, year and fashion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random

from application.catalog.programs import ProgramFields
from application.people.students import StudentFields
from interfaces.registration_day.curriculum import LEVELS, Curriculum, PlannedCourse
from interfaces.registration_day.demand import Demand
from interfaces.registration_day.vocabulary import SERVICE_DEPARTMENTS

_WANTED, _WANTED_WEIGHTS = (4, 5, 6), (3, 5, 2)
_YEAR_WEIGHTS = (32, 27, 22, 19)
_PROGRAM_SKEW = 0.5
_COURSE_SKEW = 0.8
_OWN_LEVEL, _LEVEL_BEFORE, _LEVEL_AHEAD, _OTHER_LEVEL = 1.0, 0.25, 0.06, 0.01
_OWN_DEPARTMENT, _SERVICE, _ELSEWHERE = 60.0, 36.0, 4.0
"""How often, of a hundred times, a student wants a course of the own department, a service course, another one."""


@dataclass(frozen=True, slots=True)
class Population:
    """The students, and the courses that each of them wants, in the same order."""

    students: tuple[StudentFields, ...]
    demands: tuple[Demand, ...]


def people(curriculum: Curriculum, students: int, starts_on: date, random: Random) -> Population:
    """Make that many students at `starts_on`, the first day of the term, with four to six wishes each."""
    wishes = _Wishes(curriculum.courses)
    programs = random.choices(curriculum.programs, _skewed(len(curriculum.programs), _PROGRAM_SKEW), k=students)
    years = random.choices(range(1, LEVELS + 1), _YEAR_WEIGHTS, k=students)
    made: list[StudentFields] = []
    demands: list[Demand] = []
    for number, (program, year) in enumerate(zip(programs, years, strict=True), start=1):
        is_master = program.degree == "Master"
        made.append(_student(number, program, starts_on.year - 17 - year - 4 * is_master, random))
        department = program.code.partition("-")[2]
        wanted = wishes.of_a_student(department, LEVELS if is_master else year, random)
        demands.append(Demand(made[-1].code, wanted))
    return Population(tuple(made), tuple(demands))


def _student(number: int, program: ProgramFields, born: int, random: Random) -> StudentFields:
    return StudentFields(
        code=f"S{number:05}",
        given_name="Student",
        family_name=f"{number:05}",
        birthday=date(born - int(3 * random.random()), 1 + int(12 * random.random()), 1 + int(28 * random.random())),
        email=f"student{number:05}@example.edu",
        program=f"code:{program.code}",
    )


class _Wishes:
    """How much each course is wanted by the students of each department and year."""

    def __init__(self, courses: Sequence[PlannedCourse]) -> None:
        self._codes = [course.code for course in courses]
        self._courses = courses
        self._fashion = _fashion(courses)
        self._cumulated: dict[tuple[str, int], list[float]] = {}

    def of_a_student(self, department: str, year: int, random: Random) -> tuple[str, ...]:
        """The codes of four to six distinct courses."""
        count = random.choices(_WANTED, _WANTED_WEIGHTS)[0]
        if (department, year) not in self._cumulated:
            self._cumulated[department, year] = list(accumulate(self._weights(department, year)))
        cumulated = self._cumulated[department, year]
        wanted: dict[str, None] = {}
        while len(wanted) < count:
            wanted.update(dict.fromkeys(random.choices(self._codes, cum_weights=cumulated, k=count - len(wanted))))
        return tuple(wanted)

    def _weights(self, department: str, year: int) -> list[float]:
        own = [course.department == department for course in self._courses]
        service = [
            not is_own and course.department in SERVICE_DEPARTMENTS and course.level <= LEVELS // 2
            for course, is_own in zip(self._courses, own, strict=True)
        ]
        elsewhere = [not (one or other) for one, other in zip(own, service, strict=True)]
        weights = [0.0] * len(self._courses)
        for members, percent in ((own, _OWN_DEPARTMENT), (service, _SERVICE), (elsewhere, _ELSEWHERE)):
            liked = [
                is_member * fashion * (_nearness(course.level, year) if members is own else 1.0)
                for course, fashion, is_member in zip(self._courses, self._fashion, members, strict=True)
            ]
            total = sum(liked)
            for position, value in enumerate(liked):
                weights[position] += percent * value / total
        return weights


def _fashion(courses: Sequence[PlannedCourse]) -> list[float]:
    """Zipf-like by the place of a course in its department and level, and by the department where that serves all."""
    places: dict[tuple[str, int], int] = {}
    service: Mapping[str, int] = {code: place for place, code in enumerate(SERVICE_DEPARTMENTS)}
    liked = []
    for course in courses:
        place = places.get((course.department, course.level), 0)
        places[course.department, course.level] = place + 1
        liked.append((1 + place) ** -_COURSE_SKEW * (1 + service.get(course.department, 0)) ** -_COURSE_SKEW)
    return liked


def _nearness(level: int, year: int) -> float:
    by_distance = {0: _OWN_LEVEL, -1: _LEVEL_BEFORE, 1: _LEVEL_AHEAD}
    return by_distance.get(level - year, _OTHER_LEVEL)


def _skewed(count: int, exponent: float) -> list[float]:
    """Zipf-like weights."""
    return [(1 + place) ** -exponent for place in range(count)]
