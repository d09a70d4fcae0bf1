"""What the desk tells of its work to whoever measures it; the desk does not know how, or for whom."""

from collections.abc import Sequence
from typing import Protocol

from application.registration.ports import KeptAnswer
from application.registration.submission import Settled


class DeskMeasures(Protocol):
    """Hears of every batch."""

    def decided(self, outcomes: Sequence[Settled | KeptAnswer | Exception], seconds: float) -> None:
        """A batch was decided and stored, or failed, in `seconds`; `outcomes` has one for each of its commands."""
        ...
