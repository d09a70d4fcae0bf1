"""The generated university: the same for the same seed, whole, without double bookings, and scarce enough."""

import re
import time
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

import pytest

from application.scheduling.timetable import Timetable, TimetableSection
from application.shared.errors import InvalidField
from interfaces.registration_day.demand import Demand
from interfaces.registration_day.university import generate
from tests.interfaces.registration_day.simulation import hold_day

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def university(**changes: Any) -> tuple[Timetable, tuple[Demand, ...]]:
    options: dict[str, Any] = {
        "students": 1000,
        "seed": 1,
        "term_code": "2026-2",
        "starts_on": date(2026, 11, 30),
        "opens_at": NOW,
    }
    return generate(**{**options, **changes})


@pytest.fixture(scope="module")
def generated() -> tuple[Timetable, tuple[Demand, ...]]:
    return university()


@pytest.fixture(scope="module")
def timetable(generated: tuple[Timetable, tuple[Demand, ...]]) -> Timetable:
    return generated[0]


@pytest.fixture(scope="module")
def sections(timetable: Timetable) -> list[TimetableSection]:
    return [section for offering in timetable.offerings for section in offering.sections]


@pytest.mark.parametrize(("students", "seed"), [(300, 1), (300, 2), (1000, 1), (1000, 2), (1000, 3), (4000, 1)])
def test_most_requests_are_satisfied_while_a_third_of_the_sections_fill(students: int, seed: int) -> None:
    day = hold_day(*university(students=students, seed=seed), NOW, seed=seed)

    assert 0.85 <= day.satisfied <= 0.95
    assert day.filled >= 0.30
    assert set(day.refused_by_code) <= {"no_open_combination", "credit_maximum"}


def test_the_same_seed_makes_the_same_university(generated: tuple[Timetable, tuple[Demand, ...]]) -> None:
    assert university() == generated
    assert university(seed=2) != generated


def test_five_thousand_students_are_made_at_once() -> None:
    started = time.process_time()
    timetable, demands = university(students=5000)

    assert time.process_time() - started < 3
    assert len(timetable.students) == len(demands) == 5000


def test_it_has_four_hundred_courses_and_a_thousand_sections(
    timetable: Timetable, sections: list[TimetableSection]
) -> None:
    assert len(timetable.courses) == len(timetable.offerings) == 400
    assert len(sections) >= 1000
    assert all(1 <= course.credits <= 5 for course in timetable.courses)
    assert len({course.title for course in timetable.courses if course.subject == "CS"}) == 25
    assert timetable.courses[0].title == "Programming I"
    assert f"{timetable.courses[0].subject}-{timetable.courses[0].number}" == "CS-101"


def test_it_has_lectures_with_laboratories_and_recitations_parents_and_second_configurations(
    timetable: Timetable, sections: list[TimetableSection]
) -> None:
    kinds = Counter(
        component.kind.value
        for offering in timetable.offerings
        for configuration in offering.configurations
        for component in configuration.components
    )

    assert kinds["lecture"] == 400
    assert min(kinds["laboratory"], kinds["recitation"], kinds["seminar"]) > 10
    assert sum(section.parent is not None for section in sections) > 100
    assert sum(len(offering.configurations) == 2 for offering in timetable.offerings) > 10


def test_every_reference_names_a_record_of_the_document(timetable: Timetable, sections: list[TimetableSection]) -> None:
    departments = {f"code:{department.code}" for department in timetable.departments}
    programs = {f"code:{program.code}" for program in timetable.programs}
    rooms = {room.code for room in timetable.rooms}
    instructors = {instructor.code for instructor in timetable.instructors}
    courses = {f"{course.subject}-{course.number}" for course in timetable.courses}

    assert {course.department for course in timetable.courses} == departments
    assert {program.department for program in timetable.programs} <= departments
    assert {instructor.department for instructor in timetable.instructors} <= departments
    assert {student.program for student in timetable.students} <= programs
    assert {offering.course for offering in timetable.offerings} == courses
    assert {meeting.room for section in sections for meeting in section.meetings} == rooms
    assert {code for section in sections for code in section.instructors} == instructors


def test_codes_are_distinct_and_sections_belong_to_components_and_parents_of_their_offering(
    timetable: Timetable, sections: list[TimetableSection]
) -> None:
    for records in (timetable.departments, timetable.programs, timetable.rooms, timetable.instructors):
        assert len({record.code for record in records}) == len(records)
    assert len({student.code for student in timetable.students}) == 1000
    assert len({section.code for section in sections}) == len(sections)
    for offering in timetable.offerings:
        components = {f"{conf.name}/{c.name}" for conf in offering.configurations for c in conf.components}
        codes = {section.code for section in offering.sections}
        assert {section.component for section in offering.sections} == components
        assert {section.parent for section in offering.sections} <= {*codes, None}


def test_no_room_and_no_instructor_is_in_two_places_at_once(sections: list[TimetableSection]) -> None:
    meetings = defaultdict(list)
    for section in sections:
        for meeting in section.meetings:
            for who in (("room", meeting.room), *(("instructor", code) for code in section.instructors)):
                meetings[who].append(meeting)

    for who, held in meetings.items():
        for one, other in combinations(held, 2):
            shares_a_day = one.weekdays & other.weekdays
            assert not (shares_a_day and one.starts_at < other.ends_at and other.starts_at < one.ends_at), who


def test_rooms_hold_their_sections(timetable: Timetable, sections: list[TimetableSection]) -> None:
    holds = {room.code: room.capacity for room in timetable.rooms}

    assert all(
        section.capacity is not None and meeting.room is not None and section.capacity <= holds[meeting.room]
        for section in sections
        for meeting in section.meetings
    )


def test_students_want_four_to_six_courses_and_some_far_more_than_others(
    generated: tuple[Timetable, tuple[Demand, ...]],
) -> None:
    timetable, demands = generated
    courses = {f"{course.subject}-{course.number}" for course in timetable.courses}
    wanted = Counter(code for demand in demands for code in demand.course_codes)

    assert [demand.student_code for demand in demands] == [student.code for student in timetable.students]
    assert {len(demand.course_codes) for demand in demands} == {4, 5, 6}
    assert all(len(set(demand.course_codes)) == len(demand.course_codes) for demand in demands)
    assert set(wanted) <= courses
    assert sum(count for _, count in wanted.most_common(40)) > sum(wanted.values()) / 3


def test_people_are_plainly_made_up(timetable: Timetable) -> None:
    assert all(re.fullmatch(r"\d{5}", student.family_name) for student in timetable.students)
    assert {student.given_name for student in timetable.students} == {"Student"}
    assert all((student.email or "").endswith("@example.edu") for student in timetable.students)
    assert all(student.birthday and 1990 < student.birthday.year < 2010 for student in timetable.students)
    assert all(re.fullmatch(r"Instructor \d+", instructor.name) for instructor in timetable.instructors)


def test_the_term_begins_on_a_monday_and_takes_students_until_its_deadlines() -> None:
    term = university(students=1, starts_on=date(2026, 12, 3))[0].term

    assert (term.starts_on, term.ends_on) == (date(2026, 11, 30), date(2027, 3, 21))
    assert term.registration_opens_at == NOW
    assert (term.add_deadline, term.drop_deadline) == (date(2026, 12, 13), date(2027, 1, 24))
    assert term.registration_closes_at == datetime(2027, 1, 25, 5, tzinfo=UTC)
    assert term.credit_maximum == 21


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"students": 0}, "students"),
        ({"courses": 63}, "courses"),
        ({"courses": 10_000}, "courses"),
        ({"opens_at": datetime(2027, 1, 1, tzinfo=UTC)}, "opens_at"),
    ],
)
def test_what_cannot_be_generated_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        university(**changes)

    assert refused.value.parameters["field"] == field


@pytest.mark.parametrize("courses", [64, 65, 1000])
def test_it_comes_in_other_sizes(courses: int) -> None:
    timetable, _ = university(students=50, courses=courses)

    assert len({(course.subject, course.number) for course in timetable.courses}) == courses
    assert len({(course.subject, course.title) for course in timetable.courses}) == courses
