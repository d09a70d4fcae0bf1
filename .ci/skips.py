"""Lists the tests that a run skipped and fails unless each has a reason that continuous integration accepts.

Reads the JUnit report of pytest; knows nothing of the tests themselves.
"""

import os
import re
import sys
from pathlib import Path

from defusedxml.ElementTree import parse

NO_DOCKER_ENGINE = re.compile(r"no docker engine", re.IGNORECASE)
NO_TEST_DATA = re.compile(r"no test data|MATRICULA_TEST_DATA", re.IGNORECASE)
NO_POOLER = re.compile(r"this run has no pooler")


def is_accepted(reason: str, *, has_test_data: bool, has_pooler: bool) -> bool:
    """Tell whether a test may be skipped for this reason; what is there is never a reason."""
    if NO_DOCKER_ENGINE.search(reason):
        return True
    if NO_POOLER.search(reason):
        return not has_pooler
    return not has_test_data and NO_TEST_DATA.search(reason) is not None


def main(report: Path) -> int:
    """Print passed, skipped and expected failures of the report; return the exit code."""
    has_test_data = bool(os.environ.get("MATRICULA_TEST_DATA"))
    has_pooler = os.environ.get("MATRICULA_TEST_POOLER") == "transaction"
    cases = list(parse(report).iter("testcase"))
    skips = [(case, skip) for case in cases if (skip := case.find("skipped")) is not None]
    silent = 0
    for case, skip in skips:
        reason = skip.get("message") or ""
        accepted = is_accepted(reason, has_test_data=has_test_data, has_pooler=has_pooler)
        silent += not accepted
        mark = "skipped" if accepted else "NOT ACCEPTED"
        sys.stdout.write(f"{mark}: {case.get('classname')}::{case.get('name')}: {reason or 'no reason'}\n")
    sys.stdout.write(f"{len(cases)} tests, {len(skips)} skipped, {silent} of them for no accepted reason\n")
    return 1 if silent or not cases else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
