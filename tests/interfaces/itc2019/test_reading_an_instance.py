"""What a small instance becomes."""

import gzip
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest

from application.scheduling.timetable import TimetableMeeting, TimetableSection
from application.shared.errors import InvalidField
from domain.scheduling.calendar import Weekday
from domain.scheduling.offering import ComponentKind
from interfaces.itc2019.parser import read_demands
from interfaces.registration_day.demand import Demand
from tests.interfaces.itc2019.files import BOM, CSV, DOCTYPE, MONDAY, XML, changed, read, write


@pytest.fixture
def sections(tmp_path: Path) -> dict[str, TimetableSection]:
    timetable = read(write(tmp_path)).timetable
    return {section.code: section for offering in timetable.offerings for section in offering.sections}


def test_the_term_lasts_whole_weeks_from_the_monday_of_its_first_week(tmp_path: Path) -> None:
    term = read(write(tmp_path), starts_on=date(2026, 11, 26)).timetable.term

    assert (term.code, term.name, term.time_zone) == ("2026-2", "tiny", "America/Bogota")
    assert (term.starts_on, term.ends_on) == (MONDAY, date(2026, 12, 13))
    assert term.add_deadline == term.drop_deadline == date(2026, 12, 13)
    assert term.registration_opens_at == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert term.registration_closes_at == datetime(2026, 12, 14, 5, tzinfo=UTC)
    assert term.credit_maximum is None


def test_rooms_courses_and_students_take_their_codes_from_the_file(tmp_path: Path) -> None:
    timetable = read(write(tmp_path)).timetable

    assert [(room.code, room.name, room.capacity) for room in timetable.rooms] == [
        ("1", "Room 1", 30),
        ("2", "Room 2", 20),
    ]
    assert [(c.subject, c.number, c.title, c.credits) for c in timetable.courses] == [
        ("", "12", "Course 12", Decimal(0)),
        ("", "13", "Course 13", Decimal(0)),
    ]
    assert [(s.code, s.given_name, s.family_name) for s in timetable.students] == [
        ("100", "Student", "100"),
        ("101", "Student", "101"),
    ]


def test_configurations_and_components_are_named_by_config_and_subpart(tmp_path: Path) -> None:
    offering = read(write(tmp_path)).timetable.offerings[0]

    assert offering.course == "12"
    assert [
        (configuration.name, [(c.name, c.kind) for c in configuration.components])
        for configuration in offering.configurations
    ] == [
        ("1", [("1", ComponentKind.LECTURE), ("2", ComponentKind.OTHER)]),
        ("2", [("3", ComponentKind.LECTURE)]),
    ]


def test_a_section_has_its_component_capacity_and_parent(sections: dict[str, TimetableSection]) -> None:
    assert {code: (s.component, s.capacity, s.parent) for code, s in sections.items()} == {
        "1": ("1/1", 20, None),
        "2": ("1/2", 10, "1"),
        "3": ("1/2", 0, "1"),
        "4": ("2/3", 5, None),
        "5": ("3/4", 7, None),
    }


def test_bit_strings_and_slots_become_weekdays_weeks_and_times(sections: dict[str, TimetableSection]) -> None:
    assert sections["1"].meetings == (
        TimetableMeeting(
            weekdays=frozenset({Weekday.MONDAY, Weekday.WEDNESDAY}),
            starts_at=time(8),
            ends_at=time(9, 50),
            weeks=None,
            room="1",
        ),
    )
    assert sections["2"].meetings[0].weeks == frozenset({1, 3})
    assert sections["5"].meetings[0].weeks == frozenset({2})
    assert sections["5"].meetings[0].weekdays == {Weekday.FRIDAY}
    assert (sections["5"].meetings[0].starts_at, sections["5"].meetings[0].ends_at) == (time(0), time(0, 5))


def test_a_class_without_time_is_to_be_announced(sections: dict[str, TimetableSection]) -> None:
    assert sections["4"].meetings == ()


def test_a_class_that_lasts_until_midnight_ends_just_before(sections: dict[str, TimetableSection]) -> None:
    assert sections["3"].meetings[0].weekdays == {Weekday.SUNDAY}
    assert sections["3"].meetings[0].ends_at == time(23, 59)
    assert sections["3"].meetings[0].room is None


def test_students_want_courses_in_the_order_of_the_file(tmp_path: Path) -> None:
    paths = write(tmp_path)
    wanted = (Demand("100", ("13", "12")), Demand("101", ("12",)))

    assert read(paths).demands == wanted
    assert read_demands(paths[0]) == wanted


def test_a_gzipped_instance_reads_the_same(tmp_path: Path) -> None:
    plain = read(write(tmp_path))

    assert read(write(tmp_path, name="tiny.xml.gz")) == plain


def test_gzip_is_recognised_whatever_the_file_is_called(tmp_path: Path) -> None:
    paths = write(tmp_path, xml=gzip.compress(XML.encode()))

    assert read(paths).timetable.term.name == "tiny"


@pytest.mark.parametrize(
    "xml",
    [XML.removeprefix(BOM), changed(XML, DOCTYPE, ""), XML.replace("\n", "\r\n")],
    ids=["without byte order mark", "without DOCTYPE", "with CRLF"],
)
def test_variants_of_the_same_xml_read_the_same(tmp_path: Path, xml: str) -> None:
    plain = read(write(tmp_path))

    assert read(write(tmp_path, xml=xml)) == plain


def test_an_instance_in_utf_16_reads_the_same(tmp_path: Path) -> None:
    plain = read(write(tmp_path))
    xml = XML.removeprefix(BOM).replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")

    assert read(write(tmp_path, xml=xml)) == plain


def test_the_columns_of_the_timetable_may_stand_in_any_order(tmp_path: Path) -> None:
    plain = read(write(tmp_path))
    reordered = "\r\n".join(",".join(reversed(line.split(","))) for line in CSV.splitlines())

    assert read(write(tmp_path, csv=BOM + reordered + "\r\n")) == plain


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"opens_at": datetime(2026, 12, 14, 5, tzinfo=UTC)}, "opens_at"),
        ({"opens_at": datetime(2026, 11, 24, 12)}, "opens_at"),  # noqa: DTZ001 - the point of the case
        ({"time_zone": "America/Nowhere"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"term_code": "two words"}, "code"),
        ({"starts_on": date.max}, "starts_on"),
        ({"starts_on": date(1800, 1, 1), "opens_at": datetime(1800, 1, 1, tzinfo=UTC)}, "starts_on"),
    ],
)
def test_what_is_wrong_with_the_term_names_its_field(tmp_path: Path, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        read(write(tmp_path), **changes)

    assert refused.value.parameters["field"] == field


def test_what_is_wrong_with_the_term_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(InvalidField, match=r"^code: must be 1 to 64 letters, digits or"):
        read(write(tmp_path), term_code="two words")
