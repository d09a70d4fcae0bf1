"""The clock of the machine, as the application's clock port wants it."""

from datetime import UTC, datetime


class SystemClock:
    """Tells the machine's time; implements `application.shared.clock.Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)
