"""How a process records its figures and shows them; the library behind it is loaded by those who serve."""

from typing import TYPE_CHECKING

from application.registration.desk import RegistrationDesk
from infrastructure.bootstrap.persistence import Persistence

if TYPE_CHECKING:
    from infrastructure.metrics.exposition import Exposition
    from infrastructure.metrics.recording import Recording


def make_recording() -> "Recording":
    """What a process records, empty."""
    from infrastructure.metrics.recording import Recording  # noqa: PLC0415 - see above

    return Recording()


def make_exposition(recording: "Recording", desk: RegistrationDesk, persistence: Persistence) -> "Exposition":
    """What shows the figures of a process."""
    from infrastructure.metrics.exposition import Exposition  # noqa: PLC0415 - see above

    return Exposition(recording, desk, persistence)
