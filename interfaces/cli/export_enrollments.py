"""`matricula export enrollments`: who sits where, as CSV."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.options import DEFAULT_INSTITUTION, InstitutionOption, TermOption
from interfaces.cli.output import note, writing


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

    lines = 0
    async with open_matricula() as matricula:
        caller = await matricula.caller(institution)
        rows = matricula.enrollments.export_csv(caller, Reference.parse(f"code:{term}"))
        with writing(output) as stream:
            async with aclosing(rows) as pieces:
                async for piece in pieces:
                    stream.write(piece)
                    lines += piece.count("\n")
    return lines - 1
