"""Several server processes under a parent that passes signals on."""

import signal

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess


class Workers(Multiprocess):
    """uvicorn's parent; a signal that comes while workers finish reaches them, too: it ends them at once."""

    def terminate_all(self) -> None:
        super().terminate_all()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: super(Workers, self).terminate_all())

    @property
    def exit_code(self) -> int:
        """0 after an orderly stop; what a worker that could not start ended with, which ends all of them."""
        return STARTUP_FAILURE if any(worker.exitcode == STARTUP_FAILURE for worker in self.processes) else 0
