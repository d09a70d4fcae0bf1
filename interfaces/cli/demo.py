"""`matricula demo`: a made-up university holds a registration day, which is then proved sound and left to explore."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interfaces.cli.demo_accounts import open_accounts, print_accounts
from interfaces.cli.options import DEFAULT_INSTITUTION, SeedOption
from interfaces.cli.output import note, say
from interfaces.cli.registration_day import Order, hold, print_report
from interfaces.cli.sample import DEFAULT_STUDENTS, StudentsOption, made_up
from interfaces.cli.serve import free_port
from interfaces.cli.session import session_of
from interfaces.cli.verify import print_verdict

if TYPE_CHECKING:
    from application.scheduling.sections import SectionView
    from application.shared.caller import Caller
    from interfaces.cli.server_process import ServerProcess
    from interfaces.inprocess import Matricula
    from interfaces.registration_day.demand import Demand

DATABASE = "matricula_demo"
_HOST, _PORT = "127.0.0.1", 8000
_READY_SECONDS = 60.0
_REPLACED = (
    "AUTHENTICATION",
    "PERSISTENCE",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_NAME",
    "HOST",
    "PORT",
    "LOG_LEVEL",
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a demo is asked to do; `started` is the moment of the command's start (monotonic seconds)."""

    students: int
    concurrency: int
    seed: int
    leave: bool
    started: float


def demo(
    context: typer.Context,
    students: StudentsOption = DEFAULT_STUDENTS,
    concurrency: Annotated[int, typer.Option(min=1, max=1024, help="How many act at the same time.")] = 64,
    seed: SeedOption = 1,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="The port to serve on.  [default: 8000, or a free one if that is taken]"),
    ] = None,
    leave: Annotated[bool, typer.Option("--exit", help="End after the report instead of serving on.")] = False,
) -> None:
    """Make up a university, hold its registration day over REST, and prove that no seat was sold twice.

    It uses a database of its own on the embedded server, made anew each time. Afterwards the server
    stays up to be explored, until Ctrl-C. Ends with 1 when a request got no decision or a rule was broken.
    """
    from interfaces.cli.server_process import server_process

    plan = _Plan(students, concurrency, seed, leave, time.monotonic())
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    chosen = _choose_port() if port is None else free_port(_HOST, port)
    with (
        tempfile.TemporaryDirectory(prefix="matricula-demo-") as folder,
        session_of(context).new_database(DATABASE) as origin,
        server_process(chosen, _environment(), Path(folder) / "server.log") as server,
    ):
        is_sound = asyncio.run(_registration_day(plan, server, origin))
        if not leave:
            note("The server stays up; Ctrl-C stops it.")
            with suppress(KeyboardInterrupt):
                server.wait()
    if not is_sound:
        raise typer.Exit(1)


def _choose_port() -> int:
    """The usual port, or, said clearly, a free one when somebody else listens there."""
    try:
        with socket.create_server((_HOST, _PORT)):
            return _PORT
    except OSError:
        with socket.create_server((_HOST, 0)) as probe:
            free = int(probe.getsockname()[1])
        note(f"Port {_PORT} is taken by another program, so this demo serves on port {free}.")
        return free


def _environment() -> dict[str, str]:
    """The environment of the server: this one's, but for the demo's own database."""
    replaced = {f"MATRICULA_{name}" for name in _REPLACED}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in replaced}
    return kept | {"MATRICULA_DATABASE_NAME": DATABASE, "MATRICULA_LOG_LEVEL": "warning"}


async def _registration_day(plan: _Plan, server: "ServerProcess", origin: str) -> bool:
    """Import the university while the server starts, register, report; whether everything was in order."""
    from domain.shared.reference import Reference
    from interfaces.inprocess import open_matricula
    from interfaces.registration_day.sign_in import by_password

    async with open_matricula(
        persistence="postgres", database_url=None, database_owner_url=None, database_name=DATABASE
    ) as matricula:
        serving = asyncio.create_task(asyncio.to_thread(_announce, plan, server, origin))
        caller = await matricula.founding_caller(DEFAULT_INSTITUTION)
        term, demands = await _import(plan, matricula, caller)
        instructor = await _an_instructor(matricula, caller)
        accounts = await open_accounts(matricula, caller, demands[0], instructor)
        registrar = next(account for account in accounts if account.role == "registrar")
        await serving
        report = await hold(
            demands,
            url=server.url,
            term=term,
            institution=DEFAULT_INSTITUTION,
            concurrency=plan.concurrency,
            order=Order.RANDOM,
            seed=plan.seed,
            carts=False,
            token=by_password(server.url, DEFAULT_INSTITUTION, registrar.email, registrar.password),
        )
        print_report(report)
        if report.errors:
            note(f"The end of the server's log:\n{server.last_words()}")
        verdict = await matricula.verify_registration.execute(caller, Reference(code=term))
        print_verdict(verdict)
        if not plan.leave:
            student = f"students/code:{demands[0].student_code}"
            await _print_sights(
                f"{server.url}/v1", matricula, caller, instructor, f"{student}/schedule?term=code:{term}"
            )
            print_accounts(accounts, server.url)
    return verdict.is_clean and not report.errors


def _announce(plan: _Plan, server: "ServerProcess", origin: str) -> None:
    """Block until the server is ready, and say so."""
    server.wait_until_ready(_READY_SECONDS)
    seconds = time.monotonic() - plan.started
    note(f"Serving {server.url} {seconds:.1f} s after the start, on {origin}.")


async def _import(plan: _Plan, matricula: "Matricula", caller: "Caller") -> tuple[str, "Sequence[Demand]"]:
    """Make up the university and import it; answers the term's code and what the students want."""
    now = datetime.now(UTC)
    term = f"{now.year}-DEMO"
    timetable, demands = made_up(plan.students, plan.seed, term, now)
    report = await matricula.import_timetable.execute(caller, timetable)
    counted = (f"{count:,} {name if count > 1 else name.removesuffix('s')}" for name, count in report.created.items())
    note(f"Made up: {', '.join(counted)}.")
    return term, demands


async def _an_instructor(matricula: "Matricula", caller: "Caller") -> str:
    """The id of somebody who teaches."""
    return next(str(instructor) for section in await _sections(matricula, caller) for instructor in section.instructors)


async def _sections(matricula: "Matricula", caller: "Caller") -> "Sequence[SectionView]":
    """Some sections."""
    from application.shared.paging import MAXIMUM_LIMIT, PageQuery

    return (await matricula.sections.list(caller, PageQuery(limit=MAXIMUM_LIMIT))).items


async def _print_sights(base: str, matricula: "Matricula", caller: "Caller", instructor: str, schedule: str) -> None:
    """Print addresses worth a look: the documentation, and what student, instructor and advisor have to see."""
    taught = [section for section in await _sections(matricula, caller) if instructor in map(str, section.instructors)]
    full = max(taught, key=lambda section: (section.seats_free == 0, section.seats_taken))
    say("To explore, with a token:")
    say(f"  {base.removesuffix('/v1')}/docs")
    say(f"  {base}/sections/{full.id}")
    say(f"  {base}/sections/{full.id}/roster")
    say(f"  {base}/{schedule}")
    say(f"  {base}/instructors/{instructor}/advisees")
