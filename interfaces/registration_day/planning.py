"""How the generated university meets its demand: the offerings of a term, with sections, seats, times and parents.

Popular courses get many sections and hardly as many seats as students want them, others more than enough; so a
registration day fills sections by the hundred while most requests are satisfied.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from application.scheduling.offerings import ComponentFields, ConfigurationFields
from application.scheduling.timetable import TimetableMeeting, TimetableOffering, TimetableSection
from domain.scheduling.offering import ComponentKind
from interfaces.registration_day.curriculum import PlannedCourse
from interfaces.registration_day.demand import Demand
from interfaces.registration_day.grid import LECTURE_SLOTS, PRACTICE_SLOTS, Crowd, Rooms, Slot, Staff
from interfaces.registration_day.vocabulary import LABORATORY_DEPARTMENTS

WEEKS = 16
LECTURE_ROOMS, LABORATORY_ROOMS = (20, 40, 80, 160, 250), (15, 30, 50)

_LARGEST_LECTURE, _LARGEST_PRACTICE = 240, 48
_FEWEST_SEATS = 2
_UNWANTED_SEATS = 10
_ODD_WEEKS = frozenset(range(1, WEEKS + 1, 2))
_SHARE_IN_ODD_WEEKS = 0.1
_SHARE_WITH_SEMINAR = 0.2
_SEMINAR_SEATS = 0.25
_SHARE_TIED_TO_LECTURE = 0.5


@dataclass(frozen=True, slots=True)
class _Tier:
    """A class of courses by demand.

    The tier ends at the quantile `until` of all courses; it has at least so many lectures and practice sections a
    lecture, and seats for a share of the demand between `scarcest` and `amplest`.
    """

    until: float
    lectures: int
    practices: int
    scarcest: float
    amplest: float


_TIERS = (
    _Tier(until=0.25, lectures=2, practices=3, scarcest=0.80, amplest=1.05),
    _Tier(until=0.60, lectures=1, practices=2, scarcest=0.95, amplest=1.25),
    _Tier(until=1.00, lectures=1, practices=0, scarcest=1.00, amplest=1.50),
)


def plan_offerings(
    courses: Sequence[PlannedCourse],
    demands: Sequence[Demand],
    rooms: tuple[Rooms, Rooms],
    staff: Staff,
    random: Random,
) -> tuple[TimetableOffering, ...]:
    """Plan an offering of each course; `rooms` are those for lectures and those for laboratories."""
    wanted = Counter(code for demand in demands for code in demand.course_codes)
    by_demand = sorted(courses, key=lambda course: -wanted[course.code])
    planner = _Planner(rooms, staff, random)
    planned = {
        course.code: planner.offering(course, wanted[course.code], _tier((place + 1) / len(courses)))
        for place, course in enumerate(by_demand)
    }
    return tuple(planned[course.code] for course in courses)


def _tier(quantile: float) -> _Tier:
    return next(tier for tier in _TIERS if quantile <= tier.until)


class _Planner:
    """Plans one offering after the other; the most wanted courses come first and get the best times."""

    def __init__(self, rooms: tuple[Rooms, Rooms], staff: Staff, random: Random) -> None:
        self._lecture_rooms, self._laboratories = rooms
        self._staff = staff
        self._random = random
        self._crowds: dict[tuple[str, int], Crowd] = {}

    def offering(self, course: PlannedCourse, wanted: int, tier: _Tier) -> TimetableOffering:
        """Plan the offering of a course that so many students want."""
        random = self._random
        seats = math.ceil(wanted * random.uniform(tier.scarcest, tier.amplest)) or _UNWANTED_SEATS
        has_seminar = tier.practices > 0 and random.random() < _SHARE_WITH_SEMINAR
        seminar_seats = math.ceil(seats * _SEMINAR_SEATS) if has_seminar else 0
        plan = _Plan(course, self._crowds.setdefault((course.department, course.level), Crowd()))
        configurations = [self._taught(plan, seats - seminar_seats, tier)]
        if has_seminar:
            configurations.append(self._as_seminar(plan, seminar_seats))
        return TimetableOffering(
            course=course.code, configurations=tuple(configurations), sections=tuple(plan.sections)
        )

    def _taught(self, plan: "_Plan", seats: int, tier: _Tier) -> ConfigurationFields:
        """Lectures, each with its practice sections where the tier has any."""
        is_laboratory = plan.course.department in LABORATORY_DEPARTMENTS
        practice = ("LAB", ComponentKind.LABORATORY) if is_laboratory else ("REC", ComponentKind.RECITATION)
        is_tied = self._random.random() < _SHARE_TIED_TO_LECTURE
        in_odd_weeks = self._random.random() < _SHARE_IN_ODD_WEEKS
        lectures = max(tier.lectures, math.ceil(seats / _LARGEST_LECTURE))
        for number in range(1, lectures + 1):
            lecture_seats = max(_FEWEST_SEATS, math.ceil(seats / lectures))
            slot = plan.choose(LECTURE_SLOTS, lecture_seats, self._random)
            lecture = f"{plan.course.code}-{number}"
            plan.sections.append(self._section(plan, "1/LEC", lecture, lecture_seats, slot))
            practices = max(tier.practices, math.ceil(lecture_seats / _LARGEST_PRACTICE)) if tier.practices else 0
            for letter in range(practices):
                practice_seats = max(_FEWEST_SEATS, math.ceil(lecture_seats / practices))
                plan.sections.append(
                    self._section(
                        plan,
                        f"1/{practice[0]}",
                        f"{lecture}{practice[0][0]}{letter + 1:02}",
                        practice_seats,
                        plan.choose(PRACTICE_SLOTS, practice_seats, self._random),
                        parent=lecture if is_tied else None,
                        weeks=_ODD_WEEKS if in_odd_weeks else None,
                        is_laboratory=is_laboratory,
                    )
                )
        components = [ComponentFields(name="LEC", kind=ComponentKind.LECTURE)]
        if tier.practices:
            components.append(ComponentFields(name=practice[0], kind=practice[1]))
        return ConfigurationFields(name="1", components=tuple(components))

    def _as_seminar(self, plan: "_Plan", seats: int) -> ConfigurationFields:
        """Another way to take the course: all of it in one seminar."""
        seminars = math.ceil(seats / _LARGEST_PRACTICE)
        for number in range(1, seminars + 1):
            capacity = max(_FEWEST_SEATS, math.ceil(seats / seminars))
            slot = plan.choose(LECTURE_SLOTS, capacity, self._random)
            plan.sections.append(self._section(plan, "2/SEM", f"{plan.course.code}-S{number}", capacity, slot))
        return ConfigurationFields(name="2", components=(ComponentFields(name="SEM", kind=ComponentKind.SEMINAR),))

    def _section(
        self,
        plan: "_Plan",
        component: str,
        code: str,
        seats: int,
        slot: Slot,
        *,
        parent: str | None = None,
        weeks: frozenset[int] | None = None,
        is_laboratory: bool = False,
    ) -> TimetableSection:
        rooms = self._laboratories if is_laboratory else self._lecture_rooms
        meeting = TimetableMeeting(
            weekdays=slot.weekdays,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            weeks=weeks,
            room=rooms.book(seats, slot.cells),
        )
        return TimetableSection(
            component=component,
            code=code,
            capacity=seats,
            parent=parent,
            meetings=(meeting,),
            instructors=(self._staff.assign(plan.course.department, slot.cells),),
        )


class _Plan:
    """The offering being planned: its sections, and the cells of the week that they use."""

    def __init__(self, course: PlannedCourse, crowd: Crowd) -> None:
        self.course = course
        self.sections: list[TimetableSection] = []
        self._crowd = crowd
        self._taken = 0

    def choose(self, slots: Sequence[Slot], seats: int, random: Random) -> Slot:
        """Choose a slot apart from those of the other sections, as far as the week is long enough."""
        slot = self._crowd.choose(slots, self._taken, seats, random)
        self._taken |= slot.cells
        return slot
