"""Where commands print: results on standard output, everything about the run on standard error."""

import errno
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

STANDARD_OUTPUT = Path("-")


def say(text: str) -> None:
    """Print a result."""
    typer.echo(text)


def note(text: str) -> None:
    """Tell people something about the run."""
    typer.echo(text, err=True)


def table(title: str, rows: Iterable[tuple[str, object]]) -> Table:
    """A table of names and values."""
    made = Table(title=title, title_justify="left", show_header=False)
    made.add_column()
    made.add_column(justify="right")
    for name, value in rows:
        made.add_row(name, f"{value:,}" if isinstance(value, int | float) else str(value))
    return made


def show(rendered: Table) -> None:
    """Print a table as a result."""
    Console().print(rendered)


def progress_bars() -> Progress:
    """Progress bars on standard error; on a terminal alone."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<12}", markup=False), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)


def amount_bars() -> Progress:
    """Progress bars of tasks whose field `amount` says how far they are; on a terminal alone."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<12}"), BarColumn(), TextColumn("{task.fields[amount]}"))
    return Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)


def own_input() -> int:
    """A descriptor of one's own for standard input. Raises `typer.BadParameter` when that is closed."""
    return _own(sys.__stdin__, 0, "standard input is closed: give it what is to be read, or name a file")


def own_output() -> int:
    """A descriptor of one's own for standard output. Raises `typer.BadParameter` when that is closed."""
    return _own(sys.__stdout__, 1, "standard output is closed: redirect it, or name a file")


def _own(stream: IO[str] | None, number: int, complaint: str) -> int:
    # Of a number that was free when the process began, something else may have got hold.
    if stream is None:
        raise typer.BadParameter(complaint)
    return os.dup(number)


@contextmanager
def writing(path: Path) -> Iterator[IO[str]]:
    """A text file to write, or standard output for `-`; the file is there whole, or as it was before."""
    if path == STANDARD_OUTPUT:
        with os.fdopen(own_output(), "w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    if path.exists() and not path.is_file():  # a device or a pipe
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    target = path.resolve()
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target.parent))
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            yield stream
        _as_any_new_file(Path(name))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _as_any_new_file(path: Path) -> None:
    """Give a temporary file the mode that the umask gives to others."""
    umask = os.umask(0)
    os.umask(umask)
    path.chmod(0o666 & ~umask)
