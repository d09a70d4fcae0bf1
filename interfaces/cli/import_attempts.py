"""`matricula import attempts`: what students have tried before, from a CSV file."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interfaces.cli.options import DEFAULT_INSTITUTION, InstitutionOption, JsonOption
from interfaces.cli.output import say

if TYPE_CHECKING:
    from application.registration.attempt_table import AttemptTable
    from application.registration.import_attempts import AttemptsReport


def import_attempts(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="The CSV file, in UTF-8."),
    ],
    institution: InstitutionOption = DEFAULT_INSTITUTION,
    as_json: JsonOption = False,
) -> None:
    """Import course attempts, whole or not at all.

    The columns, named in the first line, are student_code, course_code, term, credits, and where they are known grade,
    scheme, passed, in_progress and transfer. A cell may be empty where nothing is known; passed is then what the
    grading scheme says of the grade. Attempts that are stored already are refused, so that no file counts twice.
    """
    from interfaces.attempt_rows import reading_attempts

    with reading_attempts(file) as table:
        report = asyncio.run(_import(table, institution))
    say(report.model_dump_json(indent=2) if as_json else f"{report.created:,} course attempts imported")


async def _import(table: "AttemptTable", institution: str) -> "AttemptsReport":
    from interfaces.inprocess import open_matricula

    async with open_matricula() as matricula:
        return await matricula.import_attempts.execute(await matricula.caller(institution), table)
