"""The commands and what they are called. Importing it must stay cheap: commands load what they need when they run."""

from typing import Annotated

import typer

from interfaces.cli import (
    accounts,
    database,
    demo,
    docs,
    export_enrollments,
    import_attempts,
    import_itc2019,
    keys,
    replay,
    replay_audit,
    sample,
    serve,
    verify,
)
from interfaces.cli.session import session_of

app = typer.Typer(
    name="matricula",
    help="Matrícula: the backend of an academic system that survives registration day.",
    epilog="Exit codes: 0 done, 1 a negative verdict, 2 wrong usage or settings, 3 refused, 4 database unavailable, "
    "70 a defect, 130 interrupted, 141 nobody reads the output.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(version("matricula"))
        except PackageNotFoundError:
            typer.echo("not installed: run from its source tree")
        raise typer.Exit


@app.callback()
def _global_options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version, and exit."),
    ] = False,
) -> None:
    session_of(context).debug = debug


def _group(name: str, text: str) -> typer.Typer:
    group = typer.Typer(help=text, no_args_is_help=True)
    app.add_typer(group, name=name)
    return group


app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("verify")(verify.verify)
_imports = _group("import", "Import records.")
_imports.command("attempts")(import_attempts.import_attempts)
_imports.command("itc2019")(import_itc2019.import_itc2019)
_imports.command("sample")(sample.import_sample)
_replays = _group("replay", "Replay a registration day over REST.")
_replays.command("itc2019")(replay.replay_itc2019)
_replays.command("sample")(replay.replay_sample)
_group("export", "Export records.").command("enrollments")(export_enrollments.export_enrollments)
_group("audit", "Look into the audit log.").command("replay")(replay_audit.replay_audit)
app.add_typer(accounts.accounts, name="accounts")
app.add_typer(accounts.clients, name="clients")
app.add_typer(keys.commands, name="keys")
app.add_typer(database.commands, name="db")
app.add_typer(docs.commands, name="docs")
