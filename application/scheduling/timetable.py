"""A whole timetable as one document: a term with its offerings and sections, and the records that they need."""

from typing import Annotated

from pydantic import Field

from application.catalog.courses import CourseFields
from application.catalog.departments import DepartmentFields
from application.catalog.programs import ProgramFields
from application.people.instructors import InstructorFields
from application.people.students import StudentFields
from application.scheduling.offerings import ConfigurationFields
from application.scheduling.rooms import RoomFields
from application.scheduling.sections import MAXIMUM_CAPACITY, ComponentPath, LocalTime, WeekNumber
from application.scheduling.terms import TermFields
from application.shared.dto import Code, Dto
from domain.scheduling.calendar import Weekday
from domain.scheduling.section import SectionStatus


class TimetableMeeting(Dto):
    """A weekly slot; `room` is the code of a room."""

    weekdays: Annotated[frozenset[Weekday], Field(min_length=1)]
    starts_at: LocalTime
    ends_at: LocalTime
    weeks: frozenset[WeekNumber] | None = None
    room: Code | None = None


class TimetableSection(Dto):
    """A section; `component` is `CONFIGURATION/COMPONENT`, `parent` and `instructors` are codes."""

    component: ComponentPath
    code: Code
    capacity: Annotated[int, Field(ge=0, le=MAXIMUM_CAPACITY)] | None
    status: SectionStatus = SectionStatus.OPEN
    parent: Code | None = None
    meetings: tuple[TimetableMeeting, ...] = ()
    instructors: tuple[Code, ...] = ()


class TimetableOffering(Dto):
    """An offering of the course with code `course`, which is the offering's code too."""

    course: Code
    configurations: Annotated[tuple[ConfigurationFields, ...], Field(min_length=1)]
    sections: tuple[TimetableSection, ...] = ()


class Timetable(Dto):
    """A term to be created, and the records it needs; those whose code already exists are left as they are.

    References within the document are codes (`code:CS`), in the order of the fields: a program may name a
    department of the document, a student a program.
    """

    term: TermFields
    departments: tuple[DepartmentFields, ...] = ()
    programs: tuple[ProgramFields, ...] = ()
    rooms: tuple[RoomFields, ...] = ()
    instructors: tuple[InstructorFields, ...] = ()
    courses: tuple[CourseFields, ...] = ()
    students: tuple[StudentFields, ...] = ()
    offerings: tuple[TimetableOffering, ...] = ()


class ImportReport(Dto):
    """How many records of each kind were created, and how many were there before."""

    created: dict[str, int]
    existing: dict[str, int]
