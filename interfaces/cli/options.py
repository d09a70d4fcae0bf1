"""Options that several commands share, so that they mean the same everywhere."""

from typing import Annotated

import typer

DEFAULT_INSTITUTION = "main"

InstitutionOption = Annotated[str, typer.Option("--institution", metavar="CODE", help="The institution to work for.")]
TermOption = Annotated[str, typer.Option("--term", metavar="CODE", help="The term, by its code.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
SeedOption = Annotated[int, typer.Option("--seed", help="What makes chance repeatable.")]
