"""An instance as its XML states it: every value read and checked, nothing turned into a timetable yet."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from application.scheduling.sections import MAXIMUM_CAPACITY
from interfaces.itc2019.malformed import MalformedInstance
from interfaces.itc2019.xml import Attributes, read_xml
from interfaces.registration_day.demand import Demand

DAYS = 7
SLOTS_PER_DAY = 288
MAXIMUM_WEEKS = 57
"""A term lasts at most 400 days."""

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+&'-]{0,30}")
"""Ids become the codes of students, courses, rooms and sections."""

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_LARGEST_ROOM = 1_000_000
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class RoomElement:
    """A room, and how many people it holds."""

    id: str
    capacity: int


@dataclass(frozen=True, slots=True)
class ClassElement:
    """A class, with its number of seats and the class that must be taken too."""

    id: str
    limit: int
    parent: str | None
    line: int


@dataclass(frozen=True, slots=True)
class SubpartElement:
    """A part of a configuration; a student attends exactly one of its classes."""

    id: str
    line: int
    classes: list[ClassElement] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ConfigElement:
    """One way to take a course."""

    id: str
    line: int
    subparts: list[SubpartElement] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CourseElement:
    """A course."""

    id: str
    line: int
    configs: list[ConfigElement] = field(default_factory=list)


@dataclass(slots=True)
class Problem:
    """The instance: its name, its number of weeks, and what of it matters to registration."""

    name: str = ""
    weeks: int = 0
    rooms: list[RoomElement] = field(default_factory=list)
    courses: list[CourseElement] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)


def read_problem(path: Path) -> Problem:
    """Read the XML of an instance, `.xml` or `.xml.gz`. Raises `MalformedInstance`."""
    reading = _Reading(path)
    read_xml(path, reading.started)
    return reading.finish()


class _Reading:
    """The elements read so far. Classes of distributions have another path than those of courses."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._problem = Problem()
        self._seen: set[tuple[str, str]] = set()
        self._students: list[tuple[str, list[str]]] = []
        self._requested: dict[str, int] = {}
        self._readers = {
            "problem": self._read_problem,
            "problem/rooms/room": self._read_room,
            "problem/courses/course": self._read_course,
            "problem/courses/course/config": self._read_config,
            "problem/courses/course/config/subpart": self._read_subpart,
            "problem/courses/course/config/subpart/class": self._read_class,
            "problem/students/student": self._read_student,
            "problem/students/student/course": self._read_request,
        }

    def started(self, path: str, attributes: Attributes, line: int) -> None:
        """Take in an element."""
        reader = self._readers.get(path)
        if reader is not None:
            reader(_Element(self._path, path.rpartition("/")[2], attributes, line))
        elif "/" not in path:
            reason = "the root element must be <problem>"
            raise MalformedInstance(self._path, line, f"<{path}>", reason)

    def finish(self) -> Problem:
        """The whole instance, after what only the end of the file shows has been checked."""
        problem = self._problem
        if not problem.courses:
            raise MalformedInstance(self._path, None, "<courses>", "the instance has no course")
        for course in problem.courses:
            self._check_course(course)
        courses = {course.id for course in problem.courses}
        for code, line in self._requested.items():
            if code not in courses:
                reason = f"the requested course {code} is not one of the instance"
                raise MalformedInstance(self._path, line, "<course>", reason)
        problem.demands = [Demand(student, tuple(requested)) for student, requested in self._students]
        return problem

    def _read_problem(self, element: "_Element") -> None:
        self._problem.name = element.text("name").strip()
        if not 0 < len(self._problem.name) <= _LONGEST_NAME:
            raise element.wrong(f"the name must have 1 to {_LONGEST_NAME} characters")
        if element.number("nrDays", DAYS) != DAYS:
            raise element.wrong(f"nrDays must be {DAYS}")
        if element.number("slotsPerDay", SLOTS_PER_DAY) != SLOTS_PER_DAY:
            raise element.wrong(f"slotsPerDay must be {SLOTS_PER_DAY}")
        self._problem.weeks = element.number("nrWeeks", MAXIMUM_WEEKS)
        if self._problem.weeks == 0:
            raise element.wrong("nrWeeks must be at least 1")

    def _read_room(self, element: "_Element") -> None:
        capacity = element.number("capacity", _LARGEST_ROOM)
        self._problem.rooms.append(RoomElement(self._new_id(element), capacity))

    def _read_course(self, element: "_Element") -> None:
        self._problem.courses.append(CourseElement(self._new_id(element), element.line))

    def _read_config(self, element: "_Element") -> None:
        self._problem.courses[-1].configs.append(ConfigElement(self._new_id(element), element.line))

    def _read_subpart(self, element: "_Element") -> None:
        subparts = self._problem.courses[-1].configs[-1].subparts
        subparts.append(SubpartElement(self._new_id(element), element.line))

    def _read_class(self, element: "_Element") -> None:
        read = ClassElement(
            id=self._new_id(element),
            limit=element.number("limit", MAXIMUM_CAPACITY),
            parent=element.attributes.get("parent"),
            line=element.line,
        )
        self._problem.courses[-1].configs[-1].subparts[-1].classes.append(read)

    def _read_student(self, element: "_Element") -> None:
        self._students.append((self._new_id(element), []))

    def _read_request(self, element: "_Element") -> None:
        course = element.id()
        student, requested = self._students[-1]
        if course in requested:
            raise element.wrong(f"the student {student} requests the course {course} twice")
        requested.append(course)
        self._requested.setdefault(course, element.line)

    def _new_id(self, element: "_Element") -> str:
        """The element's id, which no element of its kind may have had before."""
        identifier = element.id()
        if (element.tag, identifier) in self._seen:
            raise element.wrong(f"the id {identifier} was given to another {element.tag} before")
        self._seen.add((element.tag, identifier))
        return identifier

    def _check_course(self, course: CourseElement) -> None:
        if not course.configs:
            reason = f"the course {course.id} has no config"
            raise MalformedInstance(self._path, course.line, "<course>", reason)
        for config in course.configs:
            if not config.subparts:
                reason = f"the config {config.id} has no subpart"
                raise MalformedInstance(self._path, config.line, "<config>", reason)
            for subpart in config.subparts:
                if not subpart.classes:
                    reason = f"the subpart {subpart.id} has no class"
                    raise MalformedInstance(self._path, subpart.line, "<subpart>", reason)
            self._check_parents(config)

    def _check_parents(self, config: ConfigElement) -> None:
        """A parent is a class of another subpart of the same config, and nobody's own ancestor."""
        subpart_of = {read.id: subpart.id for subpart in config.subparts for read in subpart.classes}
        parent_of = {read.id: read.parent for subpart in config.subparts for read in subpart.classes}
        for subpart in config.subparts:
            for read in subpart.classes:
                if read.parent is None:
                    continue
                if subpart_of.get(read.parent, subpart.id) == subpart.id:
                    reason = f"the parent {read.parent[:40]!r} is no class of another subpart of the config"
                    raise MalformedInstance(self._path, read.line, "<class>", reason)
                self._check_descent(read, parent_of)

    def _check_descent(self, read: ClassElement, parent_of: dict[str, str | None]) -> None:
        ancestors = [read.id]
        while (ancestor := parent_of.get(ancestors[-1])) is not None:
            if ancestor in ancestors:
                reason = f"the parents of the class {read.id} form a circle"
                raise MalformedInstance(self._path, read.line, "<class>", reason)
            ancestors.append(ancestor)


@dataclass(frozen=True, slots=True)
class _Element:
    """An element being read."""

    path: Path
    tag: str
    attributes: Attributes
    line: int

    def wrong(self, reason: str) -> MalformedInstance:
        """The error that says what is wrong with this element."""
        return MalformedInstance(self.path, self.line, f"<{self.tag}>", reason)

    def text(self, name: str) -> str:
        """An attribute that must be there."""
        value = self.attributes.get(name)
        if value is None:
            raise self.wrong(f"the attribute {name} is missing")
        return value

    def id(self) -> str:
        """The attribute `id`, fit to be a code."""
        value = self.text("id")
        if _ID.fullmatch(value) is None:
            raise self.wrong(f"the id {value[:40]!r} is not 1 to 31 letters, digits or . _ + & ' -")
        return value

    def number(self, name: str, maximum: int) -> int:
        """An attribute that must be a whole number from 0 to `maximum`."""
        value = self.text(name)
        if _WHOLE_NUMBER.fullmatch(value) is None or int(value) > maximum:
            raise self.wrong(f"the {name} {value[:40]!r} is not a whole number from 0 to {maximum}")
        return int(value)
