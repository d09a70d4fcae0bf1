"""Where commands print: results on standard output, everything about the run on standard error."""

import errno
import os
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


@contextmanager
def writing(path: Path) -> Iterator[IO[str]]:
    """A text file to write, or standard output for `-`; the file is there whole, or as it was before."""
    if path == STANDARD_OUTPUT:
        with os.fdopen(os.dup(1), "w", encoding="utf-8", newline="") as stream:
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
