"""`make fuzz`: the long run, on a database of its own; ends with 1 when the server breaks its contract."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzzing.callers import CALLERS
from tests.fuzzing.campaign import Served, fuzz, served_university
from tests.support.postgres import end_run, server_of_the_run, start_run

PHASES = "examples,coverage,fuzzing,stateful"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="how long all callers together may take at least")
    parser.add_argument("--seed", type=int, default=None, help="repeats a run")
    arguments = parser.parse_args()
    seed = random.randrange(2**32) if arguments.seed is None else arguments.seed
    seconds = max(1, round(arguments.minutes * 60 / len(CALLERS)))
    start_run()
    try:
        with server_of_the_run() as server, tempfile.TemporaryDirectory(prefix="matricula-fuzz-") as folder:
            database = server.clone("matricula_fuzz")
            try:
                with served_university(database, Path(folder)) as served:
                    return _campaign(served, seconds, seed, Path(folder))
            finally:
                database.drop()
    finally:
        end_run()


def _campaign(served: Served, seconds: int, seed: int, folder: Path) -> int:
    broken = False
    for caller in CALLERS:
        started = time.monotonic()
        findings = fuzz(served, caller, phases=PHASES, seconds=seconds, seed=seed, folder=folder)
        broken |= not findings.kept
        sys.stdout.write(findings.report if not findings.kept else findings.report.rpartition("API Operations:")[2])
        verdict = "kept its contract" if findings.kept else "BROKE its contract"
        sys.stdout.write(
            f"== as {findings.caller}: the server {verdict}; seed {seed}, {time.monotonic() - started:.0f} s\n"
        )
        sys.stdout.flush()
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
