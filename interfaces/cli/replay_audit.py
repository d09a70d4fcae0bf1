"""`matricula audit replay`: the audit log proves itself."""

import asyncio
from typing import TYPE_CHECKING

import typer

from interfaces.cli.options import DEFAULT_INSTITUTION, InstitutionOption, JsonOption, TermOption
from interfaces.cli.output import say

if TYPE_CHECKING:
    from application.registration.replay_audit import ReplayView


def replay_audit(
    term: TermOption, institution: InstitutionOption = DEFAULT_INSTITUTION, as_json: JsonOption = False
) -> None:
    """Decide every logged command of a term again, in order and from nothing, and compare.

    Ends with 1 and the differences when an answer, a consequence or the final state is another one.
    """
    verdict = asyncio.run(_replay(term, institution))
    if as_json:
        say(verdict.model_dump_json(indent=2))
    else:
        _print(verdict)
    if not verdict.is_clean:
        raise typer.Exit(1)


def _print(verdict: "ReplayView") -> None:
    for difference in verdict.differences:
        place = "in the end" if difference.number is None else f"number {difference.number}"
        say(f"{place}: {difference.what}")
    arrived_at = f"{verdict.enrollments:,} enrollments, {verdict.waiting:,} waiting"
    outcome = "no difference" if verdict.is_clean else f"{len(verdict.differences):,} DIFFERENCES"
    say(f"Replayed {verdict.commands:,} commands ({arrived_at}): {outcome}.")


async def _replay(term: str, institution: str) -> "ReplayView":
    from domain.shared.reference import Reference
    from interfaces.inprocess import open_matricula

    async with open_matricula() as matricula:
        caller = await matricula.caller(institution)
        return await matricula.replay_audit.execute(caller, Reference.parse(f"code:{term}"))
