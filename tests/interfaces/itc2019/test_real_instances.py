"""The real instances: their counts are those that their README states."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interfaces.itc2019.parser import read_demands
from tests.interfaces.itc2019.files import read

REPOSITORY = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("MATRICULA_TEST_DATA") or REPOSITORY.parent / "shared" / "data") / "itc2019"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the ITC 2019 instances are not in {DATA}; MATRICULA_TEST_DATA names their parent folder"
)

INSTANCES = [
    # file, rooms, courses, classes, students, course requests, weeks, classes without a seat
    ("wbg-fal10.xml", 7, 21, 150, 19, 97, 16, 0),
    ("pu-cs-fal07.xml", 13, 44, 174, 2_002, 2_393, 15, 0),
    ("muni-fsps-spr17.xml.gz", 44, 226, 561, 865, 6_715, 19, 56),
    ("muni-fi-spr16.xml.gz", 35, 228, 575, 1_543, 9_633, 15, 4),
    ("mary-spr17.xml.gz", 90, 544, 882, 3_666, 10_552, 16, 4),
    ("pu-d5-spr17.xml.gz", 84, 212, 1_061, 13_497, 19_614, 15, 22),
]


@pytest.mark.parametrize(
    ("file", "rooms", "courses", "classes", "students", "requests", "weeks", "without_a_seat"), INSTANCES
)
def test_a_real_instance_reads_whole(
    file: str,
    rooms: int,
    courses: int,
    classes: int,
    students: int,
    requests: int,
    weeks: int,
    without_a_seat: int,
) -> None:
    name = file.partition(".")[0]
    instance = read((DATA / file, DATA / f"{name}.timetable.csv"), opens_at=datetime(2026, 11, 24, tzinfo=UTC))
    timetable = instance.timetable
    sections = [section for offering in timetable.offerings for section in offering.sections]

    assert timetable.term.name == name
    assert (timetable.term.ends_on - timetable.term.starts_on).days == weeks * 7 - 1
    assert (len(timetable.rooms), len(timetable.courses), len(sections)) == (rooms, courses, classes)
    assert len(timetable.offerings) == courses
    assert len(timetable.students) == len(instance.demands) == students
    assert sum(len(demand.course_codes) for demand in instance.demands) == requests
    assert sum(section.capacity == 0 for section in sections) == without_a_seat
    assert all(len(section.meetings) == 1 for section in sections)
    assert read_demands(DATA / file) == instance.demands
