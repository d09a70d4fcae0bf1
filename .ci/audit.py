"""Ask whether a locked library has a known vulnerability; ends with 1 when one has.

Where no service of vulnerabilities answers, the audit is not done, which is said and is no failure.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SERVICES = ("pypi", "osv")
LOCK = "requirements.lock"

Ask = Callable[[str], "Mapping[str, Any] | None"]


def asked(service: str) -> Mapping[str, Any] | None:
    """What pip-audit reports on the lock from a service; None when there is no report."""
    command = [
        *(Path(sys.executable).with_name("pip-audit"), "--requirement", LOCK, "--require-hashes", "--disable-pip"),
        *("--format", "json", "--progress-spinner", "off", "--timeout", "10", "--vulnerability-service", service),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report: Mapping[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        return None
    return report


def audit(ask: Ask) -> tuple[list[str], bool]:
    """What there is to say, and whether a vulnerability was found: by the first service that knows the libraries."""
    for service in SERVICES:
        report = ask(service)
        libraries = [] if report is None else report["dependencies"]
        known = [library for library in libraries if "skip_reason" not in library]
        if not known:
            continue
        found = [
            f"{library['name']} {library['version']}: {flaw['id']}, fixed in {flaw['fix_versions']}"
            for library in known
            for flaw in library["vulns"]
        ]
        unknown = len(libraries) - len(known)
        counted = (
            f"audited {len(known)} libraries with {service}, {unknown} unknown to it: {len(found)} vulnerabilities"
        )
        return [*found, counted], bool(found)
    return [f"NOT AUDITED: none of {', '.join(SERVICES)} says whether the locked libraries are vulnerable"], False


def main() -> int:
    """Audit the lock."""
    lines, is_vulnerable = audit(asked)
    sys.stdout.write("\n".join(lines) + "\n")
    return int(is_vulnerable)


if __name__ == "__main__":
    sys.exit(main())
