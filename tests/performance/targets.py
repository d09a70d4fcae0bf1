"""The targets, and the figures that are held against them: both sides of each from the same run, round by round."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the table: a ratio to reach, or with `at_most` one not to exceed."""

    name: str
    against: str
    floor: float
    stretch: float
    unit: str
    at_most: bool = False

    def holds(self, ratio: float, bound: float) -> bool:
        """Whether a ratio is on the right side of a bound."""
        return ratio <= bound if self.at_most else ratio >= bound


HELLO = "FastAPI hello"
NO_OP = "FastAPI no-op POST, same stack"

HOT = Target("registration, one hot section", "pgbench, one CTE, hot, 32 clients", 1.5, 3, "/s")
UNIFORM = Target("registration, 2,000 sections", "pgbench, one CTE, uniform, 8 clients", 0.3, 0.7, "/s")
HOT_HTTP = Target("registration, one hot section, over HTTP", NO_OP, 0.5, 0.8, "/s")
UNIFORM_HTTP = Target("registration, 2,000 sections, over HTTP", NO_OP, 0.5, 0.8, "/s")
HOT_SPREAD = Target("registration, one hot section, p99", "its p50", 4, 2, "ms", at_most=True)
UNIFORM_SPREAD = Target("registration, 2,000 sections, p99", "its p50", 4, 2, "ms", at_most=True)
IDLE = Target("one registration, idle system", "one asyncpg INSERT with commit", 10, 6, "ms", at_most=True)
SECTION = Target("a section", HELLO, 0.5, 0.9, "/s")
PAGE = Target("a page of 100 sections with seats", HELLO, 0.2, 0.45, "/s")
UNCHANGED = Target("304", HELLO, 0.5, 0.9, "/s")
BULK = Target("bulk import through all validation", r"psql \copy of the same rows", 0.3, 0.8, "rows/s")
START = Target("server start to ready, migrated database", "one second", 2, 1, "s", at_most=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured for a target: a pair of values for each round."""

    target: Target
    ours: tuple[float, ...]
    against: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours as a multiple of what it is compared with, round by round."""
        return tuple(mine / theirs for mine, theirs in zip(self.ours, self.against, strict=True))

    @property
    def ratio(self) -> float:
        """The median of the ratios, which is what counts."""
        return median(self.ratios)

    @property
    def verdict(self) -> str:
        """Whether the floor holds, or even the stretch."""
        if not self.target.holds(self.ratio, self.target.floor):
            return "MISSED"
        return "stretch" if self.target.holds(self.ratio, self.target.stretch) else "floor"

    @property
    def is_missed(self) -> bool:
        """Whether not even the floor holds."""
        return self.verdict == "MISSED"

    def summary(self) -> dict[str, str | float]:
        """The figure for programs."""
        return {
            "name": self.target.name,
            "ratio": round(self.ratio, 3),
            "floor": self.target.floor,
            "ours": round(median(self.ours), 2),
            "against": round(median(self.against), 2),
        }
