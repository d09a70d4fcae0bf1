"""The table of figures, for people on the terminal and as a page of the documentation."""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

from tests.performance.targets import Figure

_LIBRARIES = ("matricula", "fastapi", "uvicorn", "uvloop", "httptools", "pydantic", "sqlalchemy", "asyncpg")
_HEADER = ("what", "ours", "against", "", "ratio (min to max)", "floor", "stretch", "verdict")


def machine() -> str:
    """Cores, memory and processor of this machine, and its operating system; not its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {_processor()}, {memory:.0f} GiB of memory, {platform.system()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def versions(postgres: str) -> str:
    """What was measured, and on what."""
    libraries = (f"{name} {version(name)}" for name in _LIBRARIES)
    return ", ".join((f"Python {platform.python_version()}", f"PostgreSQL {postgres}", *libraries))


def table(figures: Sequence[Figure]) -> str:
    """The figures as a table of Markdown, which people can read as it is."""
    rows = [_HEADER, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    lines = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in rows]
    return "\n".join([lines[0], f"| {' | '.join('-' * width for width in widths)} |", *lines[1:]])


def _row(figure: Figure) -> tuple[str, ...]:
    target = figure.target
    sign = "≤" if target.at_most else "≥"
    ratios = figure.ratios
    return (
        target.name,
        f"{_number(median(figure.ours))} {target.unit}",
        f"{_number(median(figure.against))} {target.unit}",
        target.against,
        f"{_number(figure.ratio)} ({_number(min(ratios))} to {_number(max(ratios))})",
        f"{sign} {target.floor:g}",
        f"{sign} {target.stretch:g}",
        figure.verdict,
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def page(
    figures: Sequence[Figure],
    *,
    day: date,
    postgres: str,
    durability: Mapping[str, str],
    rounds: int,
    notes: Sequence[str],
) -> str:
    """The page of the documentation."""
    settings = ", ".join(f"`{name} = {value}`" for name, value in durability.items())
    listed = "\n".join(f"- {note}" for note in notes)
    return f"""# Benchmarks

Written by `make bench` on {day.isoformat()}: {rounds} rounds, in each of which ours and what it is compared with took
turns on the same machine, shared by load generator, servers and PostgreSQL. Only the ratios count.

{table(figures)}

Ours and against are medians over the rounds; the ratio is the median of the rounds' own ratios. A row with ≤ must not
exceed its floor. Every rule runs on every registration: each student has 4 enrollments, 12 past attempts and a time
ticket; the offering has a prerequisite of two leaves, a lecture with its laboratory, and a reserved pool in either
section. After each run, acknowledged = enrollments = half of the seats taken (a registration takes two) = rows of
audit, of the outbox and of idempotency keys, or there is no figure. An import and a copy are timed as whole processes.

{listed}
- Durability: {settings}.
- Machine: {machine()}.
- Versions: {versions(postgres)}.
"""
