"""Importing timetables: the whole document or nothing of it, and of any length, on both adapters."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import TypeAdapter

from application.catalog.courses import COURSES
from application.catalog.departments import DEPARTMENTS
from application.people.students import STUDENTS, StudentFields
from application.registration.dto import VerificationView
from application.registration.verify_registration import VerifyRegistration
from application.scheduling.import_timetable import CHUNK, ImportTimetable, Progress, no_progress
from application.scheduling.sections import SECTIONS
from application.scheduling.terms import TERMS
from application.scheduling.timetable import ImportReport, Timetable
from application.shared.caller import Caller, Role
from application.shared.errors import AlreadyExists, ApplicationError, InvalidField, NotFound, UnknownReference
from application.shared.paging import PageQuery
from application.shared.records import RecordKeeping, RecordKind
from domain.shared.invalid import InvalidValue
from domain.shared.reference import Reference
from infrastructure.identifiers import TimeOrderedIds
from tests.contracts.arranging import Stored
from tests.support.builders import an_institution

Json = dict[str, Any]

TERM: Json = {
    "code": "2027-1",
    "name": "Spring 2027",
    "time_zone": "America/Bogota",
    "starts_on": "2027-02-01",
    "ends_on": "2027-05-30",
    "registration_opens_at": "2027-01-10T08:00:00Z",
    "registration_closes_at": "2027-03-01T00:00:00Z",
    "add_deadline": "2027-02-10",
    "drop_deadline": "2027-02-20",
}
LECTURE_AND_LAB: Json = {"name": "1", "components": [{"name": "LEC"}, {"name": "LAB", "kind": "laboratory"}]}
MONDAY: Json = {"weekdays": [1], "starts_at": "10:00", "ends_at": "12:00", "room": "A-1"}


def section(code: str, component: str = "LEC", **fields: object) -> Json:
    return {"code": code, "component": f"1/{component}", "capacity": 2, **fields}


def document(**changes: object) -> Timetable:
    """Everything of each kind, with `changes`."""
    whole: Json = {
        "term": TERM,
        "departments": [{"code": "CS", "name": "Computer Science"}],
        "programs": [{"code": "BSC", "name": "Bachelor", "department": "code:CS"}],
        "rooms": [{"code": "A-1", "name": "Aula 1", "capacity": 40}],
        "instructors": [{"code": "I1", "name": "Instructor 1", "department": "code:CS"}],
        "courses": [{"subject": "CS", "number": "101", "title": "Programming", "credits": 3, "department": "code:CS"}],
        "students": [
            {"code": f"S{n}", "given_name": "Student", "family_name": str(n), "program": "code:BSC"}
            for n in range(1, 4)
        ],
        "offerings": [
            {
                "course": "CS-101",
                "configurations": [LECTURE_AND_LAB],
                "sections": [
                    section("CS-101-L1", "LAB", parent="CS-101-A"),
                    section("CS-101-A", meetings=[MONDAY], instructors=["I1", "I1"]),
                ],
            }
        ],
    }
    return TypeAdapter(Timetable).validate_python({**whole, **changes})


def with_sections(*sections: Json) -> Timetable:
    return document(offerings=[{"course": "CS-101", "configurations": [LECTURE_AND_LAB], "sections": list(sections)}])


class House:
    """An institution that imports timetables."""

    def __init__(self, stored: Stored) -> None:
        self.persistence = stored.persistence
        self.importing: Any = stored.persistence.work
        self.caller = Caller(stored.institution, "registrar", frozenset({Role.REGISTRAR}))
        self.ids = TimeOrderedIds()

    async def load(self, timetable: Timetable, progress: Progress = no_progress) -> ImportReport:
        return await ImportTimetable(self.importing, self.ids).execute(self.caller, timetable, progress)

    def keeping(self, kind: RecordKind[Any, Any, Any]) -> RecordKeeping[Any, Any, Any]:
        return RecordKeeping(kind, self.persistence.work, self.persistence.reading, self.ids)

    async def view(self, kind: RecordKind[Any, Any, Any], reference: str) -> Any:
        return await self.keeping(kind).get(self.caller, Reference.parse(reference))

    async def count(self, kind: RecordKind[Any, Any, Any]) -> int:
        return len((await self.keeping(kind).list(self.caller, PageQuery())).items)

    async def verify(self) -> VerificationView:
        verifying = VerifyRegistration(self.persistence.reading)
        return await verifying.execute(self.caller, Reference(code="2027-1"))


@pytest.fixture
def house(stored: Stored) -> House:
    return House(stored)


async def test_a_document_creates_everything_and_says_how_much(house: House) -> None:
    report = await house.load(document())

    assert report.created == {
        "departments": 1,
        "programs": 1,
        "rooms": 1,
        "instructors": 1,
        "courses": 1,
        "students": 3,
        "terms": 1,
        "offerings": 1,
        "sections": 2,
    }
    assert set(report.existing.values()) == {0}
    assert (await house.view(STUDENTS, "code:S1")).family_name == "1"
    assert (await house.verify()).is_clean


async def test_sections_keep_parents_rooms_and_instructors_once_each(house: House) -> None:
    await house.load(document())

    lecture = await house.view(SECTIONS, "code:2027-1:CS-101-A")
    laboratory = await house.view(SECTIONS, "code:2027-1:CS-101-L1")

    assert (lecture.seats_taken, lecture.seats_free, lecture.term_code) == (0, 2, "2027-1")
    assert len(lecture.instructors) == 1
    assert lecture.meetings[0].room is not None
    assert laboratory.parent == str(lecture.id)


async def test_what_is_there_already_is_left_as_it_is(house: House) -> None:
    fields = StudentFields(code="S2", given_name="Known", family_name="Before")
    await house.keeping(STUDENTS).create(house.caller, fields)

    report = await house.load(document())

    assert (report.created["students"], report.existing["students"]) == (2, 1)
    assert (await house.view(STUDENTS, "code:S2")).given_name == "Known"


async def test_a_second_term_uses_the_records_of_the_first(house: House) -> None:
    await house.load(document())

    report = await house.load(document(term={**TERM, "code": "2027-2"}))

    assert report.created["courses"] == 0
    assert report.existing["courses"] == 1
    assert report.created["sections"] == 2


async def test_a_known_term_is_refused_and_nothing_of_the_document_is_stored(house: House) -> None:
    await house.load(document())
    more_students = [{"code": "NEW", "given_name": "New", "family_name": "Student"}]

    with pytest.raises(AlreadyExists):
        await house.load(document(students=more_students, offerings=[]))

    assert await house.count(STUDENTS) == 3
    with pytest.raises(NotFound):
        await house.view(STUDENTS, "code:NEW")


WRONG: Mapping[str, tuple[type[Exception], Timetable]] = {
    "a student twice": (
        InvalidField,
        document(students=[{"code": "S1", "given_name": "A", "family_name": "B"}] * 2),
    ),
    "a course twice": (
        InvalidField,
        document(
            courses=[
                {"subject": "CS", "number": "101", "title": "A", "credits": 1},
                {"number": "CS-101", "title": "B", "credits": 1},
            ]
        ),
    ),
    "an offering twice": (
        InvalidField,
        document(offerings=[{"course": "CS-101", "configurations": [LECTURE_AND_LAB]}] * 2),
    ),
    "a section twice": (InvalidField, with_sections(section("A"), section("A", "LAB"))),
    "a circle of two parents": (
        InvalidField,
        with_sections(section("A", parent="B"), section("B", "LAB", parent="A"), section("C")),
    ),
    "its own parent": (InvalidValue, with_sections(section("A", parent="A"))),
    "an unknown parent": (UnknownReference, with_sections(section("A", parent="Z"))),
    "an unknown component": (UnknownReference, with_sections(section("A", "SEM"))),
    "an unknown instructor": (UnknownReference, with_sections(section("A", instructors=["I9"]))),
    "an unknown room": (UnknownReference, with_sections(section("A", meetings=[{**MONDAY, "room": "Z-9"}]))),
    "an unknown course": (
        UnknownReference,
        document(offerings=[{"course": "CS-999", "configurations": [LECTURE_AND_LAB]}]),
    ),
    "an unknown department": (
        UnknownReference,
        document(departments=[], programs=[{"code": "BSC", "name": "Bachelor", "department": "code:CS"}]),
    ),
    "an unknown program": (
        UnknownReference,
        document(students=[{"code": "S1", "given_name": "A", "family_name": "B", "program": "code:NO"}]),
    ),
    "two configurations of a name": (
        InvalidValue,
        document(offerings=[{"course": "CS-101", "configurations": [LECTURE_AND_LAB] * 2}]),
    ),
    "a meeting that ends before it starts": (
        InvalidValue,
        with_sections(section("A", meetings=[{**MONDAY, "ends_at": "09:00"}])),
    ),
    "a term that never ends": (InvalidField, document(term={**TERM, "ends_on": "2037-01-01"})),
    "a term that ends before it starts": (InvalidValue, document(term={**TERM, "ends_on": "2026-01-01"})),
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_document_that_does_not_hold_together_is_refused_whole(house: House, what: str) -> None:
    error, timetable = WRONG[what]

    with pytest.raises(error):
        await house.load(timetable)

    for kind in (STUDENTS, COURSES, TERMS, SECTIONS):
        assert await house.count(kind) == 0


async def test_the_offender_is_named(house: House) -> None:
    with pytest.raises(ApplicationError, match="the parents of section A form a circle"):
        await house.load(WRONG["a circle of two parents"][1])


async def test_parents_may_stand_after_their_children(house: House) -> None:
    await house.load(with_sections(section("C", parent="B"), section("B", "LAB", parent="A"), section("A")))

    assert await house.count(SECTIONS) == 3


async def test_progress_is_told_for_each_kind(house: House) -> None:
    told: list[tuple[str, int, int]] = []

    await house.load(document(), lambda *progress: told.append(progress))

    assert ("students", 3, 3) in told
    assert told[-1] == ("sections", 2, 2)


LONG = 2 * CHUNK + 1
"""More students than are staged at once."""


def many_students() -> list[Json]:
    return [{"code": f"S{n}", "given_name": f"Zoë\t{n}", "family_name": f'O\'Ñ\\N "{n}"\n'} for n in range(LONG)]


async def test_a_document_of_any_length_is_imported_once(house: House) -> None:
    told: list[tuple[str, int, int]] = []
    await house.keeping(STUDENTS).create(
        house.caller, StudentFields(code="S1500", given_name="Known", family_name="Before")
    )

    report = await house.load(document(students=many_students()), lambda *progress: told.append(progress))

    assert (report.created["students"], report.existing["students"]) == (LONG - 1, 1)
    assert [progress for progress in told if progress[0] == "students"] == [
        ("students", CHUNK, LONG - 1),
        ("students", LONG - 1, LONG - 1),
    ]
    last = await house.view(STUDENTS, f"code:S{LONG - 1}")
    assert (last.given_name, last.family_name) == (f"Zoë\t{LONG - 1}", f'O\'Ñ\\N "{LONG - 1}"')
    assert (await house.view(STUDENTS, "code:S1500")).given_name == "Known"


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        ({"program": "code:NO"}, "code:NO"),
        ({"code": "S0"}, "the student S0 stands in the document twice"),
        ({"test_scores": [{"test": "MATH", "score": 1}] * 2}, "hold one score for each test"),
    ],
)
async def test_a_bad_student_in_the_middle_leaves_nothing_behind(house: House, bad: Json, refusal: str) -> None:
    students = many_students()
    students[LONG // 2] |= bad

    with pytest.raises((ApplicationError, InvalidValue), match=refusal):
        await house.load(document(students=students))

    for kind in (DEPARTMENTS, COURSES, STUDENTS, TERMS, SECTIONS):
        assert await house.count(kind) == 0


async def test_an_import_sees_the_records_of_its_own_institution_only(house: House, stored: Stored) -> None:
    founded = an_institution("other")
    await stored.persistence.directory.add(founded)
    other = House(Stored(stored.persistence, founded.id))
    await house.load(document())

    with pytest.raises(UnknownReference):
        await other.load(document(courses=[]))
    report = await other.load(document())

    assert set(report.existing.values()) == {0}
    assert await house.count(STUDENTS) == await other.count(STUDENTS) == 3
    assert (await house.verify()).is_clean
    assert (await other.verify()).is_clean
