"""A registration day as the terminal shows it: live progress while it lasts, and its report."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from interfaces.cli.output import show, table

if TYPE_CHECKING:
    from interfaces.registration_day.demand import Demand
    from interfaces.registration_day.report import Progress as DayProgress
    from interfaces.registration_day.report import Report
    from interfaces.registration_day.sign_in import Token


class Order(StrEnum):
    """In which order students come."""

    RANDOM = "random"
    LISTED = "listed"


async def hold(
    demands: "Sequence[Demand]",
    *,
    url: str,
    term: str,
    institution: str,
    concurrency: int,
    order: Order,
    seed: int,
    carts: bool,
    token: "Token | None" = None,
) -> "Report":
    """Have all students register at a server, showing how it goes on standard error."""
    from interfaces.registration_day.replay import replay

    screen = _Screen(sum(len(demand.course_codes) for demand in demands))
    with screen.live:
        return await replay(
            demands,
            url=url,
            term=term,
            institution=institution,
            concurrency=concurrency,
            order="random" if order is Order.RANDOM else "listed",
            seed=seed,
            carts=carts,
            on_progress=screen.update,
            token=token,
        )


class _Screen:
    """The live picture of a registration day with `total` requests."""

    def __init__(self, total: int) -> None:
        self._bar = Progress(
            TextColumn("registering"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]:,.0f} requests/s"),
            TimeElapsedColumn(),
        )
        self._task = self._bar.add_task("", total=total, speed=0.0)
        self.live = Live(self._bar, console=Console(stderr=True), refresh_per_second=5)

    def update(self, progress: "DayProgress") -> None:
        self._bar.update(self._task, completed=progress.done, speed=progress.requests_per_second)
        self.live.update(Group(self._bar, self._counts(progress)))

    def _counts(self, progress: "DayProgress") -> Table:
        counts = Table.grid(padding=(0, 2))
        counts.add_column()
        counts.add_column(justify="right")
        counts.add_row("seats filled", f"{progress.enrolled:,}", style="green")
        for code, count in progress.refused_by_code.items():
            counts.add_row(f"refused: {code}", f"{count:,}")
        if progress.errors:
            counts.add_row("errors", f"{progress.errors:,}", style="red")
        return counts


def print_report(report: "Report", echo: Callable[[str], None] = typer.echo) -> None:
    """Print the report as a table, and the first kinds of errors if there were any."""
    show(table("Registration day", [*_totals(report), *_refusals(report.refused_by_code)]))
    for error, count in report.first_errors.items():
        echo(f"{count:,} × {error}")


def _totals(report: "Report") -> list[tuple[str, object]]:
    share = 100 * report.enrolled / report.requests if report.requests else 0.0
    return [
        ("requests decided", report.requests),
        ("enrolled", report.enrolled),
        ("enrolled, %", round(share, 1)),
        ("refused", report.refused),
        ("errors", report.errors),
        ("seconds", round(report.seconds, 1)),
        ("requests/s", round(report.requests_per_second)),
        ("p50, ms", report.p50_ms),
        ("p95, ms", report.p95_ms),
        ("p99, ms", report.p99_ms),
        ("slowest, ms", report.max_ms),
    ]


def _refusals(refused_by_code: Mapping[str, int]) -> list[tuple[str, object]]:
    return [(f"refused: {code}", count) for code, count in refused_by_code.items()]
