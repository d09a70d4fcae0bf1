"""`matricula replay itc2019`: every student of an instance registers over REST, many at once."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.options import DEFAULT_INSTITUTION, InstitutionOption, JsonOption, SeedOption, TermOption
from interfaces.cli.output import writing
from interfaces.cli.registration_day import Order, hold, print_report


def replay_itc2019(
    *,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, readable=True, help="The instance, .xml or .xml.gz."
        ),
    ],
    term: TermOption,
    url: Annotated[str, typer.Option(help="The server's address.")] = "http://127.0.0.1:8000",
    concurrency: Annotated[int, typer.Option(min=1, max=1024, help="How many students act at the same time.")] = 64,
    order: Annotated[Order, typer.Option(help="In which order students come.")] = Order.RANDOM,
    seed: SeedOption = 0,
    carts: Annotated[bool, typer.Option("--carts", help="One request a student instead of one a course.")] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Also write the report there, as JSON.")
    ] = None,
    institution: InstitutionOption = DEFAULT_INSTITUTION,
    as_json: JsonOption = False,
) -> None:
    """Register every student of an instance for the courses that the file lists.

    Ends with 1 when a request got no decision.
    """
    from interfaces.itc2019.parser import read_demands

    result = asyncio.run(
        hold(
            read_demands(file),
            url=url,
            term=term,
            institution=institution,
            concurrency=concurrency,
            order=order,
            seed=seed,
            carts=carts,
        )
    )
    document = result.to_json().decode()
    if report is not None:
        with writing(report) as stream:
            stream.write(f"{document}\n")
    if as_json:
        typer.echo(document)
    else:
        print_report(result)
    if result.errors:
        raise typer.Exit(1)
