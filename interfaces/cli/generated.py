"""Documents that are generated: written anew, or compared with what is there."""

import difflib
from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.output import note, say, writing

OutputOption = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="FILE", dir_okay=False, help="The file to write; - is standard output."),
]
CheckOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", exists=True, dir_okay=False, help="Compare with this file instead; ends with 1 when it differs."
    ),
]


def write_or_compare(document: str, output: Path, check: Path | None, command: str) -> None:
    """Write the document; or show how the file `check` differs from it, end with 1 and name the command to run."""
    if check is None:
        with writing(output) as stream:
            stream.write(document)
        return
    known = check.read_text(encoding="utf-8")
    if known != document:
        lines = difflib.unified_diff(known.splitlines(), document.splitlines(), str(check), "generated", lineterm="")
        say("\n".join(lines))
        note(f"{check} is not current: run {command} -o {check}")
        raise typer.Exit(1)
    note(f"{check} is current")
