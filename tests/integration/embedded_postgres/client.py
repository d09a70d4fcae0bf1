"""A client process for the tests: takes a lease, says so in a line of JSON, and lets go when its input ends.

`python -m … DATA_DIR [fork|spawn]`: the child that it forks or spawns then outlives it.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres

CHILD_SECONDS = 20


def main(data_dir: str, child: str = "") -> None:
    """Hold a lease until standard input ends."""
    with EmbeddedPostgres(Path(data_dir), settings={"fsync": "off"}).start() as lease:
        child_pid = 0
        if child == "fork" and (child_pid := os.fork()) == 0:
            time.sleep(CHILD_SECONDS)
            os._exit(0)
        if child == "spawn":
            child_pid = subprocess.Popen(["sleep", str(CHILD_SECONDS)], close_fds=False).pid
        sys.stdout.write(json.dumps({"socket_dir": str(lease.socket_dir), "child": child_pid}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    os._exit(0)  # no waiting for the child


if __name__ == "__main__":
    main(*sys.argv[1:])
