"""`matricula verify`: prove that a term's registration is sound."""

import asyncio
from typing import TYPE_CHECKING

import typer

from interfaces.cli.options import DEFAULT_INSTITUTION, InstitutionOption, JsonOption, TermOption

if TYPE_CHECKING:
    from application.registration.dto import VerificationView


def verify(term: TermOption, institution: InstitutionOption = DEFAULT_INSTITUTION, as_json: JsonOption = False) -> None:
    """Prove from what is stored that no seat is sold twice and no rule of a term's registration is broken.

    Ends with 1 and the offenders when a rule is broken.
    """
    verdict = asyncio.run(_verdict(term, institution))
    if as_json:
        typer.echo(verdict.model_dump_json(indent=2))
    else:
        print_verdict(verdict)
    if not verdict.is_clean:
        raise typer.Exit(1)


def print_verdict(verdict: "VerificationView") -> None:
    """Print the verdict and every offence for people."""
    for offence in verdict.offences:
        typer.echo(f"{offence.invariant}: {offence.detail}")
    looked_at = f"{verdict.enrollments:,} enrollments in {verdict.seats_taken:,} seats of {verdict.sections:,} sections"
    verdict_line = "no offence" if verdict.is_clean else f"{len(verdict.offences):,} OFFENCES"
    typer.echo(f"Verified {looked_at}: {verdict_line}.")


async def _verdict(term: str, institution: str) -> "VerificationView":
    from domain.shared.reference import Reference
    from interfaces.inprocess import open_matricula

    async with open_matricula() as matricula:
        caller = await matricula.caller(institution)
        return await matricula.verify_registration.execute(caller, Reference.parse(f"code:{term}"))
