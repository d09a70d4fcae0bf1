"""`matricula import attempts`: a file is stored whole, or refused with the line and column that is wrong."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path

import pytest

from application.catalog.courses import CourseFields
from application.catalog.grading_schemes import GradeFields, GradingSchemeFields, NumericScaleFields
from application.people.students import StudentFields
from application.registration.course_attempts import CourseAttemptView
from application.shared.paging import PageQuery
from interfaces.inprocess import Matricula as Door
from tests.interfaces.cli.conftest import Matricula

HEADER = "student_code,course_code,term,credits,grade,scheme,passed,in_progress,transfer"
GOOD = f"""\
{HEADER}
S1,CS-101,2025-2,3,4.2,0-5,,,
S1,MA-1,2025-2,4.5,C,LETTERS,no,,
S2,CS-101,2026-1,3,,,,true,
S2,MA-1,Fall 2019,4,,,yes,,1
"""


@pytest.fixture(autouse=True)
def _university(door: Door) -> None:
    """Two students, two courses and two grading schemes."""

    async def fill() -> None:
        caller = await door.founding_caller()
        for code in ("S1", "S2"):
            await door.students.create(caller, StudentFields(code=code, given_name="Student", family_name=code))
        for subject, number in (("CS", "101"), ("MA", "1")):
            course = CourseFields(subject=subject, number=number, title="A course", credits=Decimal(3))
            await door.courses.create(caller, course)
        scale = NumericScaleFields(minimum=Decimal(0), maximum=Decimal(5), pass_mark=Decimal(3))
        await door.grading_schemes.create(caller, GradingSchemeFields(code="0-5", name="0 to 5", scale=scale))
        letters = tuple(GradeFields(symbol=symbol, passes=symbol != "F") for symbol in "ABCF")
        await door.grading_schemes.create(caller, GradingSchemeFields(code="LETTERS", name="Letters", grades=letters))

    asyncio.run(fill())


def stored(door: Door) -> list[CourseAttemptView]:
    """All attempts, by term."""

    async def read() -> list[CourseAttemptView]:
        page = await door.course_attempts.list(await door.caller(), PageQuery())
        return list(page.items)

    return asyncio.run(read())


def imported(matricula: Matricula, path: Path, content: str | bytes, *more: str) -> tuple[int, str, str]:
    """Import a file of that content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    outcome = matricula("import", "attempts", str(path), *more)
    return outcome.code, outcome.output, outcome.errors


def test_every_row_becomes_an_attempt(matricula: Matricula, door: Door, tmp_path: Path) -> None:
    assert imported(matricula, tmp_path / "a.csv", GOOD) == (0, "4 course attempts imported\n", "")

    assert {
        (a.student_code, a.course_code, a.term): (a.credits, a.grade, a.passed, a.in_progress, a.transfer)
        for a in stored(door)
    } == {
        ("S1", "CS-101", "2025-2"): (3, "4.2", True, False, False),
        ("S1", "MA-1", "2025-2"): (Decimal("4.5"), "C", False, False, False),
        ("S2", "CS-101", "2026-1"): (3, None, False, True, False),
        ("S2", "MA-1", "Fall 2019"): (4, None, True, False, True),
    }


def test_programs_read_the_report_as_json(matricula: Matricula, tmp_path: Path) -> None:
    code, output, _ = imported(matricula, tmp_path / "a.csv", GOOD, "--json")

    assert (code, json.loads(output)) == (0, {"created": 4})


@pytest.mark.parametrize(
    "content",
    [
        "﻿" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace("\n", "\n\n,,,,,,,,\n"),
        GOOD.replace(",3,", ' , "3" ,').replace('"3" ', "3 "),
    ],
    ids=["byte order mark", "carriage returns and line feeds", "carriage returns", "empty rows", "spaces"],
)
def test_files_of_spreadsheets_are_read(content: str, matricula: Matricula, tmp_path: Path) -> None:
    assert imported(matricula, tmp_path / "a.csv", content)[0] == 0


def test_columns_may_stand_in_any_order_and_what_is_optional_may_be_absent(
    matricula: Matricula, door: Door, tmp_path: Path
) -> None:
    assert (
        imported(matricula, tmp_path / "a.csv", "credits,term,course_code,student_code\n3,2025-1,CS-101,S1\n")[0] == 0
    )

    (attempt,) = stored(door)
    assert (attempt.grade, attempt.passed, attempt.transfer) == (None, False, False)


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("S9,CS-101,2025-2,3,,,,,", "column student_code: there is no record S9"),
        ("S1,CS-999,2025-2,3,,,,,", "column course_code: there is no record CS-999"),
        ("S1,CS-101,2025-2,3,4,NONE,,,", "column scheme: there is no record NONE"),
        ("S1,CS-101,2025-2,3,A,0-5,,,", "column grade: A is no grade of the scheme 0-5"),
        ("S1,CS-101,2025-2,3,A,,,,", "column grade: a grade and its grading scheme are given together"),
        ("S1,CS-101,2025-2,3,,,yes,yes,", "column in_progress: what is in progress is not passed yet"),
        ("S1,CS-101,,3,,,,,", "column term: is missing"),
        ("S1,CS-101,2025-2,many,,,,,", "column credits: must be a number"),
        ("S1,CS-101,2025-2,-1,,,,,", "column credits: must be 0 or more"),
        ("S1,CS-101,2025-2,NaN,,,,,", "column credits: must be a number"),
        ("S1,CS-101,2025-2,3,,,perhaps,,", "column passed: must be true or false"),
        ("S 1,CS-101,2025-2,3,,,,,", "column student_code: must be 1 to 64 letters, digits or . _ + & ' -"),
        ("S1,CS-101,2025-2,3,\x00,0-5,,,", "column grade: must have printable characters only"),
        ("S1,CS-101,2025-2,3", "column grade: the row has 4 cells, the header 9"),
        ("S1,CS-101,2025-2,3,,,,,,,", "column transfer: the row has 11 cells, the header 9"),
        ("S2,CS-101,2026-1,3,,,,true,", "column student_code: the same attempt stands in line 4"),
    ],
)
def test_a_malformed_row_is_named_and_nothing_is_stored(
    row: str, error: str, matricula: Matricula, door: Door, tmp_path: Path
) -> None:
    code, output, errors = imported(matricula, tmp_path / "a.csv", f"{GOOD}{row}\n")

    assert (code, output) == (3, "")
    assert errors.startswith(f"matricula: line 6, {error}")
    assert len(errors.splitlines()) == 1
    assert stored(door) == []


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", "line 1, column student_code: is missing"),
        ("student_code,course_code,term\n", "line 1, column credits: is missing"),
        (f"{HEADER},colour\n", "line 1, column colour: is unknown"),
        (f"{HEADER},grade\n", "line 1, column grade: stands there twice"),
        (f"{HEADER},\n", "line 1, column header: is unknown"),
        (b"student_code,course_code,term,credits\n\xff", "line 2: is not UTF-8"),
        (f'{HEADER}\n"S1', "line 2: is not CSV"),
        (f'{GOOD}S1,"CS-101"x,2025-2,3,,,,,', "line 6: is not CSV: ',' expected after '\"'"),
        (f'{HEADER}\n"S1\n\n",CS-101,2025-2,3,,,,,\nS9', "line 5, column course_code: the row has 1 cells"),
    ],
)
def test_a_file_that_is_no_table_of_attempts_is_refused(
    content: str | bytes, error: str, matricula: Matricula, tmp_path: Path
) -> None:
    code, output, errors = imported(matricula, tmp_path / "a.csv", content)

    assert (code, output) == (3, "")
    assert errors.startswith(f"matricula: {error}")


def test_a_file_that_is_imported_twice_counts_once(matricula: Matricula, door: Door, tmp_path: Path) -> None:
    imported(matricula, tmp_path / "a.csv", GOOD)

    code, _, errors = imported(matricula, tmp_path / "a.csv", GOOD)

    assert (code, errors) == (3, "matricula: line 2, column student_code: the same attempt is stored already\n")
    assert len(stored(door)) == 4


def test_an_institution_that_does_not_exist_is_not_founded(matricula: Matricula, tmp_path: Path) -> None:
    code, _, errors = imported(matricula, tmp_path / "a.csv", GOOD, "--institution", "nowhere")

    assert (code, errors) == (3, "matricula: There is no institution code:nowhere.\n")
