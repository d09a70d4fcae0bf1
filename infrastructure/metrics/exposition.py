"""What a process shows of itself to Prometheus: what was recorded, and how things stand at this moment."""

import asyncio
import os
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, Gauge, Metric, generate_latest
from prometheus_client.metrics_core import InfoMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from infrastructure.metrics.recording import Recording
from infrastructure.metrics.workers import FOLDER_VARIABLE, ProcessFigures, Workers
from infrastructure.persistence.pools import PoolUse


class Desk(Protocol):
    """What is asked of the desk."""

    @property
    def waiting(self) -> int:
        """How many commands wait for their batch."""
        ...


class Pooled(Protocol):
    """What is asked of the persistence."""

    def pools(self) -> Sequence[PoolUse]:
        """How busy its connections are."""
        ...


class Exposition:
    """Writes the figures of the process, or of all who share a folder with it, in Prometheus's text format."""

    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self, recording: Recording, desk: Desk, persistence: Pooled) -> None:
        self._desk = desk
        self._persistence = persistence
        folder = os.environ.get(FOLDER_VARIABLE)
        self.is_shared = folder is not None
        self._workers = Workers(folder)
        self._processes = ProcessFigures()
        self._registry = CollectorRegistry()
        self._registry.register(_Build())
        self._registry.register(self._processes)
        if folder is None:
            self._registry.register(recording.registry)
        else:
            MultiProcessCollector(self._registry, folder)  # type: ignore[no-untyped-call]  # the library has no types here
        self._queue = self._gauge("matricula_desk_queue_depth", "Commands that wait for their batch.")
        self._pools = {
            "size": self._gauge("matricula_database_pool_size", "Connections that may be open.", "pool"),
            "in_use": self._gauge("matricula_database_pool_in_use", "Connections that are at work.", "pool"),
            "waiting": self._gauge("matricula_database_pool_waiting", "Callers who wait for a connection.", "pool"),
        }

    def sample(self) -> None:
        """Look how things stand in this process. Where figures are shared, this has to be done again and again."""
        self._queue.set(self._desk.waiting)
        for pool in self._persistence.pools():
            for what, gauge in self._pools.items():
                gauge.labels(pool.name).set(getattr(pool, what))

    async def text(self) -> bytes:
        """The figures of this moment."""
        self.sample()
        # It takes milliseconds, in which nobody else should have to wait.
        return await asyncio.to_thread(self._text)

    def _text(self) -> bytes:
        self._processes.pids = self._workers.living()
        return generate_latest(self._registry)

    def _gauge(self, name: str, documentation: str, *labels: str) -> Gauge:
        """A figure of the moment; of several processes, the sum over those that live."""
        registry = None if self.is_shared else self._registry
        return Gauge(name, documentation, labels, registry=registry, multiprocess_mode="livesum")


class _Build(Collector):
    """Which program this is."""

    def __init__(self) -> None:
        try:
            release = version("matricula")
        except PackageNotFoundError:  # run from its source tree
            release = "unknown"
        self._labels = {"version": release, "python": platform.python_version()}

    def collect(self) -> Iterator[Metric]:
        """See `Collector.collect`."""
        yield InfoMetricFamily("matricula_build", "The program's release and its Python.", self._labels)
