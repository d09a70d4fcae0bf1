"""`matricula export enrollments`: who sits where, as CSV."""

import asyncio
import csv
from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.options import DEFAULT_INSTITUTION, InstitutionOption, TermOption
from interfaces.cli.output import note, writing

COLUMNS = ("student_code", "course_code", "section_code", "status")


def export_enrollments(
    term: TermOption,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The CSV file; - is standard output.", dir_okay=False)
    ],
    institution: InstitutionOption = DEFAULT_INSTITUTION,
) -> None:
    """Write a term's enrollments as CSV, a row for each section taken.

    The columns are student_code, course_code, section_code and status.
    """
    rows = asyncio.run(_export(term, institution, output))
    note(f"{rows:,} rows exported")


async def _export(term: str, institution: str, output: Path) -> int:
    from domain.shared.reference import Reference
    from interfaces.inprocess import open_matricula

    count = 0
    async with open_matricula() as matricula:
        caller = await matricula.caller(institution)
        rows = matricula.enrollments.export(caller, Reference.parse(f"code:{term}"))
        with writing(output) as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(COLUMNS)
            async for row in rows:
                writer.writerow([row.student_code, row.course_code, row.section_code, row.status.value])
                count += 1
    return count
