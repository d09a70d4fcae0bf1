"""Several server processes under a parent that passes signals on."""

import signal

from uvicorn.supervisors import Multiprocess


class Workers(Multiprocess):
    """uvicorn's parent; a signal that comes while workers finish reaches them, too: it ends them at once."""

    def terminate_all(self) -> None:
        super().terminate_all()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: super(Workers, self).terminate_all())
