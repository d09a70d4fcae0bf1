"""The made-up university as the command line asks for it, and `matricula import sample`, which stores it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from interfaces.cli.import_itc2019 import import_showing_progress, print_report
from interfaces.cli.options import DEFAULT_INSTITUTION, InstitutionOption, JsonOption, SeedOption, TermOption
from interfaces.cli.output import note

if TYPE_CHECKING:
    from application.scheduling.timetable import Timetable
    from interfaces.registration_day.demand import Demand

DEFAULT_STUDENTS = 1000
StudentsOption = Annotated[int, typer.Option("--students", min=1, max=50_000, help="How many students register.")]


def made_up(students: int, seed: int, term: str, now: datetime) -> "tuple[Timetable, Sequence[Demand]]":
    """A university whose term begins in a week and whose registration is open from `now`; and what students want.

    What they want follows from `students` and `seed` alone.
    """
    from interfaces.registration_day.university import generate

    first_day = (now + timedelta(days=7)).date()
    return generate(students=students, seed=seed, term_code=term, starts_on=first_day, opens_at=now)


def import_sample(
    term: TermOption,
    students: StudentsOption = DEFAULT_STUDENTS,
    seed: SeedOption = 1,
    once: Annotated[bool, typer.Option("--once", help="Change nothing if there is such a term already.")] = False,
    institution: InstitutionOption = DEFAULT_INSTITUTION,
    as_json: JsonOption = False,
) -> None:
    """Make up a university and import it as a term whose registration is open, whole or not at all.

    The institution is founded if there is none of that code. `matricula replay sample` holds the registration day.
    """
    from application.shared.errors import AlreadyExists

    timetable, _ = made_up(students, seed, term, datetime.now(UTC))
    try:
        report = asyncio.run(import_showing_progress(timetable, institution))
    except AlreadyExists as error:
        if not once or error.parameters["kind"] != "term":
            raise
        note(f"There is a term {term} already.")
        return
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        print_report(report, term)
