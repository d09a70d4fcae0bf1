"""Who serves is known from the folder of shared figures; what the dead held is dropped, what they counted is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infrastructure.metrics.workers import ProcessFigures, Workers


@pytest.fixture
def dead() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_without_a_folder_this_process_serves_alone() -> None:
    assert Workers(None).living() == [os.getpid()]


def test_what_the_dead_held_is_dropped_and_what_they_counted_is_kept(tmp_path: Path, dead: int) -> None:
    for kind in ("counter", "gauge_livesum", "histogram"):
        for pid in (dead, os.getpid()):
            (tmp_path / f"{kind}_{pid}.db").touch()

    assert Workers(str(tmp_path)).living() == [os.getpid()]
    assert {file.name for file in tmp_path.iterdir()} == {
        f"counter_{dead}.db",
        f"histogram_{dead}.db",
        *(f"{kind}_{os.getpid()}.db" for kind in ("counter", "gauge_livesum", "histogram")),
    }


def test_every_process_has_its_own_figures_and_one_that_has_gone_has_none(dead: int) -> None:
    figures = ProcessFigures()
    figures.pids = [os.getpid(), os.getppid(), dead]

    metrics = {metric.name: metric for metric in figures.collect()}

    assert {"process_cpu_seconds", "process_resident_memory_bytes", "process_open_fds"} <= metrics.keys()
    for metric in metrics.values():
        assert [sample.labels for sample in metric.samples] == [
            {"pid": str(os.getpid())},
            {"pid": str(os.getppid())},
        ], metric.name
