"""Two worker processes of one server: whichever is asked for figures answers for both, and the dead count on."""

import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client.parser import text_string_to_metric_families

from tests.scenarios.server import serving
from tests.support.postgres import PostgresDatabase

Figures = dict[tuple[str, ...], float]
ALIVE = ("matricula_http_request_duration_seconds_count", "GET", "/livez", "200")
TRANSACTIONS, READS = (("matricula_database_pool_size", pool) for pool in ("transactions", "reads"))


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def figures(url: str) -> Figures:
    """Every sample, by its name and the values of its labels."""
    families = text_string_to_metric_families(get(f"{url}/metrics"))
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def workers(shown: Figures) -> set[int]:
    return {int(labels[1]) for labels in shown if labels[0] == "process_open_fds"}


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """While the block lasts, a process does nothing, so that another has to answer.

    For a request at most: the supervisor replaces a worker that is still for five seconds.
    """
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def figures_when_two_serve(url: str, without: int | None = None) -> Figures:
    """The figures once two workers, none of them `without`, have shown the sizes of their pools."""
    deadline = time.monotonic() + 90
    shown: Figures = {}
    while time.monotonic() < deadline:
        shown = figures(url)
        if len(workers(shown)) == 2 and without not in workers(shown) and shown.get(READS) == 8:
            return shown
        time.sleep(0.1)
    raise AssertionError(f"two workers never showed their figures: {shown}")


def wait_until_counted(url: str, requests: int) -> None:
    """A request is counted once its answer is sent: whoever has the answer may be a moment ahead of the figures."""
    deadline = time.monotonic() + 30
    while (counted := figures(url)[ALIVE]) < requests:
        assert time.monotonic() < deadline, f"{counted} of {requests} requests were counted"
        time.sleep(0.05)


def test_whichever_worker_answers_answers_for_both(postgres_database: PostgresDatabase) -> None:
    with serving(postgres_database, workers=2) as url:
        one, other = workers(figures_when_two_serve(url))
        for busy, idle in ((one, other), (other, one)):
            with stopped(idle):
                assert workers(figures(url)) == {busy, idle}
            for _ in range(3):
                with stopped(idle):
                    get(f"{url}/livez")
        wait_until_counted(url, 6)
        for idle in (one, other):
            with stopped(idle):
                shown = figures(url)
                assert (shown[ALIVE], shown[TRANSACTIONS], shown[READS]) == (6, 12, 8)

        os.kill(one, signal.SIGKILL)
        shown = figures_when_two_serve(url, without=one)

        assert other in workers(shown)
        assert (shown[ALIVE], shown[TRANSACTIONS]) == (6, 12)
