"""`matricula import itc2019`: a real university's term, from the files of a timetabling competition."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interfaces.cli.options import DEFAULT_INSTITUTION, InstitutionOption, JsonOption, TermOption
from interfaces.cli.output import progress_bars, show, table

if TYPE_CHECKING:
    from application.scheduling.timetable import ImportReport, Timetable


def import_itc2019(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, readable=True, help="The instance, .xml or .xml.gz."
        ),
    ],
    timetable: Annotated[
        Path,
        typer.Option(
            metavar="CSV", exists=True, dir_okay=False, readable=True, help="The published timetable of the instance."
        ),
    ],
    term: TermOption,
    starts: Annotated[
        datetime | None,
        typer.Option(
            metavar="DATE", formats=["%Y-%m-%d"], help="A day of the term's first week; else it begins next Monday."
        ),
    ] = None,
    time_zone: Annotated[str, typer.Option(metavar="ZONE", help="The time zone of the term.")] = "UTC",
    institution: InstitutionOption = DEFAULT_INSTITUTION,
    as_json: JsonOption = False,
) -> None:
    """Import an instance of the timetabling competition ITC 2019 as a term, whole or not at all.

    Registration is open from now on. The institution is founded if there is none of that code.
    """
    from interfaces.itc2019.parser import read_instance

    now = datetime.now(UTC)
    first_day = (now + timedelta(days=7 - now.weekday()) if starts is None else starts).date()
    instance = read_instance(file, timetable, term_code=term, starts_on=first_day, time_zone=time_zone, opens_at=now)
    report = asyncio.run(import_showing_progress(instance.timetable, institution))
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        print_report(report, term)


async def import_showing_progress(timetable: "Timetable", institution: str) -> "ImportReport":
    """Import a timetable for an institution, which is founded if there is none; bars on standard error."""
    from interfaces.inprocess import open_matricula

    async with open_matricula() as matricula:
        caller = await matricula.founding_caller(institution)
        with progress_bars() as bars:
            tasks = {}

            def advance(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what] = bars.add_task(what, total=total)
                bars.update(tasks[what], completed=done)

            return await matricula.import_timetable.execute(caller, timetable, advance)


def print_report(report: "ImportReport", term: str) -> None:
    """Print what an import created."""
    created = [(name, count) for name, count in report.created.items() if count]
    known = [(f"{name} known before", count) for name, count in report.existing.items() if count]
    show(table(f"Imported term {term}", created + known))
