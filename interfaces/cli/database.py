"""`matricula db …`: the schema of the database, its picture, and its backup."""

import json
from typing import Annotated

import typer

from interfaces.cli import archive
from interfaces.cli.generated import CheckOption, OutputOption, write_or_compare
from interfaces.cli.options import JsonOption
from interfaces.cli.output import STANDARD_OUTPUT, note, say
from interfaces.cli.session import session_of

commands = typer.Typer(help="Look after the database: its schema and its backups.", no_args_is_help=True)
commands.command()(archive.backup)
commands.command()(archive.restore)


@commands.command()
def upgrade(
    context: typer.Context,
    revision: Annotated[str, typer.Argument(help="The revision to reach.")] = "head",
) -> None:
    """Bring the schema up to date."""
    with session_of(context).administration() as database:
        before = database.current()
        database.upgrade(revision)
        note(f"{database.origin}: {before or 'empty'} -> {database.current()}")


@commands.command()
def downgrade(
    context: typer.Context,
    revision: Annotated[str, typer.Argument(help="The revision to go back to; base leaves nothing.")],
) -> None:
    """Take the schema back, and with it the data that later revisions brought."""
    with session_of(context).administration() as database:
        before = database.current()
        database.downgrade(revision)
        note(f"{database.origin}: {before or 'empty'} -> {database.current() or 'empty'}")


@commands.command()
def current(context: typer.Context, as_json: JsonOption = False) -> None:
    """Show the schema's revision and the newest one; ends with 1 when they differ."""
    with session_of(context).administration() as database:
        found, newest = database.current(), database.newest()
    if as_json:
        say(json.dumps({"current": found, "newest": newest}))
    else:
        say(f"{found or 'empty'} (newest: {newest})")
    if found != newest:
        note("run matricula db upgrade")
        raise typer.Exit(1)


@commands.command()
def check(context: typer.Context) -> None:
    """Compare the schema with what this program expects; ends with 1 when they differ."""
    with session_of(context).administration() as database:
        found, newest = database.current(), database.newest()
        differences = database.differences() if found == newest else []
    if found != newest:
        say(f"the database is at revision {found or 'none'}, not {newest}: run matricula db upgrade")
        raise typer.Exit(1)
    for difference in differences:
        say(difference)
    if differences:
        raise typer.Exit(1)
    say("the schema is as expected")


@commands.command()
def erd(context: typer.Context, output: OutputOption = STANDARD_OUTPUT, check: CheckOption = None) -> None:
    """Draw the schema: entities, attributes, keys and cardinalities, as a document with a Mermaid diagram."""
    write_or_compare(session_of(context).data_model(), output, check, "matricula db erd")
