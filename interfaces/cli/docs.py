"""`matricula docs …`: pages of the documentation that are generated from the program's own tables."""

import typer

from interfaces.cli.generated import CheckOption, OutputOption, write_or_compare
from interfaces.cli.output import STANDARD_OUTPUT
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
