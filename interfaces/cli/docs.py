"""`matricula docs …`: pages of the documentation that are generated from the program's own tables."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from interfaces.cli.generated import CheckOption, OutputOption, write_or_compare
from interfaces.cli.output import STANDARD_OUTPUT, note, say
from interfaces.cli.session import session_of

commands = typer.Typer(help="Generate pages of the documentation.", no_args_is_help=True)


@commands.command()
def errors(output: OutputOption = STANDARD_OUTPUT, check: CheckOption = None) -> None:
    """List every rejection and every problem that a client may meet, with its code and its meaning."""
    from interfaces.rest.error_catalogue import render_error_catalogue

    write_or_compare(render_error_catalogue(), output, check, "matricula docs errors")


@commands.command()
def access(output: OutputOption = STANDARD_OUTPUT, check: CheckOption = None) -> None:
    """List every operation with the scope that it needs and what each role may do of it."""
    from interfaces.cli.access_matrix import render_access_matrix

    write_or_compare(render_access_matrix(), output, check, "matricula docs access")


@commands.command()
def events(output: OutputOption = STANDARD_OUTPUT, check: CheckOption = None) -> None:
    """List every event that registration publishes, with its version and its fields."""
    from interfaces.cli.event_catalogue import render_event_catalogue

    write_or_compare(render_event_catalogue(), output, check, "matricula docs events")


@commands.command()
def settings(context: typer.Context, output: OutputOption = STANDARD_OUTPUT, check: CheckOption = None) -> None:
    """List every setting with its values, its default and its meaning."""
    write_or_compare(session_of(context).settings_reference(), output, check, "matricula docs settings")


@commands.command()
def openapi(
    output: OutputOption = STANDARD_OUTPUT,
    check: CheckOption = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="List what changed since the contract in this file instead; ends with 1 when a change is breaking.",
        ),
    ] = None,
) -> None:
    """Write the contract of the REST API as an OpenAPI document."""
    from interfaces.rest.contract.snapshot import render_contract

    contract = render_contract()
    if compare is None:
        write_or_compare(contract, output, check, "matricula docs openapi")
    else:
        _list_changes(compare, contract)


def _list_changes(since: Path, contract: str) -> None:
    from interfaces.rest.contract.changes import changes

    try:
        known = orjson.loads(since.read_bytes())
    except orjson.JSONDecodeError as error:
        raise typer.BadParameter(f"{since} is not JSON: {error}") from None
    found = changes(known, orjson.loads(contract))
    for change in found:
        say(str(change))
    breaking = sum(change.is_breaking for change in found)
    note(f"{len(found)} changes since {since}, {breaking} of them breaking")
    if breaking:
        raise typer.Exit(1)
