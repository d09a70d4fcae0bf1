"""A made-up university of any size, the same for the same seed, to hold a registration day at."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from application.scheduling.terms import TermFields
from application.scheduling.timetable import Timetable
from application.shared.errors import InvalidField
from interfaces.registration_day.curriculum import FEWEST_COURSES, MOST_COURSES, plan_curriculum
from interfaces.registration_day.demand import Demand
from interfaces.registration_day.grid import Rooms, Staff
from interfaces.registration_day.planning import LABORATORY_ROOMS, LECTURE_ROOMS, WEEKS, plan_offerings
from interfaces.registration_day.population import people

CREDIT_MAXIMUM = Decimal(21)

_DAYS_TO_ADD = 14
_DAYS_TO_DROP = 8 * 7
_RECESS_WEEK = 9


def generate(
    *,
    students: int,
    seed: int,
    courses: int = 400,
    term_code: str,
    starts_on: date,
    opens_at: datetime,
    time_zone: str = "America/Bogota",
) -> tuple[Timetable, tuple[Demand, ...]]:
    """Make a university and what its students want: four to six courses each, the popular ones scarce.

    Seats follow the demand, so that whatever the number of students about nine of ten requests are satisfied and at
    least 30 % of the sections fill. The term lasts 16 weeks from the Monday of the week of `starts_on`; registration
    is open from `opens_at` until the drop deadline. Raises `InvalidField`.
    """
    if students < 1:
        raise InvalidField("students", "must be at least 1")
    if not FEWEST_COURSES <= courses <= MOST_COURSES:
        raise InvalidField("courses", f"must be from {FEWEST_COURSES} to {MOST_COURSES}")
    term = _term(term_code, starts_on, opens_at, time_zone)
    random = Random(seed)  # noqa: S311 - a reproducible university, no secret
    curriculum = plan_curriculum(courses, random)
    population = people(curriculum, students, term.starts_on, random)
    lecture_rooms, laboratories = Rooms(LECTURE_ROOMS, "A"), Rooms(LABORATORY_ROOMS, "L")
    staff = Staff()
    offerings = plan_offerings(curriculum.courses, population.demands, (lecture_rooms, laboratories), staff, random)
    timetable = Timetable(
        term=term,
        departments=curriculum.departments,
        programs=curriculum.programs,
        rooms=(*lecture_rooms.built(), *laboratories.built()),
        instructors=tuple(staff.hired()),
        courses=tuple(course.fields for course in curriculum.courses),
        students=population.students,
        offerings=offerings,
    )
    return timetable, population.demands


def _term(code: str, starts_on: date, opens_at: datetime, time_zone: str) -> TermFields:
    monday = starts_on - timedelta(days=starts_on.weekday())
    add_deadline = monday + timedelta(days=_DAYS_TO_ADD - 1)
    drop_deadline = monday + timedelta(days=_DAYS_TO_DROP - 1)
    zone = ZoneInfo(time_zone)
    if opens_at.astimezone(zone).date() > add_deadline:
        raise InvalidField("opens_at", f"lies after {add_deadline}, the last day to add a course")
    recess = monday + timedelta(weeks=_RECESS_WEEK - 1)
    return TermFields(
        code=code,
        name=f"Term {code}",
        time_zone=time_zone,
        starts_on=monday,
        ends_on=monday + timedelta(days=7 * WEEKS - 1),
        registration_opens_at=opens_at,
        registration_closes_at=datetime.combine(drop_deadline + timedelta(days=1), time(0), zone),
        add_deadline=add_deadline,
        drop_deadline=drop_deadline,
        holidays=frozenset(recess + timedelta(days=day) for day in range(7)),
        credit_maximum=CREDIT_MAXIMUM,
    )
