"""Importing tables of course attempts: whole or not at all, and of any length, on both adapters."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from application.registration.attempt_table import AttemptTable, InvalidRow
from application.registration.course_attempts import COURSE_ATTEMPTS, CourseAttemptView
from application.registration.import_attempts import ImportAttempts
from application.registration.ports import AttemptImportWork, RepeatedAttempt, StagedAttempt, UnknownCode
from application.shared.caller import Caller, Role
from domain.shared.identifiers import InstitutionId
from tests.contracts.arranging import Stored
from tests.support.builders import SequentialIds, a_course, a_student, an_institution
from tests.support.domain_builders import identifier
from tests.support.grading import LETTERS, NUMBERS

COLUMNS = ("student_code", "course_code", "term", "credits", "grade", "scheme", "passed", "in_progress", "transfer")
LONG = 6_000
"""More rows than are staged at once."""

IDS = SequentialIds()

Cells = Sequence[str]


@pytest.fixture
async def university(stored: Stored) -> Stored:
    """Two students, two courses and two grading schemes."""
    await stored.add(a_student("s1"), a_student("s2"), a_course(), a_course("MA", "1"), LETTERS, NUMBERS)
    return stored


async def load(stored: Stored, rows: Sequence[Cells], columns: Sequence[str] = COLUMNS) -> int:
    """Import rows that begin in line 2; a row may leave out cells at its end."""
    table = AttemptTable(
        columns, ((line, (*row, *[""] * (9 - len(row)))[: len(columns)]) for line, row in enumerate(rows, 2))
    )
    unit_of_work: Any = stored.persistence.work
    importing = ImportAttempts(unit_of_work, IDS)
    return (await importing.execute(Caller(stored.institution, "r", frozenset({Role.REGISTRAR})), table)).created


async def refusal(stored: Stored, rows: Sequence[Cells]) -> str:
    """Why an import is refused."""
    before = await attempts(stored)
    with pytest.raises(InvalidRow) as refused:
        await load(stored, rows)
    assert await attempts(stored) == before
    return refused.value.detail


async def attempts(stored: Stored) -> Sequence[CourseAttemptView]:
    """All attempts, by term."""
    return await stored.walk(COURSE_ATTEMPTS, limit=500)


def many(number: int) -> Iterator[tuple[str, ...]]:
    """Rows that all differ."""
    for at in range(number):
        graded = ("B", "LETTERS") if at % 2 else ("", "")
        yield (f"s{at % 2 + 1}", "CS-101", f"T{at}", "3.0", *graded)


async def test_values_arrive_as_the_domain_reads_them(university: Stored) -> None:
    assert (
        await load(
            university,
            [
                ("s1", "CS-101", "2025-1", "3", "4.2", "0-5"),
                ("s1", "MA-1", "2025-2", "4.5", "B", "LETTERS", "no"),
                (" s2 ", "CS-101", "2025-3", "3.00", "", "", "", "true"),
                ("s2", "MA-1", "2025-4", "4", "", "", "yes", "", "1"),
            ],
        )
        == 4
    )

    assert [
        (a.student_code, a.course_code, a.credits, a.grade, a.scheme, a.passed, a.in_progress, a.transfer)
        for a in await attempts(university)
    ] == [
        ("s1", "CS-101", Decimal(3), "4.2", str(NUMBERS.id), True, False, False),
        ("s1", "MA-1", Decimal("4.5"), "B", str(LETTERS.id), False, False, False),
        ("s2", "CS-101", Decimal(3), None, None, False, True, False),
        ("s2", "MA-1", Decimal(4), None, None, True, False, True),
    ]


async def test_a_table_longer_than_a_chunk_is_imported_once(university: Stored) -> None:
    rows = list(many(LONG))

    assert await load(university, rows) == LONG
    found = await attempts(university)
    assert {(a.student_code, a.term, a.grade) for a in found} == {(r[0], r[2], r[4] or None) for r in rows}
    assert len(found) == LONG
    assert await refusal(university, rows[-1:]) == ("line 2, column student_code: the same attempt is stored already")


async def test_a_table_that_is_imported_twice_at_once_is_stored_once(university: Stored) -> None:
    rows = list(many(LONG))

    ends = await asyncio.gather(*(load(university, rows) for _ in range(3)), return_exceptions=True)

    assert sorted(type(end).__name__ for end in ends) == ["InvalidRow", "InvalidRow", "int"]
    assert len(await attempts(university)) == LONG


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (("s9", "CS-101", "T", "3"), "column student_code: there is no record s9"),
        (("s1", "XX-101", "T", "3"), "column course_code: there is no record XX-101"),
        (("s1", "CS-101", "T", "3", "1", "NONE"), "column scheme: there is no record NONE"),
        (("s1", "CS-101", "T", "3", "X", "0-5"), "column grade: X is no grade of the scheme 0-5"),
        (("s1", "CS-101", "T", "3", "", "", "1", "1"), "column in_progress: what is in progress is not passed yet"),
        (("s1", "CS-101", "T", "lots"), "column credits: must be a number"),
        (("s1", "CS-101", "T0", "3"), "column student_code: the same attempt stands in line 2"),
        (("s2", "MA-1", "T", "3", "A", "LETTERS"), "column student_code: the same attempt is stored already"),
    ],
)
async def test_a_bad_row_in_the_last_chunk_leaves_nothing_behind(
    university: Stored, row: tuple[str, ...], error: str
) -> None:
    await load(university, [("s2", "MA-1", "T", "3.00", "A", "LETTERS")])

    said = await refusal(university, [*many(LONG), row])

    assert said.startswith(f"line {LONG + 2}, {error}")


BAD = {
    "a cell": ("s1", "CS-101", "T", "lots"),
    "a grade": ("s1", "CS-101", "T", "3", "X", "0-5"),
    "a student": ("s9", "CS-101", "T", "3"),
    "a repetition": ("s1", "CS-101", "T0", "3"),
}


@pytest.mark.parametrize("first", BAD)
@pytest.mark.parametrize("second", BAD)
async def test_of_several_faults_the_first_line_is_named(university: Stored, first: str, second: str) -> None:
    said = await refusal(university, [*many(2), BAD[first], BAD[second]])

    assert said.startswith("line 4,")


async def test_an_earlier_repetition_is_named_before_what_is_stored(university: Stored) -> None:
    await load(university, [("s1", "MA-1", "T9", "3")])
    repeated, stored_already = ("s1", "CS-101", "T0", "3.0"), ("s1", "MA-1", "T9", "3")

    assert (
        await refusal(university, [repeated, repeated, stored_already])
        == "line 3, column student_code: the same attempt stands in line 2"
    )
    assert (
        await refusal(university, [stored_already, stored_already])
        == "line 2, column student_code: the same attempt is stored already"
    )


OTHERS: list[tuple[str, ...]] = [
    ("s2", "CS-101", "T", "3", "4.0", "0-5"),
    ("s1", "MA-1", "T", "3", "4.0", "0-5"),
    ("s1", "CS-101", "U", "3", "4.0", "0-5"),
    ("s1", "CS-101", "T", "3.5", "4.0", "0-5"),
    ("s1", "CS-101", "T", "3", "4.1", "0-5"),
    ("s1", "CS-101", "T", "3", "A", "LETTERS"),
    ("s1", "CS-101", "T", "3", "", ""),
    ("s1", "CS-101", "T", "3", "4.0", "0-5", "no"),
    ("s1", "CS-101", "T", "3", "4.0", "0-5", "", "", "yes"),
    ("s1", "CS-101", "T", "3", "4.0", "0-5", "no", "yes"),
]


@pytest.mark.parametrize("other", OTHERS)
async def test_what_differs_in_one_cell_is_no_repetition(university: Stored, other: tuple[str, ...]) -> None:
    one = ("s1", "CS-101", "T", "3", "4.0", "0-5")

    assert await load(university, [one]) == 1
    assert await load(university, [other]) == 1


async def test_what_differs_in_one_cell_may_stand_in_one_table(university: Stored) -> None:
    assert await load(university, [("s1", "CS-101", "T", "3", "4.0", "0-5"), *OTHERS]) == 1 + len(OTHERS)


async def test_repetitions_without_a_grade_are_found(university: Stored) -> None:
    bare = ("s1", "CS-101", "T", "3")

    assert "stands in line 2" in await refusal(university, [bare, bare])
    await load(university, [bare])
    assert "is stored already" in await refusal(university, [bare])


async def test_columns_may_be_absent_and_stand_in_any_order(university: Stored) -> None:
    columns = ("credits", "term", "course_code", "student_code")

    assert await load(university, [("3", "T", "CS-101", "s1")], columns) == 1


async def test_no_rows_are_an_import_of_nothing(university: Stored) -> None:
    assert await load(university, []) == 0


async def test_an_import_sees_the_records_of_its_own_institution_only(university: Stored) -> None:
    other = replace(an_institution("other"), id=InstitutionId(identifier("institution", "other")))
    await university.persistence.directory.add(other)
    elsewhere = Stored(university.persistence, other.id)
    row = ("s1", "CS-101", "T", "3")

    assert "there is no record s1" in await refusal(elsewhere, [row])
    await elsewhere.add(a_student("s1"), a_course())
    assert await load(university, [row]) == 1
    assert await load(elsewhere, [row]) == 1


def staged(line: int, student: str, course: str) -> StagedAttempt:
    """An attempt on its way in."""
    return StagedAttempt(
        line, identifier("attempt", f"{line}"), student, course, "T", Decimal(3), None, None, False, False, False
    )


async def test_a_staging_names_the_first_fault_of_all_that_was_staged(university: Stored) -> None:
    async with university.persistence.work(university.institution) as opened:
        work: AttemptImportWork = opened  # type: ignore[assignment]  # the same transaction, as an import sees it
        staging = await work.stage_attempts()
        assert await staging.first_fault() is None
        await staging.stage([staged(2, "s1", "CS-101"), staged(3, "s2", "CS-101")])
        assert await staging.first_fault() is None
        await staging.stage([])
        await staging.stage([staged(7, "s2", "nothing"), staged(8, "nobody", "nothing")])
        assert await staging.first_fault() == UnknownCode(7, "course_code", "nothing")


async def test_a_staging_names_an_unknown_student_before_an_unknown_course(university: Stored) -> None:
    async with university.persistence.work(university.institution) as opened:
        work: AttemptImportWork = opened  # type: ignore[assignment]  # the same transaction, as an import sees it
        staging = await work.stage_attempts()
        await staging.stage([staged(2, "nobody", "nothing")])
        assert await staging.first_fault() == UnknownCode(2, "student_code", "nobody")


async def test_a_staging_knows_which_line_is_repeated(university: Stored) -> None:
    async with university.persistence.work(university.institution) as opened:
        work: AttemptImportWork = opened  # type: ignore[assignment]  # the same transaction, as an import sees it
        staging = await work.stage_attempts()
        await staging.stage([staged(line, "s1", "CS-101") for line in (2, 5, 9)])
        assert await staging.first_fault() == RepeatedAttempt(5, 2)
