"""`matricula serve` for another application: the same command and the same uvicorn, so that only the work differs."""

import sys

from interfaces.cli import serve
from interfaces.main.cli import run

if __name__ == "__main__":
    serve.APPLICATION = f"tests.performance.{sys.argv[1]}:application"
    sys.exit(run(sys.argv[2:]))
