"""Several server processes under a parent that passes signals on, and starts those again that were lost."""

import logging
import signal
import time
from collections import deque
from socket import socket

from uvicorn.config import STARTUP_FAILURE, Config
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

_PAUSE_SECONDS = 1.0
"""How long it takes until a lost worker is started again: what ended it may pass."""

_PATIENCE_SECONDS = 60.0
_LOSSES = 5
"""So many losses of each worker within the time of patience, while none of them serves, are one too many."""

_log = logging.getLogger("matricula.serve")


class Workers(Multiprocess):
    """uvicorn's parent; a signal that comes while workers finish reaches them, too: it ends them at once.

    A worker that is lost, or cannot start again, is replaced for as long as another one serves. When none does, a
    worker that cannot start ends all, and so do too many that are lost.
    """

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self._lost_at: deque[float] = deque()
        self.exit_code = 0
        """0 after an orderly stop, else what the process is to end with."""

    def terminate_all(self) -> None:
        super().terminate_all()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: super(Workers, self).terminate_all())

    def keep_subprocess_alive(self) -> None:
        if self.should_exit.is_set():
            return
        before = list(self.processes)
        super().keep_subprocess_alive()
        cannot_start = self.should_exit.is_set()
        lost = [worker for worker in before if worker not in self.processes or worker.exitcode is not None]
        if not lost:
            return
        for worker in lost:
            _log.error("worker %s was lost: %s", worker.pid, _how_it_ended(worker))
        if any(worker.is_ready(timeout=1) for worker in self.processes if worker not in lost):
            self.should_exit.clear()
            time.sleep(_PAUSE_SECONDS)
            self._replace(lost)
        elif cannot_start or self._are_too_many(len(lost)):
            _log.error("no worker serves: giving up")
            self.exit_code = STARTUP_FAILURE
            self.should_exit.set()

    def _replace(self, lost: list[Process]) -> None:
        """Start those again that uvicorn did not."""
        for place, worker in enumerate(self.processes):
            if worker in lost:
                self.processes[place] = Process(self.config, self.sockets)
                self.processes[place].start()

    def _are_too_many(self, losses: int) -> bool:
        now = time.monotonic()
        self._lost_at.extend([now] * losses)
        while now - self._lost_at[0] > _PATIENCE_SECONDS:
            self._lost_at.popleft()
        return len(self._lost_at) >= _LOSSES * self.processes_num


def _how_it_ended(worker: Process) -> str:
    code = worker.exitcode
    if code is not None and code < 0:
        return f"signal {-code} ended it"
    return f"it ended with {code}"
