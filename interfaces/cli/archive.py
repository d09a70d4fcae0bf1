"""`matricula db backup` and `matricula db restore`: all of the database as one file, and back."""

import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.filesize import decimal
from rich.progress import TaskID

from interfaces.cli.archive_file import ended_by_sigterm, new_archive
from interfaces.cli.options import JsonOption
from interfaces.cli.output import STANDARD_OUTPUT, amount_bars, note, own_input, say
from interfaces.cli.session import Advance, Archived, session_of


def backup(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", dir_okay=False, help="The archive to write; - is standard output.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if there is one.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write all of the database to a file, as it is at one moment, while everybody goes on working.

    The file is an archive of PostgreSQL (pg_dump's custom format). It appears under its name when it is complete.
    """
    if as_json and file == STANDARD_OUTPUT:
        raise typer.BadParameter("--json prints where the backup would go: name a file")
    began = time.monotonic()
    with ended_by_sigterm(), new_archive(file, force=force) as target, session_of(context).administration() as database:
        with _told() as advance:
            archived = database.backup(target, advance)
        origin = database.origin
    _report(f"{origin}: backed up", archived, time.monotonic() - began, as_json=as_json)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help="The archive; - is standard input.")],
    as_json: JsonOption = False,
) -> None:
    """Bring a backup back into an empty database, whole or not at all.

    The roles matricula_owner and matricula_app must be there: an archive holds none.
    """
    began = time.monotonic()
    with ended_by_sigterm(), _opened(file) as source, session_of(context).administration() as database:
        with _told() as advance:
            archived = database.restore(source, _size_of(source), advance)
        origin, newest = database.origin, database.newest()
    _report(f"{origin}: restored", archived, time.monotonic() - began, as_json=as_json)
    if archived.revision != newest:
        note(f"the schema is at revision {archived.revision}, not {newest}: run matricula db upgrade")


def _opened(file: Path) -> BinaryIO:
    """A file, or standard input; without a buffer, whose lock would keep it open while a read waits for a pipe."""
    return os.fdopen(own_input(), "rb", buffering=0) if file == STANDARD_OUTPUT else file.open("rb", buffering=0)


def _size_of(source: BinaryIO) -> int | None:
    """How many bytes there are to read; None for a pipe."""
    found = os.fstat(source.fileno())
    return found.st_size if stat.S_ISREG(found.st_mode) else None


@contextmanager
def _told() -> Iterator[Advance]:
    """Bars for what is counted."""
    with amount_bars() as bars:
        tasks: dict[str, TaskID] = {}

        def advance(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total, amount="")
            amount = decimal(done) if what == "bytes" else f"{done:,} of {total:,}"
            bars.update(tasks[what], completed=done, amount=amount)

        yield advance


def _report(what: str, archived: Archived, seconds: float, *, as_json: bool) -> None:
    if as_json:
        counted = {"bytes": archived.bytes, "tables": archived.tables, "revision": archived.revision}
        say(json.dumps({**counted, "seconds": round(seconds, 3)}))
    else:
        note(f"{what} {archived.tables:,} tables, {decimal(archived.bytes)}, in {seconds:.1f} s")
