"""An instance of ITC 2019 and its published timetable, as the timetable document that the import takes."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from application.catalog.courses import CourseFields
from application.people.students import StudentFields
from application.scheduling.offerings import ComponentFields, ConfigurationFields
from application.scheduling.rooms import RoomFields
from application.scheduling.terms import TermFields
from application.scheduling.timetable import (
    Timetable,
    TimetableMeeting,
    TimetableOffering,
    TimetableSection,
)
from application.shared.errors import InvalidField
from application.shared.plain_words import in_plain_words
from domain.scheduling.offering import ComponentKind
from interfaces.itc2019.placements import Placement, read_placements
from interfaces.itc2019.problem import ConfigElement, CourseElement, Problem, read_problem
from interfaces.registration_day.demand import Demand


@dataclass(frozen=True, slots=True)
class Instance:
    """What an instance holds: the timetable to import, and who wants which courses, in the file's order."""

    timetable: Timetable
    demands: tuple[Demand, ...]


def read_instance(
    xml_path: Path,
    timetable_csv: Path,
    *,
    term_code: str,
    starts_on: date,
    time_zone: str,
    opens_at: datetime,
) -> Instance:
    """Read an instance and its published timetable as the term `term_code`.

    The term begins on the Monday of the week of `starts_on` and lasts as many weeks as the instance;
    registration is open from `opens_at` until the end of its last day in `time_zone`. Codes of students,
    courses, rooms and sections are the ids of the XML; configurations and components are named by the ids of
    config and subpart.

    Raises `MalformedInstance` for what is wrong with the files, `InvalidField` for the term.
    """
    problem = read_problem(xml_path)
    term = _term(problem, term_code, starts_on, time_zone, opens_at)
    placements = read_placements(
        timetable_csv,
        course_of={
            read.id: course.id
            for course in problem.courses
            for config in course.configs
            for subpart in config.subparts
            for read in subpart.classes
        },
        rooms={room.id for room in problem.rooms},
        weeks=problem.weeks,
    )
    timetable = Timetable(
        term=term,
        rooms=tuple(RoomFields(code=room.id, name=f"Room {room.id}", capacity=room.capacity) for room in problem.rooms),
        courses=tuple(
            CourseFields(number=course.id, title=f"Course {course.id}", credits=Decimal(0))
            for course in problem.courses
        ),
        students=tuple(
            StudentFields(code=demand.student_code, given_name="Student", family_name=demand.student_code)
            for demand in problem.demands
        ),
        offerings=tuple(_offering(course, placements) for course in problem.courses),
    )
    return Instance(timetable, tuple(problem.demands))


def read_demands(xml_path: Path) -> tuple[Demand, ...]:
    """Read who wants which courses, in the file's order. Raises `MalformedInstance`."""
    return tuple(read_problem(xml_path).demands)


def _term(problem: Problem, code: str, starts_on: date, time_zone: str, opens_at: datetime) -> TermFields:
    try:
        zone = ZoneInfo(time_zone)
        monday = starts_on - timedelta(days=starts_on.weekday())
        ends_on = monday + timedelta(days=7 * problem.weeks - 1)
        closes_at = datetime.combine(ends_on + timedelta(days=1), time(0), zone)
    except (LookupError, ValueError, OSError) as error:
        raise InvalidField("time_zone", f"{time_zone!r} is not a known time zone") from error
    except OverflowError as error:
        raise InvalidField("starts_on", "lies beyond the calendar") from error
    if opens_at.tzinfo is None:
        raise InvalidField("opens_at", "must say its offset from UTC")
    if opens_at >= closes_at:
        reason = f"registration would open at {opens_at.isoformat()}, after the term has ended on {ends_on}"
        raise InvalidField("opens_at", reason)
    try:
        return TermFields(
            code=code,
            name=problem.name,
            time_zone=time_zone,
            starts_on=monday,
            ends_on=ends_on,
            registration_opens_at=opens_at,
            registration_closes_at=closes_at,
            add_deadline=ends_on,
            drop_deadline=ends_on,
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise InvalidField(".".join(str(part) for part in first["loc"]), in_plain_words(first)) from error


def _offering(course: CourseElement, placements: dict[str, Placement]) -> TimetableOffering:
    return TimetableOffering(
        course=course.id,
        configurations=tuple(_configuration(config) for config in course.configs),
        sections=tuple(
            TimetableSection(
                component=f"{config.id}/{subpart.id}",
                code=read.id,
                capacity=read.limit,
                parent=read.parent,
                meetings=_meetings(placements[read.id]),
            )
            for config in course.configs
            for subpart in config.subparts
            for read in subpart.classes
        ),
    )


def _configuration(config: ConfigElement) -> ConfigurationFields:
    """The instance does not say how a subpart is taught: the first is called a lecture."""
    return ConfigurationFields(
        name=config.id,
        components=tuple(
            ComponentFields(name=subpart.id, kind=ComponentKind.OTHER if position else ComponentKind.LECTURE)
            for position, subpart in enumerate(config.subparts)
        ),
    )


def _meetings(placement: Placement) -> tuple[TimetableMeeting, ...]:
    slot = placement.slot
    if slot is None:
        return ()
    meeting = TimetableMeeting(
        weekdays=slot.weekdays,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        weeks=slot.weeks,
        room=placement.room,
    )
    return (meeting,)
