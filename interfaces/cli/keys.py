"""`matricula keys …`: the keys that sign access tokens."""

import typer

from interfaces.cli.output import say
from interfaces.cli.session import session_of

commands = typer.Typer(help="Make the keys that sign access tokens.", no_args_is_help=True)


@commands.command()
def new(context: typer.Context) -> None:
    """Print a new private key, for MATRICULA_SIGNING_KEYS. To rotate, put it before the old one."""
    say(session_of(context).new_signing_key().rstrip())


@commands.callback()
def _group() -> None:
    """Keep `new` a command of its own: a group of one would be no group."""
