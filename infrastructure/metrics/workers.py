"""The processes that serve together: `matricula serve --workers` gives them a folder, in which each keeps its figures,
so that whichever of them is asked answers for all.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.multiprocess import mark_process_dead
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where the client library looks for the folder when it is loaded."""


class Workers:
    """The processes whose figures are kept in `folder`; without one, this process alone."""

    def __init__(self, folder: str | None) -> None:
        self._folder = folder

    def living(self) -> list[int]:
        """The ids of those who serve. What the others held at their end is forgotten; what they counted is kept."""
        if self._folder is None:
            return [os.getpid()]
        known = {int(file.stem.rpartition("_")[2]) for file in Path(self._folder).glob("*.db")}
        living = sorted(pid for pid in known if _lives(pid))
        for pid in known.difference(living):
            mark_process_dead(pid, self._folder)  # type: ignore[no-untyped-call]  # the library has no types here
        return living


class ProcessFigures(Collector):
    """CPU, memory and files of processes, told apart by their ids."""

    def __init__(self) -> None:
        self.pids: list[int] = []

    def collect(self) -> Iterator[Metric]:
        """See `Collector.collect`."""
        together: dict[str, Metric] = {}
        for pid in self.pids:
            for found in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]  # a default binds it
                metric = together.setdefault(found.name, Metric(found.name, found.documentation, found.type))
                for sample in found.samples:
                    metric.add_sample(sample.name, {"pid": str(pid)}, sample.value)
        yield from together.values()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):  # a process of somebody else's has taken the number
        return False
    return True
