"""`make bench-quick`: the rows about registration in less than a minute, one JSON line each."""

import argparse
import json
import sys
from collections.abc import Sequence

from tests.performance.registration import Pace, Registration, Students
from tests.performance.stage import explained, say, staged
from tests.performance.world import World

ROUNDS = 2
PACE = Pace(pgbench=3, registrations=2.5, no_op=1, slice=10_000, baseline_students=100_000)
_EACH = ROUNDS * PACE.slice
WORLD = World(students=2 * _EACH, pairs=1000, fillers=400, hot=_EACH, uniform=_EACH)


def main(arguments: Sequence[str]) -> int:
    """Measure and print; answers the exit code, which is 1 when a floor is missed."""
    parser = argparse.ArgumentParser(prog="make bench-quick", description=__doc__)
    parser.add_argument("--by-code", action="store_true", help="name records by natural codes instead of ids")
    chosen = parser.parse_args(arguments)
    with staged(WORLD) as stage:
        registration = Registration(stage, PACE, Students(WORLD), chosen.by_code)
        for number in range(1, ROUNDS + 1):
            registration.measure()
            say(f"round {number} of {ROUNDS}; a request cost the load generator {registration.load_cost:.0f} µs of CPU")
        figures = registration.figures()
        for figure in figures:
            sys.stdout.write(json.dumps(figure.summary(), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return int(any(figure.is_missed for figure in figures))


if __name__ == "__main__":
    sys.exit(explained(lambda: main(sys.argv[1:])))
